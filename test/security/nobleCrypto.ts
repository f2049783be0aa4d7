/** Crypto by the packages of @noble: a second implementation, with which the tests compare that of Node. */
import { gcm } from "@noble/ciphers/aes.js"
import { x25519 } from "@noble/curves/ed25519.js"
import { hkdf } from "@noble/hashes/hkdf.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { concatBytes, randomBytes } from "@noble/hashes/utils.js"
import type { KeyPair, Shape } from "../../src/security/Crypto.ts"

const keyPair = (given: Uint8Array): KeyPair => {
  const privateKey = Uint8Array.from(given)
  return {
    publicKey: x25519.getPublicKey(privateKey),
    agree: (peerKey) => {
      try {
        return x25519.getSharedSecret(privateKey, Uint8Array.from(peerKey))
      } catch {
        return undefined
      }
    },
    derive: (info) => hkdf(sha256, privateKey, undefined, info, 32)
  }
}

const nonceOf = (nonce: number | "rekey"): Uint8Array => {
  const hex = nonce === "rekey" ? "ff".repeat(8) : nonce.toString(16).padStart(16, "0")
  return Uint8Array.from(Buffer.from("00".repeat(4) + hex, "hex"))
}

export const nobleCrypto: Shape = {
  random: (length) => randomBytes(length),
  sha256: (...parts) => sha256(concatBytes(...parts.map((part) => Uint8Array.from(part)))),
  hmac: (key, ...parts) =>
    hmac(sha256, Uint8Array.from(key), concatBytes(...parts.map((part) => Uint8Array.from(part)))),
  isEqual: (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]),
  generate: () => {
    const privateKey = x25519.utils.randomSecretKey()
    return { privateKey, keyPair: keyPair(privateKey) }
  },
  keyPair,
  encrypt: (key, nonce, associated, plaintext) => gcm(key, nonceOf(nonce), associated).encrypt(plaintext),
  decrypt: (key, nonce, associated, text) => {
    try {
      return gcm(key, nonceOf(nonce), associated).decrypt(text)
    } catch {
      return undefined
    }
  }
}
