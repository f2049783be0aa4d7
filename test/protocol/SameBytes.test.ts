import { describe, expect, it } from "vitest"
import { isSame } from "../../src/protocol/SameBytes.ts"

describe("two secrets", () => {
  it("are the same with all bytes equal, and with none", () => {
    expect([isSame(Uint8Array.of(1, 2, 255), Uint8Array.of(1, 2, 255)), isSame(new Uint8Array(0), new Uint8Array(0))])
      .toEqual([true, true])
  })

  it("are not the same with any single bit flipped", () => {
    const secret = Uint8Array.from({ length: 16 }, (_, index) => 31 * index)
    for (let bit = 0; bit < 128; bit++) {
      const other = secret.slice()
      other[bit >>> 3] = (other[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      expect(isSame(secret, other)).toBe(false)
    }
  })

  it("are not the same with other lengths", () => {
    expect([isSame(new Uint8Array(16), new Uint8Array(15)), isSame(new Uint8Array(0), new Uint8Array(1))])
      .toEqual([false, false])
  })
})
