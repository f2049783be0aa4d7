/** What the files of the page may use: they run in a browser, with texts of strangers. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"

const folder = join(import.meta.dirname, "../../src/page")
const files = readdirSync(folder).filter((name) => /\.tsx?$/.test(name))
const read = (name: string): string => readFileSync(join(folder, name), "utf8")

it("are pure files of the other folders, and preact", () => {
  const allowed = /^(?:\.\/|\.\.\/protocol\/|\.\.\/apps\/chat\/ChatLines\.ts$|preact$|preact\/hooks$)/
  const imports = files.flatMap((name) => Array.from(read(name).matchAll(/ from "([^"]+)"/g), ([, from = ""]) => from))
  expect(imports.length).toBeGreaterThan(20)
  expect(imports.filter((from) => !allowed.test(from))).toEqual([])
})

it("never make a document of a text", () => {
  const unsafe = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/
  expect(files.filter((name) => unsafe.test(read(name)))).toEqual([])
})
