/**
 * What is kept of a password: salt and hash of scrypt as a PHC string, `$scrypt$ln=14,r=8,p=5$SALT$HASH`, with salt and hash in base64
 * without padding (github.com/P-H-C/phc-string-format). Pure: the hash is computed elsewhere.
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { isSame } from "../protocol/SameBytes.ts"
import type { Cost } from "./Scrypt.ts"

/** The cost of new hashes: 16 MiB, and about 220 ms of a processor. */
export const cost: Cost = { ln: 14, r: 8, p: 5 }

/** Bytes of a salt, and of a hash. */
export const saltBytes = 16
export const hashBytes = 32

export interface PasswordHash {
  readonly cost: Cost
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

export const encode = ({ cost: { ln, p, r }, hash, salt }: PasswordHash): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`

/** The parts of a PHC string; undefined where it is none of scrypt, or costs more than this module allows. */
export const decode = (text: string): PasswordHash | undefined => {
  const [, ln, r, p, salt = "", hash = ""] = form.exec(text) ?? []
  const found = { ln: Number(ln), r: Number(r), p: Number(p) }
  const bytes = { salt: bytesOf(salt), hash: bytesOf(hash) }
  if (bytes.salt === undefined || bytes.hash === undefined || !isAllowed(found)) return undefined
  return bytes.hash.length === hashBytes ? { cost: found, salt: bytes.salt, hash: bytes.hash } : undefined
}

/** Whether a derived hash is that of the password. */
export const matches = (expected: PasswordHash, derived: Uint8Array): boolean => isSame(expected.hash, derived)

/**
 * A hash that no password has, in place of that of an account which does not exist: comparing with it takes the same work. Its hash is
 * zeros, which scrypt yields for no password that anybody finds.
 */
export const ofNoPassword: PasswordHash = {
  cost,
  salt: new Uint8Array(saltBytes),
  hash: new Uint8Array(hashBytes)
}

const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/

/** A damaged row must not cost gigabytes, or minutes: four times the memory of new hashes, eight times the work. */
const isAllowed = ({ ln, p, r }: Cost): boolean =>
  ln >= 1 && r >= 1 && p >= 1 && 2 ** ln * r <= 4 * (2 ** cost.ln * cost.r) &&
  2 ** ln * r * p <= 8 * (2 ** cost.ln * cost.r * cost.p)

const base64 = (bytes: Uint8Array): string => Encoding.encodeBase64(bytes).replace(/=+$/, "")

const bytesOf = (text: string): Uint8Array | undefined =>
  Either.getOrUndefined(Encoding.decodeBase64(text.padEnd(Math.ceil(text.length / 4) * 4, "=")))
