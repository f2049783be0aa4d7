/** Every file of the corpus is used. */
import { readdirSync, readFileSync } from "node:fs"
import { expect, it } from "vitest"

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8")

it("every file of the corpus is used by a property", () => {
  const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts")).map(read).join("\n")
  const files = readdirSync(new URL("corpus/", import.meta.url))
  expect(files.filter((name) => !tests.includes(`corpus: "${name.replace(/\.json$/, "")}"`))).toEqual([])
})
