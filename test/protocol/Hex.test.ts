import { describe, expect, it } from "@effect/vitest"
import { bytesOfHex, hexOf } from "../../src/protocol/Hex.ts"

describe("bytes in hexadecimal", () => {
  it("have two lower-case digits each", () => {
    expect(hexOf(Uint8Array.of(0, 10, 255))).toBe("000aff")
    expect(hexOf(Uint8Array.of(0, 10, 255), " ")).toBe("00 0a ff")
    expect(hexOf(new Uint8Array())).toBe("")
  })

  it("are read again", () => {
    expect(bytesOfHex("000aff")).toEqual(Uint8Array.of(0, 10, 255))
    expect(bytesOfHex("")).toEqual(new Uint8Array())
  })
})
