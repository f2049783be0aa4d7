import { describe, expect, it } from "vitest"
import { cutBytes, repaired, textOf } from "../../../src/protocol/framing/Utf8Text.ts"
import { bytesOf, hex } from "./codecs.ts"

describe("a cut character", () => {
  it("is found wherever it is cut", () => {
    for (const character of ["é", "€", "😀"]) {
      const bytes = bytesOf(`a${character}`)
      const cuts = Array.from(bytes, (_, at) => cutBytes(bytes.subarray(0, at + 1)))
      expect(cuts).toEqual(Array.from(bytes, (_, at) => at === bytes.length - 1 ? 0 : at))
    }
  })

  it.each(["", "61", "80", "61 80 80 80", "ff", "f5", "c1", "e2 82 ac 82"])("is not in %s", (digits) => {
    expect(cutBytes(hex(digits))).toBe(0)
  })
})

describe("bytes", () => {
  it("that are UTF-8 are themselves, with a byte order mark and NUL", () => {
    const bytes = bytesOf("\ufeffa\0€")
    expect([repaired(bytes), textOf(bytes)]).toEqual([bytes, "\ufeffa\0€"])
    expect(repaired(bytes)).toBe(bytes)
  })

  it("that are not UTF-8 become U+FFFD", () => {
    expect(textOf(hex("61 ff 62 e2 82"))).toBeUndefined()
    expect(textOf(repaired(hex("61 ff 62 e2 82")))).toBe("a\ufffdb\ufffd")
  })
})
