import { describe, expect, it } from "@effect/vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { SymmetricState } from "../../src/security/SymmetricState.ts"
import { toHex } from "../protocol/flock/frames.ts"
import { filled, utf8 } from "./noiseParties.ts"

const withKey = (): SymmetricState => {
  const state = SymmetricState.of(nodeCrypto, "Noise_XX_25519_AESGCM_SHA256")
  state.mixKey(filled(1))
  return state
}

describe("the symmetric state of Noise", () => {
  it("starts with the name of the protocol, padded to 32 bytes or hashed", () => {
    const of = (name: string): string => toHex(SymmetricState.of(nodeCrypto, name).hash)
    expect(of("a".repeat(31))).toBe("61".repeat(31) + "00")
    expect(of("a".repeat(32))).toBe("61".repeat(32))
    expect(of("a".repeat(33))).toBe(toHex(nodeCrypto.sha256(utf8("a".repeat(33)))))
  })

  it("encrypts nothing before there is a key, and adds a tag then", () => {
    const state = SymmetricState.of(nodeCrypto, "name")
    expect([state.hasKey, state.encryptAndHash(utf8("text"))]).toEqual([false, utf8("text")])
    state.mixKey(filled(1))
    expect([state.hasKey, state.encryptAndHash(utf8("text")).length]).toEqual([true, 20])
  })

  it("has the same hash on both sides after several texts", () => {
    const [one, other] = [withKey(), withKey()]
    for (const text of ["", "first", "second"]) {
      expect(other.decryptAndHash(one.encryptAndHash(utf8(text)))).toEqual(utf8(text))
      expect(other.hash).toEqual(one.hash)
    }
  })

  it("is not changed by a text that is not authentic", () => {
    const [one, other] = [withKey(), withKey()]
    const text = one.encryptAndHash(utf8("text"))
    expect(other.decryptAndHash(Uint8Array.of(...text.subarray(0, -1), 0))).toBeUndefined()
    expect(other.decryptAndHash(new Uint8Array(15))).toBeUndefined()
    expect(other.decryptAndHash(text)).toEqual(utf8("text"))
  })

  it("is not changed by changes of a copy", () => {
    const state = withKey()
    const { hash } = state
    const keys = state.split()
    const copy = state.copy()
    expect(copy.split()).toEqual(keys)
    copy.mixKeyAndHash(filled(2))
    copy.encryptAndHash(utf8("text"))
    copy.free()
    expect([state.hash, state.split()]).toEqual([hash, keys])
    expect(withKey().decryptAndHash(state.encryptAndHash(utf8("text")))).toEqual(utf8("text"))
  })

  it("has no secrets left when it is freed", () => {
    const [state, other] = [withKey(), withKey()]
    other.mixKey(filled(9))
    expect(state.split()).not.toEqual(other.split())
    state.free()
    other.free()
    expect(state.split()).toEqual(other.split())
  })
})
