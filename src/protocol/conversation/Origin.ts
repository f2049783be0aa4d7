/**
 * An origin of events: a server and a log id, `alpha.example~<48 hex digits>`. The id is new at each start of the server, because its disk
 * may be an old copy. Its first 8 bytes are random; the other 16 are the first of SHA-256("holub origin" ‖ these 8 ‖ key ‖ name), so that
 * a signature by another key cannot use it.
 */
import * as Schema from "effect/Schema"
import { bytesOfHex, hexOf } from "../Hex.ts"
import { utf8 } from "./CanonicalJson.ts"
import { hexOfBytes, ServerName } from "./EventBody.ts"

const nonceBytes = 8
const proofBytes = 16
const separator = "~"
const prefix = utf8("holub origin")

/** SHA-256 of the concatenated parts. */
export type Sha256 = (...parts: ReadonlyArray<Uint8Array>) => Uint8Array

const LogId = hexOfBytes(nonceBytes + proofBytes)
const isServer = Schema.is(ServerName)
const isLogId = Schema.is(LogId)

/** The text of an origin. */
export const Origin = Schema.String.pipe(Schema.filter((text) => {
  const at = text.indexOf(separator)
  return at > 0 && isServer(text.slice(0, at)) && isLogId(text.slice(at + 1)) ||
    `a server's name, "${separator}" and ${2 * (nonceBytes + proofBytes)} digits 0-9a-f`
}))

/** The origin of a server that starts, from 8 random bytes and its public key of 32 bytes for signatures. */
export const originOf = (sha256: Sha256, server: string, key: Uint8Array, nonce: Uint8Array): string => {
  if (nonce.length !== nonceBytes) throw new RangeError(`an origin has ${nonceBytes} random bytes, not ${nonce.length}`)
  const proof = sha256(prefix, nonce, key, utf8(server)).subarray(0, proofBytes)
  return `${server}${separator}${hexOf(nonce)}${hexOf(proof)}`
}

/** The name of an origin's server. */
export const serverOf = (origin: string): string => origin.slice(0, origin.indexOf(separator))

/** Whether an origin belongs to this key: otherwise another server has taken its text. */
export const isOriginOf = (sha256: Sha256, origin: string, key: Uint8Array): boolean => {
  const server = serverOf(origin)
  const nonce = bytesOfHex(origin.slice(server.length + 1, server.length + 1 + 2 * nonceBytes))
  return originOf(sha256, server, key, nonce) === origin
}
