/**
 * The file of `--psk-file`: a key of 32 random bytes that both sides share, raw, as 64 hexadecimal digits, or in base64. Anything else is
 * refused, a password first of all: with one recorded handshake millions of passwords can be tried.
 */
import * as Effect from "effect/Effect"
import { KeyLimits } from "../../security/KeyLimits.ts"
import type { KeyringError } from "../../security/Keyring.ts"
import type * as Files from "../storage/Files.ts"
import * as OwnFiles from "./OwnFiles.ts"

const pskBytes = 32
/** Of 32 random bytes fewer than 16 different ones occur once in 10²⁰ files. */
const leastDifferent = 16

/** The key, 32 bytes, which the caller overwrites when it is not needed any more. No error quotes the file. */
export const load = (files: Files.Files, path: string): Effect.Effect<Uint8Array, KeyringError> =>
  Effect.gen(function*() {
    const rules = { what: "the shared key", isPublic: false, followsLinks: true, maxBytes: KeyLimits.pskFileBytes }
    const bytes = yield* OwnFiles.read(files, path, rules)
    const make = makingOf(path)
    if (bytes === undefined) return yield* OwnFiles.refused(`${rules.what} ${path} does not exist; make one: ${make}`)
    const key = keyOf(bytes)
    bytes.fill(0)
    if (key === undefined) {
      return yield* OwnFiles.refused(
        `${path} is not a shared key: it must be 32 random bytes, raw, as 64 hexadecimal digits or in base64, and no password; make one: ${make}`
      )
    }
    if (new Set(key).size >= leastDifferent) return key
    key.fill(0)
    return yield* OwnFiles.refused(`the shared key ${path} is not random; make one: ${make}`)
  })

const makingOf = (path: string): string => {
  const word = OwnFiles.quoted(path)
  return `(umask 077; head -c ${pskBytes} /dev/urandom > ${word})`
}

const keyOf = (bytes: Uint8Array): Uint8Array | undefined => {
  const text = Buffer.from(bytes).toString("latin1").trim()
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, "hex"))
  if (/^[\w+/-]{43}=$/.test(text)) {
    const key = Buffer.from(text, "base64")
    // The last digit before the padding has two bits that stand for nothing.
    const isWhole = key.toString("base64") === text || key.toString("base64url") === text.slice(0, -1)
    return isWhole ? new Uint8Array(key) : undefined
  }
  // Of random bytes all are printable once in 10¹³ files: these are the words of a user.
  return bytes.length === pskBytes && !/^[\x20-\x7e\s]*$/.test(text) ? bytes.slice() : undefined
}
