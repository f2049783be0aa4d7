/** The catalogue of docs/RELIABILITY.md and the tests that it names agree. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { exists, namedIn } from "./namedTests.ts"

const root = join(import.meta.dirname, "..")
const page = readFileSync(join(root, "docs/RELIABILITY.md"), "utf8")

const rows = page.slice(page.indexOf("## The catalogue")).split("\n").flatMap((line) => {
  const [, id = "", fault = "", happens = "", shown = ""] = line.split("|").map((cell) => cell.trim())
  return /^[A-Z]\d+$/.test(id) ? [{ id, fault, happens, shown }] : []
})

/** The groups of the table, in its order: wire, reliability, services, cryptography, files, processes, clocks, library, what is told, terminal. */
const groups = "WRSCFPKLTU"

/** The place of a row in the table. */
const placeOf = (id: string): number => groups.indexOf(id.charAt(0)) * 1000 + Number(id.slice(1))

const numbered = (letter: string, last: number, missing: ReadonlyArray<number> = []): ReadonlyArray<string> =>
  Array.from({ length: last }, (_, index) => index + 1).filter((n) => !missing.includes(n)).map((n) => `${letter}${n}`)

describe("the catalogue", () => {
  const ids = rows.map(({ id }) => id)

  it("has every row once, in order", () => {
    expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => placeOf(one) - placeOf(other)))
    expect(ids.filter((id) => !groups.includes(id.charAt(0)))).toEqual([])
  })

  it("has every row of the first design", () => {
    expect(ids).toEqual(expect.arrayContaining([
      ...numbered("W", 12),
      ...numbered("R", 16),
      ...numbered("S", 17),
      ...numbered("C", 12),
      ...numbered("F", 18, [17]),
      ...numbered("P", 6),
      ...numbered("K", 3)
    ]))
  })

  it.each(rows.map(({ id, ...row }) => [id, row] as const))(
    "%s names a test that there is, or what it waits for",
    (_, row) => {
      // One for each wire, where both have one.
      for (const test of namedIn(row.shown)) {
        if (test === undefined) {
          expect(row.shown).toMatch(/(?:^|; )waits for \w/)
          continue
        }
        expect(row.happens).not.toBe("")
        expect([test, exists(test)]).toEqual([test, true])
      }
    }
  )
})
