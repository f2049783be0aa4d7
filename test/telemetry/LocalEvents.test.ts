import { expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Events from "../../src/telemetry/Events.ts"

const head = { v: 1, time: "2026-11-30T14:00:00.000Z" }
const isLine = (value: unknown) => Either.isRight(Schema.decodeUnknownEither(Events.Event)(value))

it.each([
  { ...head, type: "removed", path: "/in/.part", size: 3, ageMillis: 4 },
  { ...head, type: "leftover", path: "/in/.part", size: 3, ageMillis: 4 },
  { ...head, type: "setting", name: "app", value: ["echo", "words"], origin: "flag" },
  { ...head, type: "setting", name: "mtu", origin: "default", used: false },
  { ...head, type: "installed", shell: "zsh", path: "/completions/_holub" }
])("what a command has found or done here is one of the lines of the program: %j", (value) => {
  expect(isLine(value)).toBe(true)
})

it("a setting that is used does not say so", () => {
  expect(isLine({ ...head, type: "setting", name: "mtu", origin: "default", used: true })).toBe(false)
})
