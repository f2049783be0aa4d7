/**
 * Encodes and decodes the 13-byte header for the models. It is written from the description of the wire and uses no
 * code of src/, because a defect that both ends share would not be found.
 */
import { crc32 } from "node:zlib"

export const headerBytes = 13
export const largestDatagram = 1458
export const largestFragment = largestDatagram - headerBytes

export const frameType = { INF: 0, ACK: 1, NACK: 2, DAT: 3, KPA: 4, FIN: 5 } as const

/** Whether fragment_size is the size of the whole frame or of its payload. */
export type Dialect = "frame" | "payload"

export interface Frame {
  readonly sequence: number
  readonly count: number
  /** The field of the header; not used as a length. */
  readonly size: number
  /** A number, because unknown types are possible. */
  readonly type: number
  readonly crc: number
  readonly data: Uint8Array
}

const nothing = new Uint8Array(0)

const fitting = (what: string, value: number, limit: number): number => {
  if (!Number.isInteger(value) || value < 0 || value > limit) throw new RangeError(`${what} of a frame: ${value}`)
  return value
}

/** CRC-32 of the first nine bytes and the data, without the field itself. */
const checksum = (datagram: Uint8Array): number => crc32(datagram.subarray(headerBytes), crc32(datagram.subarray(0, 9)))

/** Encodes a datagram. INF and DAT get their correct CRC and the others 0, unless one is given. */
export const encode = (
  frame: Omit<Frame, "crc" | "data"> & { readonly crc?: number; readonly data?: Uint8Array }
): Uint8Array => {
  const data = frame.data ?? nothing
  const bytes = Buffer.alloc(headerBytes + data.length)
  bytes.writeUIntBE(fitting("sequence", frame.sequence, 0xffffff), 0, 3)
  bytes.writeUIntBE(fitting("count", frame.count, 0xffffff), 3, 3)
  bytes.writeUInt16BE(fitting("size", frame.size, 0xffff), 6)
  bytes.writeUInt8(fitting("type", frame.type, 0xff), 8)
  bytes.set(data, headerBytes)
  const checked = frame.type === frameType.INF || frame.type === frameType.DAT
  bytes.writeUInt32BE(frame.crc ?? (checked ? checksum(bytes) : 0), 9)
  return new Uint8Array(bytes)
}

/** Decodes a datagram; undefined when it is too short for a header. The data is a copy. */
export const decode = (datagram: Uint8Array): Frame | undefined => {
  if (datagram.length < headerBytes) return undefined
  const bytes = Buffer.from(datagram)
  return {
    sequence: bytes.readUIntBE(0, 3),
    count: bytes.readUIntBE(3, 3),
    size: bytes.readUInt16BE(6),
    type: bytes.readUInt8(8),
    crc: bytes.readUInt32BE(9),
    data: new Uint8Array(bytes.subarray(headerBytes))
  }
}

/** Whether the CRC field is correct, for any type: for KPA, FIN, ACK and NACK, which carry 0, it is not. */
export const isIntact = (datagram: Uint8Array): boolean =>
  datagram.length >= headerBytes && decode(datagram)?.crc === checksum(datagram)

const letters = Object.entries(frameType)

/** A description of a frame: `DAT 3/6 size 17, 4 bytes`. */
export const describeFrame = (datagram: Uint8Array): string => {
  const frame = decode(datagram)
  if (frame === undefined) return `short datagram of ${datagram.length} bytes`
  const name = letters.find(([, code]) => code === frame.type)?.[0] ?? `type ${frame.type}`
  return `${name} ${frame.sequence}/${frame.count} size ${frame.size}, ${frame.data.length} bytes`
}
