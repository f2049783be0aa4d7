/** Runs a few hundred worlds, and every stored script of a past failure; `worlds.long.test.ts` runs thousands. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse, run } from "./Kinds.ts"
import { expectNoViolation } from "./simulate.ts"

const scriptsIn = (folder: string): ReadonlyArray<readonly [name: string, json: string]> => {
  const path = join(import.meta.dirname, folder)
  return readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")])
}

describe("worlds", () => {
  it("around the cores violate no invariant", () => expectNoViolation(250))

  it("of flock violate no invariant", () => expectNoViolation(500, "--world", "flock"))

  it("of linked servers violate no invariant", () => expectNoViolation(60, "--world", "linked"))

  it("around the whole shell violate no invariant", () => expectNoViolation(20, "--world", "shell"))
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
