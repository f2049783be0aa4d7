/** Every test file runs in exactly one of `npm test` and `npm run test:long`. */
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

const root = join(import.meta.dirname, "..")
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

/** The files that vitest takes for a script of package.json. */
const filesOf = (script: string): ReadonlyArray<string> => {
  const [, args = ""] = /^vitest run (.*)$/.exec(scripts[script]) ?? []
  const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "list", "--filesOnly", "--json", ...args.split(" ")]
  const listed: ReadonlyArray<{ readonly file: string }> = JSON.parse(
    execFileSync(process.execPath, vitest, { cwd: root, encoding: "utf8" })
  )
  return listed.map(({ file }) => file).toSorted()
}

describe("the test files", () => {
  const all = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(import.meta.dirname, name))
    .toSorted()
  const isLong = (file: string): boolean => file.endsWith(".long.test.ts")

  it("of both kinds are found", () => {
    expect(all.filter(isLong).length).toBeGreaterThan(10)
    expect(all.filter((file) => !isLong(file)).length).toBeGreaterThan(200)
  })

  it("named *.long.test.ts run in `npm run test:long`, and all others in `npm test`", () => {
    expect(filesOf("test:long")).toEqual(all.filter(isLong))
    expect(filesOf("test")).toEqual(all.filter((file) => !isLong(file)))
  })
})
