import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pathCompleted } from "../../../src/cli/interactive/PathCompleter.ts"

let root = ""

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "holub-paths-")))
  for (const folder of ["one folder", ".hidden"]) mkdirSync(join(root, folder))
  for (const file of ["one.txt", "it's", "two words", "evil\u001b[2J", "one folder/inside"]) {
    writeFileSync(join(root, file), "")
  }
  symlinkSync(join(root, "one folder"), join(root, "link"))
  symlinkSync(join(root, "nowhere"), join(root, "lost"))
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

const linesOf = (wanted: "files" | "directories", typed: string) =>
  pathCompleted(wanted)(typed.replace("ROOT", root)).lines.map((line) => line.replace(root, "ROOT"))

describe("Tab", () => {
  it.each([
    ["ROOT/on", ["ROOT/one folder/", "ROOT/one.txt"]],
    ["ROOT/one f", ["ROOT/one folder/"]],
    ["ROOT/one\\ f", ["ROOT/one\\ folder/"]],
    ["'ROOT/tw", ["'ROOT/two words'"]],
    ["\"ROOT/one f", ["\"ROOT/one folder/"]],
    ["ROOT/one folder/", ["ROOT/one folder/inside"]],
    ["ROOT/it", ["ROOT/it\\'s"]],
    ["'ROOT/it", ["'ROOT/it'\\''s'"]],
    ["ROOT/l", ["ROOT/link/", "ROOT/lost"]],
    ["ROOT/.h", ["ROOT/.hidden/"]],
    ["ROOT/nothing", []],
    ["ROOT/no/where", []],
    ["~", ["~/"]]
  ])("makes of %s %j", (typed, lines) => {
    expect(linesOf("files", typed)).toEqual(lines)
  })

  it("offers folders only where a folder is asked for, and hidden names only when asked for", () => {
    expect(linesOf("directories", "ROOT/")).toEqual(["ROOT/link/", "ROOT/one folder/"])
  })

  it("never offers a name that a terminal must not be shown", () => {
    expect(linesOf("files", "ROOT/e")).toEqual([])
  })
})
