import { describe, expect, it } from "vitest"
import { textOf, unexpected } from "../../src/transfer/Taking.ts"

describe("what both wires take", () => {
  it("is read as UTF-8, a mark of the byte order too, and what is none of it shows", () => {
    expect(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff))).toBe("\ufeffa\ufffd")
  })

  it("fails in one line when this program is at fault", () => {
    const defect = new Error("no\nmore")
    expect(unexpected("a.txt", defect)).toMatchObject({ reason: "Io", path: "a.txt", cause: defect })
    expect(unexpected("a.txt", defect).message).toBe("it could not be taken: Error: no")
  })
})
