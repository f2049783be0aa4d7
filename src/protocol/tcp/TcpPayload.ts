/**
 * The payload of the second message of the handshake (docs/PROTOCOL.md, tcp §3): what a server tells its client. That of the third one is
 * the same as on flock.
 */
import { publicKeyBytes } from "../flock/handshake/HandshakePayload.ts"
import { decode, encode, type TransportParameters } from "../flock/wire/TransportParameters.ts"

/** The parameters that mean something on this wire. The others have no effect, and are not sent. */
export type TcpParameters = Omit<TransportParameters, "maxDatagramBytes" | "receiveBufferBytes">

export interface TcpServerPayload {
  /** The key that will replace the server's key; undefined when none is planned. */
  readonly nextKey: Uint8Array | undefined
  readonly parameters: TransportParameters
}

const hasNextKey = 1

export const encodeServer = (nextKey: Uint8Array | undefined, parameters: TcpParameters): Uint8Array => {
  const encoded = encode(parameters)
  const keyBytes = nextKey === undefined ? 0 : publicKeyBytes
  const bytes = new Uint8Array(1 + keyBytes + encoded.length)
  if (nextKey !== undefined) {
    bytes[0] = hasNextKey
    bytes.set(nextKey, 1)
  }
  bytes.set(encoded, 1 + keyBytes)
  return bytes
}

/** Undefined when the payload is malformed. Unknown flags are ignored. */
export const decodeServer = (bytes: Uint8Array): TcpServerPayload | undefined => {
  const [flags] = bytes
  if (flags === undefined) return undefined
  const keyEnd = 1 + ((flags & hasNextKey) === 0 ? 0 : publicKeyBytes)
  if (bytes.length < keyEnd) return undefined
  const parameters = decode(bytes.subarray(keyEnd))
  return parameters === undefined
    ? undefined
    : { nextKey: keyEnd === 1 ? undefined : bytes.slice(1, keyEnd), parameters }
}
