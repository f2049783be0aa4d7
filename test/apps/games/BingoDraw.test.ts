import { describe, expect, it } from "@effect/vitest"
import { createHmac } from "node:crypto"
import { drawOf, ticketOf } from "../../../src/apps/games/BingoDraw.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { checkedDrawOf } from "./checkedDraw.ts"

/** The secret number `index` of this file. */
const secretOf = (index: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, at) => (index >>> (8 * (at % 3))) & 255)

/** Chi-square of the counts of the numbers 1 to 47; scaled, because the five numbers of a draw exclude each other. */
const chiSquareOf = (draws: ReadonlyArray<ReadonlyArray<number>>): number => {
  const counts = Array.from({ length: 47 }, () => 0)
  for (const number of draws.flat()) counts[number - 1] = (counts[number - 1] ?? 0) + 1
  const expected = draws.length * 5 / 47
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) * 46 / 42
}

/** 99.9 % of chi-square values with 46 degrees of freedom are lower; 0.1 % are lower than the other. */
const [least, most] = [21.6, 81.4]

const draws = Array.from({ length: 3000 }, (_, round) => drawOf(crypto, secretOf(round), round))

describe("a draw of bingo", () => {
  it("is five different numbers of 1 to 47 in ascending order", () => {
    expect(draws.filter((draw) => ticketOf(draw.join(" "))?.join(" ") !== draw.join(" "))).toEqual([])
  })

  it("follows from the secret and the round as the documentation says", () => {
    for (let round = 0; round < 300; round++) {
      expect(drawOf(crypto, secretOf(round), round)).toEqual(checkedDrawOf(secretOf(round), round))
    }
    const large = 2 ** 40 + 1
    expect(drawOf(crypto, secretOf(1), large)).toEqual(checkedDrawOf(secretOf(1), large))
  })

  it("is another in another round, and with another secret", () => {
    expect(drawOf(crypto, secretOf(1), 1)).not.toEqual(drawOf(crypto, secretOf(1), 2))
    expect(drawOf(crypto, secretOf(1), 1)).not.toEqual(drawOf(crypto, secretOf(2), 1))
  })

  it("rejects values beyond the last multiple of 47, and numbers that were drawn", () => {
    const values = [2 ** 32 - 1, 46, 46, 47, 2 ** 32 - (2 ** 32 % 47), 2 ** 32 - (2 ** 32 % 47) - 1, 3, 4, 5, 6]
    const hmac = (_key: Uint8Array, ...parts: ReadonlyArray<Uint8Array>) => {
      const counter = Buffer.concat(parts).readUInt32BE(12)
      const block = new Uint8Array(32)
      new DataView(block.buffer).setUint32(0, values[counter] ?? 0)
      return block
    }
    // 46 → 47, 47 → 1, the value before the last multiple → 47 again, 3 → 4, 4 → 5, 5 → 6.
    expect(drawOf({ hmac }, secretOf(1), 1)).toEqual([1, 4, 5, 6, 47])
  })

  it("has every number equally often", () => {
    expect(chiSquareOf(draws)).toBeGreaterThan(least)
    expect(chiSquareOf(draws)).toBeLessThan(most)
  })

  it("hits a ticket as often as chance does", () => {
    const ticket = [1, 2, 17, 46, 47]
    const hits = draws.map((draw) => draw.filter((number) => ticket.includes(number)).length)
    // The hypergeometric distribution: C(5, k) C(42, 5 − k) / C(47, 5).
    const probabilities = [850_668, 559_650, 114_800, 8610, 210, 1].map((ways) => ways / 1_533_939)
    const counts = [0, 1, 2].map((hit) => hits.filter((one) => one === hit).length)
    const rest = hits.length - counts.reduce((sum, count) => sum + count, 0)
    const expected = probabilities.slice(0, 3).map((probability) => probability * hits.length)
    const expectedRest = hits.length - expected.reduce((sum, count) => sum + count, 0)
    const chiSquare = [...counts, rest].reduce((sum, count, at) => {
      const mean = expected[at] ?? expectedRest
      return sum + (count - mean) ** 2 / mean
    }, 0)
    // 99.9 % of the values with 3 degrees of freedom.
    expect(chiSquare).toBeLessThan(16.3)
  })

  it("would fail that test if a byte were taken modulo 47", () => {
    const biased = Array.from({ length: 3000 }, (_, round) => {
      const bytes = createHmac("sha256", secretOf(round)).digest()
      return Array.from(new Set(Array.from(bytes, (byte) => byte % 47 + 1))).slice(0, 5)
    })
    expect(chiSquareOf(biased)).toBeGreaterThan(most)
  })
})

describe("a ticket", () => {
  it.each(["3 9 14 40 41", "41,40,14,9,3", "3;9/14-40\t41\r\n", "[3, 09, 14, 40, 041]", "I take 3, 9, 14, 40 and 41."])(
    "is read from %j",
    (text) => {
      expect(ticketOf(text)).toEqual([3, 9, 14, 40, 41])
    }
  )

  it.each([
    "",
    "1 2 3 4",
    "1 2 3 4 5 6",
    "1 2 3 4 4",
    "0 1 2 3 4",
    "1 2 3 4 48",
    "1 2 3 4 99999999999999999999",
    "١ ٢ ٣ ٤ ٥",
    "1234 5"
  ])("is not %j", (text) => {
    expect(ticketOf(text)).toBeUndefined()
  })
})
