/**
 * The payloads of the second and the third handshake message (docs/PROTOCOL.md, flock §3.3): what each side tells the other under the
 * protection of the handshake.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { readId, readUint32, resetTokenBytes, writeId, writeUint32 } from "../wire/Packet.ts"
import {
  decode as decodeParameters,
  encode as encodeParameters,
  type TransportParameters
} from "../wire/TransportParameters.ts"
import { Reader } from "../wire/Varint.ts"

/** Length of a public key. */
export const publicKeyBytes = 32

/** What a server tells its client. */
export interface ServerPayload {
  /** The server's connection id; a HELLO2 whose header has another one is forged. */
  readonly serverId: number
  /** With this token the server proves later that it has forgotten the session (docs/PROTOCOL.md, flock §10.3). */
  readonly resetToken: Uint8Array
  /** The versions that the server supports: an attacker cannot hide a newer one. */
  readonly versions: ReadonlyArray<number>
  /** The key that will replace the server's key; undefined when none is planned. */
  readonly nextKey: Uint8Array | undefined
  readonly parameters: TransportParameters
}

/** What a client tells its server. */
export interface ClientPayload {
  /** Whether the client's key is one that it keeps; otherwise it was made for this session. */
  readonly isIdentity: boolean
  readonly parameters: TransportParameters
}

/** A client's payload on its way: parameters that are left out have their defaults at the server. */
export interface SentClientPayload extends Pick<ClientPayload, "isIdentity"> {
  readonly parameters: Partial<TransportParameters>
}

const hasNextKey = 1
const isIdentityFlag = 1

export const encodeServer = ({ nextKey, parameters, resetToken, serverId, versions }: ServerPayload): Uint8Array => {
  const encoded = encodeParameters(parameters)
  const keyBytes = nextKey === undefined ? 0 : publicKeyBytes
  const bytes = new Uint8Array(8 + resetTokenBytes + 1 + 4 * versions.length + 1 + keyBytes + encoded.length)
  let at = writeId(bytes, 0, serverId)
  bytes.set(resetToken, at)
  at += resetTokenBytes
  bytes[at] = versions.length
  at = versions.reduce((next, version) => writeUint32(bytes, next, version), at + 1)
  bytes[at] = nextKey === undefined ? 0 : hasNextKey
  if (nextKey !== undefined) bytes.set(nextKey, at + 1)
  bytes.set(encoded, at + 1 + keyBytes)
  return bytes
}

/** Undefined when the payload is malformed. Unknown flags are ignored. */
export const decodeServer = (bytes: Uint8Array): ServerPayload | undefined => {
  const reader = new Reader(bytes, 0, bytes.length)
  const serverId = readId(bytes, reader.take(8))
  const resetToken = copy(reader, resetTokenBytes)
  const count = reader.byte()
  if (count > Limits.handshakeParameters) return undefined
  const versions = Array.from({ length: count }, () => readUint32(bytes, reader.take(4)))
  const nextKey = (reader.byte() & hasNextKey) === 0 ? undefined : copy(reader, publicKeyBytes)
  if (reader.hasFailed || serverId === 0) return undefined
  const parameters = decodeParameters(bytes.subarray(reader.at))
  return parameters === undefined ? undefined : { serverId, resetToken, versions, nextKey, parameters }
}

export const encodeClient = ({ isIdentity, parameters }: SentClientPayload): Uint8Array => {
  const encoded = encodeParameters(parameters)
  const bytes = new Uint8Array(1 + encoded.length)
  bytes[0] = isIdentity ? isIdentityFlag : 0
  bytes.set(encoded, 1)
  return bytes
}

/** Undefined when the payload is malformed. Unknown flags are ignored. */
export const decodeClient = (bytes: Uint8Array): ClientPayload | undefined => {
  const [flags] = bytes
  const parameters = flags === undefined ? undefined : decodeParameters(bytes.subarray(1))
  return flags === undefined || parameters === undefined
    ? undefined
    : { isIdentity: (flags & isIdentityFlag) !== 0, parameters }
}

const copy = (reader: Reader, length: number): Uint8Array => {
  const start = reader.take(length)
  return reader.bytes.slice(start, start + length)
}
