/**
 * Runs thousands of worlds, and every stored script of a past failure. More worlds: `npm run simulate -- --seeds
 * 100000`.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse, run } from "./Kinds.ts"
import { simulate } from "./simulate.ts"

const scriptsIn = (folder: string): ReadonlyArray<readonly [name: string, json: string]> => {
  const path = join(import.meta.dirname, folder)
  return readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")])
}

describe("worlds", () => {
  it(
    "around the cores violate no invariant: loss, copies, delay, damage, outages, crashes, pauses, full disks, strangers",
    async () => {
      const { code, output } = await simulate("--seeds", "2500")
      expect(output).toContain("2500 worlds in")
      expect(output).toContain("no violation\n")
      expect(code).toBe(0)
    },
    180_000
  )

  it(
    "of flock violate no invariant: loss, bursts, copies, damage, partitions, port changes, relays, pauses, smaller MTUs",
    async () => {
      const { code, output } = await simulate("--world", "flock", "--seeds", "5000")
      expect(output).toContain("5000 worlds in")
      expect(output).toContain("no violation\n")
      expect(code).toBe(0)
    },
    180_000
  )

  it("around the whole shell violate no invariant", async () => {
    const { code, output } = await simulate("--seeds", "200", "--world", "shell")
    expect(output).toContain("no violation\n")
    expect(code).toBe(0)
  }, 180_000)
})

describe("a script that failed in the past", () => {
  it.each(scriptsIn("regressions"))("%s never fails again", (_, json) => {
    expect(run(parse(json)).violation).toBeUndefined()
  })
})

describe("a documented weakness of the wire", () => {
  it.each(scriptsIn("weaknesses"))("%s still exists and violates the documented rule only", (_, json) => {
    const script = parse(json)
    expect(script.note).toContain(run(script).violation?.rule)
  })
})
