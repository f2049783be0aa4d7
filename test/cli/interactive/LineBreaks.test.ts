import { createInterface } from "node:readline"
import { PassThrough } from "node:stream"
import { describe, expect, it } from "vitest"
import { drawn, joined, onOneLine, split } from "../../../src/cli/interactive/LineBreaks.ts"

describe("a text of several lines", () => {
  const text = "one\n\ntwo\n"

  it("is one line for readline, and comes back the same", () => {
    expect(joined(text)).not.toMatch(/[\r\n\u2028\u2029]/)
    expect(split(joined(text))).toBe(text)
  })

  it("has as many columns for readline as are drawn", () => {
    const editor = createInterface({ input: new PassThrough(), output: new PassThrough(), terminal: true })
    editor.setPrompt("")
    editor.write(joined(text))
    expect([editor.line, editor.getCursorPos()]).toEqual([joined(text), { rows: 0, cols: text.length }])
    editor.close()
    expect(drawn(joined(text))).toBe("one⏎⏎two⏎")
    expect(onOneLine(text)).toBe("one⏎⏎two⏎")
  })
})
