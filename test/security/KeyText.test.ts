import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import { encode, keyTextLength, parse, privatePrefix } from "../../src/security/KeyText.ts"
import { hashing, keyOf } from "./hashing.ts"

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })
const refusal = (text: string): string =>
  Either.match(parse(hashing, text), { onLeft: (why) => why, onRight: () => "none" })
const sample = encode(hashing, keyOf(7))

describe("the text of a key", () => {
  it("is hk1 and the base32 of the key and its checksum, as another program computed it", () => {
    expect(encode(hashing, keyOf(0))).toBe("hk1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaagm2d2")
    expect(encode(hashing, Uint8Array.from({ length: 32 }, (_, at) => at))).toBe(
      "hk1aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypwgdon"
    )
  })

  it("gives back its key, in capital letters too", () => {
    fc.assert(fc.property(keys, (key) => {
      const text = encode(hashing, key)
      expect(text).toMatch(/^hk1[a-z2-7]{56}$/)
      expect(text.length).toBe(keyTextLength)
      expect(parse(hashing, text)).toEqual(Either.right(key))
      expect(parse(hashing, text.toUpperCase())).toEqual(Either.right(key))
    }))
  })

  it("finds one wrong character, two that changed places, and what is missing", () => {
    fc.assert(fc.property(keys, fc.nat(55), fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz234567"), (key, at, sign) => {
      const text = encode(hashing, key)
      const place = at + 3
      fc.pre(text.charAt(place) !== sign)
      expect(refusal(text.slice(0, place) + sign + text.slice(place + 1))).toContain("typing mistake")
    }))
    expect(refusal(sample.slice(0, -1))).toBe("has 58 characters, not 59")
    expect(refusal(`${sample}a`)).toBe("has 60 characters, not 59")
  })

  it("says which character no key has", () => {
    expect(refusal(`${sample.slice(0, 10)}0${sample.slice(11)}`)).toBe(
      "has a wrong character at position 11: a key has a to z and 2 to 7"
    )
    expect(refusal(sample.replace(/.$/, "ß"))).toContain("position 59")
    expect(refusal(`${sample.slice(0, 12)}\u{1f54a}`)).toContain("position 13")
  })

  it("is told apart from a private key and from anything else, without quoting it", () => {
    expect(refusal("")).toBe("does not begin with hk1")
    expect(refusal("hk2abc")).toBe("does not begin with hk1")
    const secret = encode(hashing, keyOf(9), privatePrefix)
    expect(refusal(secret)).toBe("is a private key, not a public one")
    expect(parse(hashing, sample, privatePrefix)).toEqual(Either.left("is a public key, not a private one"))
    expect(parse(hashing, secret, privatePrefix)).toEqual(Either.right(keyOf(9)))
  })

  it("of other lengths is not made", () => {
    expect(() => encode(hashing, new Uint8Array(31))).toThrow("32 bytes, not 31")
  })
})
