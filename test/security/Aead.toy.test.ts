import { describe, expect, it } from "@effect/vitest"
import { aeadTagBytes } from "../../src/security/Aead.ts"
import { filled } from "./noiseParties.ts"
import { toyAead } from "./toyCrypto.ts"

const [start, framesAt, framesEnd] = [3, 18, 60]
/** A packet behind three other bytes. */
const packet = (): Uint8Array => Uint8Array.from({ length: framesEnd + aeadTagBytes }, (_, at) => at)

describe("the encryption of packets for simulations", () => {
  it("opens what it sealed, with the same key and number only", () => {
    const key = toyAead().packetKey(filled(1))
    const sealed = packet()
    key.seal(sealed, start, framesAt, framesEnd, 5)
    expect(sealed.subarray(framesAt, framesEnd)).not.toEqual(packet().subarray(framesAt, framesEnd))
    expect(sealed.subarray(0, framesAt)).toEqual(packet().subarray(0, framesAt))
    for (const [other, number] of [[toyAead().packetKey(filled(2)), 5], [key, 6], [key, 5 + 2 ** 32]] as const) {
      expect(other.open(sealed.slice(), start, framesAt, framesEnd, number)).toBe(false)
    }
    expect(key.open(sealed, start, framesAt, framesEnd, 5)).toBe(true)
    expect(sealed.subarray(0, framesEnd)).toEqual(packet().subarray(0, framesEnd))
  })

  it("drops a packet with any bit flipped, except in the number, which is the nonce", () => {
    const key = toyAead().packetKey(filled(1))
    const sealed = packet()
    key.seal(sealed, start, framesAt, framesEnd, 5)
    const opened: Array<number> = []
    for (let bit = start * 8; bit < sealed.length * 8; bit++) {
      const copy = sealed.slice()
      copy[bit >>> 3] = (copy[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      if (key.open(copy, start, framesAt, framesEnd, 5)) opened.push(bit >>> 3)
    }
    expect([...new Set(opened)]).toEqual([14, 15, 16, 17])
    expect(key.open(sealed.slice(), start, framesAt, framesEnd - 1, 5)).toBe(false)
  })

  it("reports each number that a key seals", () => {
    const uses: Array<string> = []
    const key = toyAead((name, number) => uses.push(`${name.slice(0, 4)} ${number}`)).packetKey(filled(1))
    key.seal(packet(), start, framesAt, framesEnd, 5)
    key.seal(packet(), start, framesAt, framesEnd, 6)
    expect(uses).toEqual(["0101 5", "0101 6"])
  })

  it("throws when a freed key is used", () => {
    const key = toyAead().packetKey(filled(1))
    key.free()
    key.free()
    expect(() => key.seal(packet(), start, framesAt, framesEnd, 5)).toThrow("freed")
  })
})
