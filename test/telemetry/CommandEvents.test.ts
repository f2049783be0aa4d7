import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Installed, Leftover, Removed, Setting } from "../../src/telemetry/CommandEvents.ts"

const head = { v: 1, time: "2026-12-01T00:00:00.000Z" }
const part = { ...head, path: "/in/.part", size: 3, ageMillis: 4 }

describe("the lines of commands that transfer nothing", () => {
  it("tell a part that was removed from one that was kept", () => {
    const removed = { ...part, type: "removed" }
    expect([Schema.is(Removed)(removed), Schema.is(Leftover)(removed)]).toEqual([true, false])
  })

  it("have one value or several of a setting, and where the completions are", () => {
    const setting = { ...head, type: "setting", name: "app", origin: "flag" }
    expect(["echo", ["echo", "words"], 3].map((value) => Schema.is(Setting)({ ...setting, value }))).toEqual([
      true,
      true,
      false
    ])
    expect(Schema.is(Installed)({ ...head, type: "installed", shell: "bash", path: "/a" })).toBe(true)
  })
})
