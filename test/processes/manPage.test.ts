/** The manual page as it is installed, and as roff reads it where that is installed. */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { commands } from "../../src/cli/commands/Commands.ts"
import { manPage } from "../../src/cli/text/ManPage.ts"
import { program } from "./holub.ts"

const folder = dirname(program)
const path = join(folder, "holub.1")

const reader = [["mandoc", "-T", "lint", "-W", "warning"], ["groff", "-man", "-ww", "-z", "-Tutf8"]]
  .find(([command = ""]) => spawnSync(command, ["--version"]).error === undefined)

describe("the built manual page", () => {
  it("is the one that npm installs, and that of these sources", () => {
    expect(join(folder, "..", manifest.man)).toBe(path)
    expect(readFileSync(path, "utf8")).toBe(manPage(commands, manifest.version))
  })

  it("is no part of the program", () => {
    expect(readFileSync(join(folder, "program.cjs"), "utf8")).not.toContain("SYNOPSIS")
    expect(existsSync(`${path}.mjs`)).toBe(false)
  })

  it.runIf(reader !== undefined)("is read without a warning", () => {
    const [command = "", ...args] = reader ?? []
    const { stderr, stdout } = spawnSync(command, [...args, path], { encoding: "utf8" })
    // The page has no date: the same sources give the same page.
    const warnings = `${stdout}${stderr}`.split("\n").filter((line) => line !== "" && !line.includes("missing date"))
    expect(warnings).toEqual([])
  })

  const hasGroff = spawnSync("groff", ["--version"]).error === undefined

  it.runIf(hasGroff).each([60, 80, 120])("fits a terminal of %d columns", (columns) => {
    const { stdout } = spawnSync("groff", ["-man", "-Tutf8", "-P-cbou", `-rLL=${columns}n`, path], { encoding: "utf8" })
    const lines = stdout.split("\n")
    expect(lines.length).toBeGreaterThan(100)
    expect(lines.filter((line) => line.length > columns)).toEqual([])
  })
})
