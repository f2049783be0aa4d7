import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { Random } from "../simulation/Random.ts"
import { noiseSuite } from "./noiseSuite.ts"
import { toyCrypto } from "./toyCrypto.ts"

const toy = (seed: number) => {
  const random = new Random(seed)
  return toyCrypto(() => random.number(0, 1))
}

describe("a handshake with the functions for simulations", () => {
  noiseSuite({ initiator: toy(1), responder: toy(2), lowOrder: [new Uint8Array(32)], runs: 100 })

  it("is the same for the same seed", () => {
    expect(toy(5).generate().keyPair.publicKey).toEqual(toy(5).generate().keyPair.publicKey)
    expect(toy(5).random(8)).not.toEqual(toy(6).random(8))
  })
})

describe("the functions for simulations", () => {
  const texts = FastCheck.uint8Array({ maxLength: 80 })
  const crypto = toy(3)

  it("hash concatenated parts, and differ for every other text that is tried", () => {
    FastCheck.assert(
      FastCheck.property(texts, texts, (one, other) => {
        expect(crypto.sha256(one, other)).toEqual(crypto.sha256(Uint8Array.of(...one, ...other)))
        expect(crypto.hmac(one, one, other)).toEqual(crypto.hmac(one, Uint8Array.of(...one, ...other)))
        expect(crypto.hmac(one, other)).not.toEqual(crypto.hmac(Uint8Array.of(...one, 0), other))
        expect(crypto.sha256(one)).not.toEqual(crypto.sha256(one, Uint8Array.of(0)))
      }),
      { seed: 14, numRuns: 200 }
    )
  })

  it("decrypt only with the key, nonce and associated data of the encryption", () => {
    FastCheck.assert(
      FastCheck.property(texts, texts, FastCheck.nat(), (associated, plaintext, nonce) => {
        const key = crypto.random(32)
        const text = crypto.encrypt(key, nonce, associated, plaintext)
        expect(crypto.decrypt(key, nonce, associated, text)).toEqual(plaintext)
        expect(crypto.decrypt(key, nonce + 1, associated, text)).toBeUndefined()
        expect(crypto.decrypt(crypto.random(32), nonce, associated, text)).toBeUndefined()
        expect(crypto.decrypt(key, nonce, Uint8Array.of(...associated, 0), text)).toBeUndefined()
      }),
      { seed: 14, numRuns: 200 }
    )
  })

  it("encrypt with the nonce of REKEY as with another one", () => {
    const key = crypto.random(32)
    const nothing = new Uint8Array(0)
    const text = crypto.encrypt(key, "rekey", nothing, new Uint8Array(32))
    expect(crypto.decrypt(key, "rekey", nothing, text)).toEqual(new Uint8Array(32))
    expect(crypto.decrypt(key, 0, nothing, text)).toBeUndefined()
  })
})
