/**
 * Transport parameters: the limits that each side announces in the handshake (docs/PROTOCOL.md, flock §3.4; RFC 9000 §18), encoded
 * as pairs of number and value. Unknown numbers are skipped, so that later versions may add parameters.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { Reader, write as writeVarint } from "./Varint.ts"

/** The parameters of one side. */
export interface TransportParameters {
  /** Idle timeout in milliseconds; the minimum of both sides applies. */
  readonly idleTimeoutMillis: number
  /** Largest UDP payload that this side accepts, in bytes. */
  readonly maxDatagramBytes: number
  /** Bytes of all streams together that the peer may send before the first MAX_DATA. */
  readonly maxData: number
  /** Bytes of each stream that the peer may send before the first MAX_STREAM_DATA for it. */
  readonly maxStreamData: number
  /** Streams that the peer may open before the first MAX_STREAMS. */
  readonly maxStreams: number
  /** How long this side may delay an acknowledgement, in microseconds. */
  readonly maxAckDelayMicros: number
  /** Size of this side's kernel receive buffer, in bytes: the peer's window on a very short path is bounded by it. */
  readonly receiveBufferBytes: number
}

interface Field {
  readonly name: keyof TransportParameters
  readonly number: number
  /** Applies when the peer does not send the parameter. */
  readonly defaultValue: number
  readonly min: number
  readonly max: number
}

const fields: ReadonlyArray<Field> = [
  { name: "idleTimeoutMillis", number: 1, defaultValue: 30_000, min: 1000, max: 2 ** 31 - 1 },
  { name: "maxDatagramBytes", number: 2, defaultValue: 65_507, min: Limits.leastDatagramBytes, max: 65_507 },
  { name: "maxData", number: 3, defaultValue: 0, min: 0, max: Number.MAX_SAFE_INTEGER },
  { name: "maxStreamData", number: 4, defaultValue: 0, min: 0, max: Number.MAX_SAFE_INTEGER },
  { name: "maxStreams", number: 5, defaultValue: 0, min: 0, max: 2 ** 31 },
  { name: "maxAckDelayMicros", number: 6, defaultValue: 25_000, min: 0, max: 1_000_000 },
  { name: "receiveBufferBytes", number: 7, defaultValue: 212_992, min: 65_536, max: Number.MAX_SAFE_INTEGER }
]

/** Encodes the parameters as the payload of a handshake message. Those that are left out have their defaults at the peer. */
export const encode = (parameters: Partial<TransportParameters>): Uint8Array => {
  const bytes = new Uint8Array(fields.length * 9)
  let at = 0
  for (const { name, number } of fields) {
    const value = parameters[name]
    if (value !== undefined) at = writeVarint(bytes, writeVarint(bytes, at, number), value)
  }
  return bytes.subarray(0, at)
}

/**
 * Decodes the parameters of a peer, with defaults for those that are missing. Undefined when they are malformed, repeated, out of
 * bounds, or more than `Limits.handshakeParameters`.
 */
export const decode = (bytes: Uint8Array): TransportParameters | undefined => {
  const reader = new Reader(bytes, 0, bytes.length)
  const received = new Map<number, number>()
  while (!reader.isAtEnd) {
    const number = reader.varint()
    const value = reader.varint()
    if (reader.hasFailed || received.has(number) || received.size >= Limits.handshakeParameters) return undefined
    received.set(number, value)
  }
  const parameters: Partial<Record<keyof TransportParameters, number>> = {}
  for (const { min, max, name, number, defaultValue } of fields) {
    const value = received.get(number) ?? defaultValue
    if (value < min || value > max) return undefined
    parameters[name] = value
  }
  return parameters as TransportParameters
}
