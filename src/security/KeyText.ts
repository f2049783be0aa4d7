/**
 * The text of a key, to copy and to type: three letters for its kind, then in base32 (RFC 4648 §6, lower case, without padding) the 32
 * bytes of the key and the first three of their SHA-256. A public key is `hk1…`, a private key in a file is `hs1…`, a token of an account
 * `ht1…`, an invitation `hi1…`; all have 59 characters. The checksum finds typing mistakes: one of 16 million remains.
 */
import * as Either from "effect/Either"
import { keyBytes, type Shape } from "./Crypto.ts"

/** What a text is computed with. */
export type Hash = Pick<Shape, "sha256">

/** Length of the text of a key. */
export const keyTextLength = 59

/** The kinds of keys: public, and private; and the secrets that a server gives out, a token and an invitation. */
export const publicPrefix = "hk1"
export const privatePrefix = "hs1"
export const tokenPrefix = "ht1"
export const invitationPrefix = "hi1"
export type Prefix = typeof publicPrefix | typeof privatePrefix | typeof tokenPrefix | typeof invitationPrefix

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
const checksumBytes = 3

/** The text of a public key of 32 bytes. */
export const encode = (hash: Hash, key: Uint8Array, prefix: Prefix = publicPrefix): string => {
  if (key.length !== keyBytes) throw new RangeError(`a key has ${keyBytes} bytes, not ${key.length}`)
  return prefix + base32(Uint8Array.of(...key, ...checksumOf(hash, key)))
}

/**
 * The key of a text. Capital letters are accepted. The error is the rest of a sentence that begins with the text or its place, and never
 * quotes the text: `has 58 characters, not 59`.
 */
export const parse = (hash: Hash, text: string, prefix: Prefix = publicPrefix): Either.Either<Uint8Array, string> => {
  const lower = text.toLowerCase()
  if (prefix === publicPrefix && lower.startsWith(privatePrefix)) {
    return Either.left("is a private key, not a public one")
  }
  if (prefix === privatePrefix && lower.startsWith(publicPrefix)) {
    return Either.left("is a public key, not a private one")
  }
  if (!lower.startsWith(prefix)) return Either.left(`does not begin with ${prefix}`)
  const unknown = Array.from(lower.slice(prefix.length)).findIndex((sign) => !alphabet.includes(sign))
  if (unknown >= 0) {
    return Either.left(`has a wrong character at position ${prefix.length + unknown + 1}: a key has a to z and 2 to 7`)
  }
  if (text.length !== keyTextLength) return Either.left(`has ${text.length} characters, not ${keyTextLength}`)
  const bytes = bytesOf(lower.slice(prefix.length))
  const key = bytes.slice(0, keyBytes)
  return checksumOf(hash, key).every((byte, at) => byte === bytes[keyBytes + at])
    ? Either.right(key)
    : Either.left("has a typing mistake: its checksum does not match")
}

const checksumOf = (hash: Hash, key: Uint8Array): Uint8Array => hash.sha256(key).subarray(0, checksumBytes)

/** 35 bytes are 56 characters exactly. */
const base32 = (bytes: Uint8Array): string => {
  let text = ""
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet.charAt((held >> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return text
}

const bytesOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let held = 0
  let bits = 0
  let at = 0
  for (const sign of text) {
    held = (held << 5) | alphabet.indexOf(sign)
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
    held &= (1 << bits) - 1
  }
  return bytes
}
