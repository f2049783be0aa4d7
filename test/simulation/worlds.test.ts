/** Thousands of worlds, and every script that ever failed. More of them: `npm run simulate -- --seeds 100000`. */
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
    "around the cores keep every promise: loss, copies, delay, damage, outages, crashes, pauses, full disks, strangers",
    async () => {
      const { code, output } = await simulate("--seeds", "2500")
      expect(output).toContain("2500 worlds in")
      expect(output).toContain("every promise was kept")
      expect(code).toBe(0)
    },
    180_000
  )

  it(
    "of flock keep every promise: loss, bursts, copies, damage, partitions, other ports, relays, pauses, smaller paths",
    async () => {
      const { code, output } = await simulate("--world", "flock", "--seeds", "5000")
      expect(output).toContain("5000 worlds in")
      expect(output).toContain("every promise was kept")
      expect(code).toBe(0)
    },
    180_000
  )

  it("around the whole shell keep every promise", async () => {
    const { code, output } = await simulate("--seeds", "200", "--world", "shell")
    expect(output).toContain("every promise was kept")
    expect(code).toBe(0)
  }, 180_000)
})

describe("a script that failed once", () => {
  it.each(scriptsIn("regressions"))("%s never fails again", (_, json) => {
    expect(run(parse(json)).violation).toBeUndefined()
  })
})

describe("a documented weakness of the wire", () => {
  it.each(scriptsIn("weaknesses"))("%s is still there, and no other", (_, json) => {
    const script = parse(json)
    expect(script.note).toContain(run(script).violation?.rule)
  })
})
