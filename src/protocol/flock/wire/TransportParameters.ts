/**
 * What each side tells the other in the handshake about what it takes (docs/PROTOCOL.md, flock §3.4): pairs of a number and a
 * value, after RFC 9000 §18. Unknown ones are skipped, so that later versions may add to them.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { Reader, write as writeVarint } from "./Varint.ts"

export interface TransportParameters {
  /** Milliseconds of silence that end the session; the lesser of both sides' holds. */
  readonly idleMillis: number
  /** Bytes of the largest UDP payload that is taken. */
  readonly maxDatagramBytes: number
  /** Bytes of all streams together that may be sent before the first MAX_DATA. */
  readonly maxData: number
  /** The same for each stream. */
  readonly maxStreamData: number
  /** Streams that the other side may have opened before the first MAX_STREAMS. */
  readonly maxStreams: number
  /** How long an acknowledgement may be held back, in microseconds. */
  readonly maxAckDelayMicros: number
  /** What the kernel holds of what has arrived and was not read yet: on a very short path no more than that may be in flight. */
  readonly receiveBufferBytes: number
}

interface Field {
  readonly name: keyof TransportParameters
  readonly number: number
  /** For a side that does not tell. */
  readonly otherwise: number
  readonly least: number
  readonly most: number
}

const fields: ReadonlyArray<Field> = [
  { name: "idleMillis", number: 1, otherwise: 30_000, least: 1000, most: 2 ** 31 - 1 },
  { name: "maxDatagramBytes", number: 2, otherwise: 65_507, least: Limits.leastDatagramBytes, most: 65_507 },
  { name: "maxData", number: 3, otherwise: 0, least: 0, most: Number.MAX_SAFE_INTEGER },
  { name: "maxStreamData", number: 4, otherwise: 0, least: 0, most: Number.MAX_SAFE_INTEGER },
  { name: "maxStreams", number: 5, otherwise: 0, least: 0, most: 2 ** 31 },
  { name: "maxAckDelayMicros", number: 6, otherwise: 25_000, least: 0, most: 1_000_000 },
  { name: "receiveBufferBytes", number: 7, otherwise: 212_992, least: 65_536, most: Number.MAX_SAFE_INTEGER }
]

/** The parameters as they stand in a handshake message. */
export const encode = (parameters: TransportParameters): Uint8Array => {
  const bytes = new Uint8Array(fields.length * 9)
  let at = 0
  for (const { name, number } of fields) at = writeVarint(bytes, writeVarint(bytes, at, number), parameters[name])
  return bytes.subarray(0, at)
}

/** What a peer told, or undefined when it is not well-formed, tells something twice or something that cannot be. */
export const decode = (bytes: Uint8Array): TransportParameters | undefined => {
  const reader = new Reader(bytes, 0, bytes.length)
  const told = new Map<number, number>()
  while (!reader.isAtEnd) {
    const number = reader.varint()
    const value = reader.varint()
    if (reader.hasFailed || told.has(number) || told.size >= Limits.handshakeParameters) return undefined
    told.set(number, value)
  }
  const parameters: Partial<Record<keyof TransportParameters, number>> = {}
  for (const { least, most, name, number, otherwise } of fields) {
    const value = told.get(number) ?? otherwise
    if (value < least || value > most) return undefined
    parameters[name] = value
  }
  return parameters as TransportParameters
}
