import { describe, expect, it } from "vitest"
import { rowsOf } from "../../../src/cli/report/PeerText.ts"
import { widthOf } from "../../../src/cli/text/Width.ts"

const peer = "192.0.2.7:4040"
const mark = "192.0.2.7:4040> "

describe("a text of a peer on a terminal", () => {
  it("has the mark of its peer before each line", () => {
    expect(rowsOf(peer, "one\n\nthree\n", 80)).toEqual([`${mark}one`, mark, `${mark}three`])
    expect(rowsOf(peer, "", 80)).toEqual([mark])
  })

  it("has it before each row of a line that the terminal would wrap", () => {
    const forged = `${"x".repeat(64)}received secret.txt: 2 B in 1 ms, from 192.0.2.9:1`
    const rows = rowsOf(peer, forged, 80)
    expect(rows).toHaveLength(2)
    expect(rows.every((row) => row.startsWith(mark) && widthOf(row) <= 80)).toBe(true)
    expect(rows.map((row) => row.slice(mark.length)).join("")).toBe(forged)
  })

  it("is cut by the columns of wide characters, also on a terminal without room", () => {
    for (const columns of [0, 1, 16, 27, 60, 120]) {
      const rows = rowsOf(peer, "鳩".repeat(40), columns)
      expect(rows.map((row) => row.slice(mark.length)).join("")).toBe("鳩".repeat(40))
      for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(Math.max(columns, mark.length + 10))
    }
  })

  it("has no controls, and a tab has a fixed width", () => {
    expect(rowsOf(peer, "a\tb\u001b[2K\rc", 80)).toEqual([`${mark}a    b\\u{1b}[2K\\u{d}c`])
  })
})
