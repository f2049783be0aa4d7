import { describe, expect, it } from "@effect/vitest"
import { createHmac } from "node:crypto"
import * as Chance from "../../src/apps/Chance.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"

const seed = new Uint8Array(32).fill(7)
const chance = Chance.of(nodeCrypto, seed)

const drawn = (bound: number, count: number): ReadonlyArray<number> => {
  const values: Array<number> = []
  for (let rest = chance; values.length < count;) {
    const [value, after] = Chance.below(rest, bound)
    values.push(value)
    rest = after
  }
  return values
}

describe("chance", () => {
  it("is HMAC-SHA-256 of a counter of eight bytes, so that everybody with the seed can check it", () => {
    const [first, rest] = Chance.block(chance)
    const [second] = Chance.block(rest)
    const block = (counter: number) => {
      const text = Buffer.alloc(8)
      text.writeBigUInt64BE(BigInt(counter))
      return new Uint8Array(createHmac("sha256", seed).update(text).digest())
    }
    expect([first, second]).toEqual([block(0), block(1)])
  })

  it("is a value: the same chance gives the same number again", () => {
    expect(Chance.below(chance, 100)).toEqual(Chance.below(chance, 100))
    expect(new Set(drawn(2 ** 32, 50)).size).toBe(50)
  })

  it("gives each number equally often", () => {
    const counts = [0, 0, 0, 0, 0]
    for (const value of drawn(5, 5000)) counts[value] = (counts[value] ?? 0) + 1
    const deviation = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    // The 99.9 % quantile of chi-square with 4 degrees of freedom.
    expect(deviation).toBeLessThan(18.5)
  })

  it("rejects what would make small numbers likelier", () => {
    // Two thirds of 2³²: a remainder alone would give the lower half twice as often.
    const bound = Math.floor(2 ** 33 / 3)
    const low = drawn(bound, 3000).filter((value) => value < bound / 2).length
    expect(Math.abs(low - 1500)).toBeLessThan(150)
  })

  it("has one value below one", () => {
    expect(drawn(1, 3)).toEqual([0, 0, 0])
  })
})
