/**
 * Crypto and Aead for simulations of thousands of worlds: fast, and deterministic with a seeded source of randomness. They resist only
 * an attacker who does not calculate: without the key no tag is found, every changed byte is detected, and plaintexts are not visible.
 */
import { aeadTagBytes, type PacketKey, type Shape as AeadShape } from "../../src/security/Aead.ts"
import type { KeyPair, Shape } from "../../src/security/Crypto.ts"
import { absorb, absorbNumber, applyKeystream, hasDigest, type Lanes, lanesOf, writeDigest } from "./toyHash.ts"

/** A prime. A shared secret is a product of three numbers, which needs a division to be found. */
const prime = 2n ** 255n - 19n
const generator = 0x2b_7e_15_16_28_ae_d2_a6_ab_f7_15_88_09_cf_4f_3c_76_2e_71_60_f3_8b_4d_a5n

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`) % prime
const bytesOf = (value: bigint): Uint8Array => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"))

/** 32 bytes for the concatenated parts and a purpose. */
const hashOf = (purpose: number, parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const digest = new Uint8Array(32)
  for (const half of [0, 1]) {
    const lanes = lanesOf(purpose * 2 + half)
    for (const part of parts) absorb(lanes, part)
    writeDigest(lanes, digest, half * 16)
  }
  return digest
}

const keyed = (key: Uint8Array, purpose: number): Lanes => {
  const lanes = lanesOf(purpose)
  absorb(lanes, key)
  return lanes
}

const keyPairOf = (privateKey: Uint8Array): KeyPair => {
  const secret = numberOf(privateKey)
  return {
    publicKey: bytesOf(secret * generator % prime),
    agree: (peerKey) => {
      if (peerKey.length !== 32) return undefined
      const product = secret * numberOf(peerKey) % prime
      return product === 0n ? undefined : hashOf(1, [bytesOf(product)])
    },
    derive: (info) => hashOf(2, [bytesOf(secret), info])
  }
}

/** Encrypts [start, end), with a tag over `associated`, the number and the text. */
const sealWith = (
  { forTag, forText }: { readonly forTag: Lanes; readonly forText: Lanes },
  number: number,
  associated: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number
): void => {
  const stream = forText.slice()
  absorbNumber(stream, number)
  applyKeystream(stream, bytes, start, end)
  writeDigest(tagged(forTag, number, associated, bytes, start, end), bytes, end)
}

const openWith = (
  { forTag, forText }: { readonly forTag: Lanes; readonly forText: Lanes },
  number: number,
  associated: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number
): boolean => {
  const isAuthentic = hasDigest(tagged(forTag, number, associated, bytes, start, end), bytes, end)
  const stream = forText.slice()
  absorbNumber(stream, number)
  // A forged text is changed too, as by OpenSSL.
  applyKeystream(stream, bytes, start, end)
  return isAuthentic
}

const tagged = (
  forTag: Lanes,
  number: number,
  associated: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number
): Lanes => {
  const lanes = forTag.slice()
  absorbNumber(lanes, number)
  absorbNumber(lanes, associated.length)
  absorb(lanes, associated)
  absorb(lanes, bytes, start, end)
  return lanes
}

const lanesOfKey = (key: Uint8Array): { readonly forTag: Lanes; readonly forText: Lanes } => ({
  forTag: keyed(key, 11),
  forText: keyed(key, 12)
})

/** `random` returns numbers in [0, 1). */
export const toyCrypto = (random: () => number): Shape => {
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).map(() => Math.floor(random() * 256))
  return {
    random: randomBytes,
    sha256: (...parts) => hashOf(3, parts),
    hmac: (key, ...parts) => hashOf(4, [key, Uint8Array.of(key.length), ...parts]),
    isEqual: (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]),
    generate: () => {
      const privateKey = randomBytes(32)
      return { privateKey, keyPair: keyPairOf(privateKey) }
    },
    keyPair: keyPairOf,
    encrypt: (key, nonce, associated, plaintext) => {
      const text = new Uint8Array(plaintext.length + aeadTagBytes)
      text.set(plaintext)
      sealWith(lanesOfKey(key), nonce === "rekey" ? -1 : nonce, associated, text, 0, plaintext.length)
      return text
    },
    decrypt: (key, nonce, associated, text) => {
      const end = text.length - aeadTagBytes
      const bytes = new Uint8Array(text)
      return end >= 0 && openWith(lanesOfKey(key), nonce === "rekey" ? -1 : nonce, associated, bytes, 0, end)
        ? bytes.subarray(0, end)
        : undefined
    }
  }
}

/** `onSeal` receives each use of a key, so that a test sees a number that is used twice. */
export const toyAead = (onSeal?: (key: string, packetNumber: number) => void): AeadShape => ({
  route: "toy",
  packetKey: (key): PacketKey => {
    const lanes = lanesOfKey(key)
    const name = Buffer.from(key).toString("hex")
    let isFreed = false
    const associatedOf = (bytes: Uint8Array, start: number, framesAt: number, framesEnd: number): Uint8Array => {
      if (isFreed) throw new Error("the key was freed")
      const associated = new Uint8Array(13)
      associated.set(bytes.subarray(start, start + 11))
      associated[11] = (framesEnd - framesAt) >>> 8
      associated[12] = framesEnd - framesAt
      return associated
    }
    return {
      seal: (bytes, start, framesAt, framesEnd, packetNumber) => {
        onSeal?.(name, packetNumber)
        sealWith(lanes, packetNumber, associatedOf(bytes, start, framesAt, framesEnd), bytes, framesAt, framesEnd)
      },
      open: (bytes, start, framesAt, framesEnd, packetNumber) =>
        openWith(lanes, packetNumber, associatedOf(bytes, start, framesAt, framesEnd), bytes, framesAt, framesEnd),
      free: () => {
        isFreed = true
      }
    }
  }
})
