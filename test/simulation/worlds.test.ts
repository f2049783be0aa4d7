/** A few hundred worlds, and every script that ever failed; `worlds.long.test.ts` runs thousands. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse, run } from "./Kinds.ts"
import { expectKept } from "./simulate.ts"

const scriptsIn = (folder: string): ReadonlyArray<readonly [name: string, json: string]> => {
  const path = join(import.meta.dirname, folder)
  return readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")])
}

describe("worlds", () => {
  it("around the cores keep every promise", () => expectKept(250))

  it("of flock keep every promise", () => expectKept(500, "--world", "flock"))

  it("around the whole shell keep every promise", () => expectKept(20, "--world", "shell"))
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
