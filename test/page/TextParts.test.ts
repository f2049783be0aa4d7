import { describe, expect, it } from "vitest"
import { partsOf } from "../../src/page/TextParts.ts"

const shown = (text: string): string =>
  partsOf(text).map((part) => part.href === undefined ? part.text : `[${part.text}]`).join("")

describe("a text", () => {
  it("has addresses of the web in it, without what ends a sentence", () => {
    expect(shown("see https://a.example/x?y=1.")).toBe("see [https://a.example/x?y=1].")
    expect(shown("(http://a.example/) and HTTPS://b.example!")).toBe("([http://a.example/]) and [HTTPS://b.example]!")
    expect(shown("https://a.example/x_(y)")).toBe("[https://a.example/x_(y)]")
  })

  it("leads nowhere else: no other schemes, and no address that hides its host", () => {
    for (
      const text of ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", "https://bank.example@evil.example"]
    ) {
      expect(partsOf(text)).toEqual([{ text, href: undefined }])
    }
  })

  it("is the same text, in parts", () => {
    const text = "a <b>https://a.example/\"onclick=\"</b> שלום https:// x"
    expect(partsOf(text).map((part) => part.text).join("")).toBe(text)
    expect(partsOf("")).toEqual([])
  })
})
