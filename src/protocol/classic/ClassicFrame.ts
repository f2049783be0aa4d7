/**
 * Encodes and decodes the classic frame: the byte layout, the exact form of each frame type, and the span of the CRC
 * (docs/PROTOCOL.md §2). It does not define how a frame changes the state of a connection.
 */

/** Bytes of the header, and of the smallest valid datagram. */
export const headerBytes = 13
/** Bytes of the largest frame that is sent: Ethernet carries it in one IPv4 packet, so IP does not fragment it. */
export const maxFrameBytes = 1458
/**
 * Bytes of the largest frame that is accepted. Existing clients split texts by characters: a fragment of 1,445
 * characters has up to four times as many bytes, and IP fragments it (docs/PROTOCOL.md §7.2).
 */
export const maxReadBytes = headerBytes + 4 * (maxFrameBytes - headerBytes)
/** Bytes of the largest payload that is sent, which is the largest fragment. */
export const maxPayloadBytes = maxFrameBytes - headerBytes
/** Bytes of the largest payload that is accepted. */
export const maxReadPayloadBytes = maxReadBytes - headerBytes
/** The largest sequence number, and the largest fragment count: both fields have 24 bits. */
export const maxSequenceNumber = 0xff_ff_ff

const sequenceNumberAt = 0
const fragmentCountAt = 3
const fragmentSizeAt = 6
const kindAt = 8
const crcAt = 9

/** The values of the packet_type byte. */
export const Kind = { inf: 0, ack: 1, nack: 2, dat: 3, kpa: 4, fin: 5 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** The names of the frame types, indexed by their packet_type value. */
export const kindNames = ["INF", "ACK", "NACK", "DAT", "KPA", "FIN"] as const
export type KindName = (typeof kindNames)[number]

/** The data byte of an INF: `T` for a text, `F` for a file. */
export const textMark = 0x54
export const fileMark = 0x46

/** Whether fragment_size includes the header (`frame`) or not (`payload`), docs/PROTOCOL.md §2.2. */
export type Dialect = "frame" | "payload"

/** The value of the 16-bit field fragment_size for a payload of `payloadBytes` in a dialect. */
export const fragmentSizeField = (dialect: Dialect, payloadBytes: number): number =>
  dialect === "frame" ? payloadBytes + headerBytes : payloadBytes

/** CRC-32 as zlib computes it; `seed` is the result for the preceding bytes. */
export type Crc32 = (bytes: Uint8Array, seed?: number) => number

/** The header without its CRC. An answer repeats the first three fields, and the peer compares them. */
export interface Header {
  readonly sequenceNumber: number
  readonly fragmentCount: number
  readonly fragmentSize: number
  readonly kind: Kind
}

/** The header of a KPA or a FIN. */
export const controlHeader = (kind: typeof Kind.kpa | typeof Kind.fin, dialect: Dialect): Header => ({
  sequenceNumber: 0,
  fragmentCount: 0,
  fragmentSize: fragmentSizeField(dialect, 0),
  kind
})

/** A decoded datagram. It is a view of `bytes` and valid as long as they are. */
export interface Frame extends Header {
  readonly crc: number
  /** The bytes after the header. */
  readonly payload: Uint8Array
  /** The whole datagram. */
  readonly bytes: Uint8Array
}

/** The reason why a datagram is not a frame. */
export type Malformed = "short" | "oversized" | "unknownKind" | "malformed"

/**
 * Decodes a datagram; returns the reason when it is not a frame. The CRC is not verified here: see {@link isIntact}. A
 * frame of a type without a CRC must have the exact form of its type, so that a flipped bit does not turn one type into
 * another (docs/PROTOCOL.md §2.4).
 */
export const decode = (bytes: Uint8Array): Frame | Malformed => {
  if (bytes.length < headerBytes) return "short"
  if (bytes.length > maxReadBytes) return "oversized"
  const kind = byte(bytes, kindAt)
  if (!isKind(kind)) return "unknownKind"
  const frame: Frame = {
    sequenceNumber: read24(bytes, sequenceNumberAt),
    fragmentCount: read24(bytes, fragmentCountAt),
    fragmentSize: (byte(bytes, fragmentSizeAt) << 8) | byte(bytes, fragmentSizeAt + 1),
    kind,
    crc: read32(bytes, crcAt),
    payload: bytes.subarray(headerBytes),
    bytes
  }
  return isWellFormed(frame) ? frame : "malformed"
}

/** Whether the CRC of an INF or a DAT is correct (docs/PROTOCOL.md §2.1). True for the other types, which have none. */
export const isIntact = (frame: Frame, crc32: Crc32): boolean =>
  (frame.kind !== Kind.inf && frame.kind !== Kind.dat) || frame.crc === crcOf(frame.bytes, frame.bytes.length, crc32)

/** Whether sequence_number, fragment_count and fragment_size are equal, for any types (docs/PROTOCOL.md §2.3). */
export const sameHeader = (a: Header, b: Header): boolean =>
  a.sequenceNumber === b.sequenceNumber && a.fragmentCount === b.fragmentCount && a.fragmentSize === b.fragmentSize

/**
 * Writes a frame at the start of `target`, which has at least {@link maxFrameBytes}, and returns its length in bytes.
 * INF and DAT get their CRC; the other types carry 0.
 */
export const encode = (target: Uint8Array, header: Header, payload: Uint8Array, crc32: Crc32): number => {
  const length = headerBytes + payload.length
  write24(target, sequenceNumberAt, header.sequenceNumber)
  write24(target, fragmentCountAt, header.fragmentCount)
  target[fragmentSizeAt] = header.fragmentSize >>> 8
  target[fragmentSizeAt + 1] = header.fragmentSize
  target[kindAt] = header.kind
  target.set(payload, headerBytes)
  write32(target, crcAt, header.kind === Kind.inf || header.kind === Kind.dat ? crcOf(target, length, crc32) : 0)
  return length
}

/** The CRC of bytes 0–8 followed by the payload, without the CRC field itself (docs/PROTOCOL.md §2.1). */
const crcOf = (bytes: Uint8Array, length: number, crc32: Crc32): number =>
  crc32(bytes.subarray(headerBytes, length), crc32(bytes.subarray(0, crcAt)))

const isKind = (value: number): value is Kind => value < kindNames.length

const isWellFormed = (frame: Frame): boolean => {
  switch (frame.kind) {
    case Kind.inf:
      return frame.payload.length === 1 && isDataByte(frame.payload) && frame.sequenceNumber <= frame.fragmentCount &&
        (frame.sequenceNumber === 0 || frame.payload[0] === fileMark)
    case Kind.dat:
      return frame.sequenceNumber >= 1 && frame.sequenceNumber <= frame.fragmentCount
    case Kind.ack:
      return frame.payload.length === 0 || (frame.payload.length === 1 && isDataByte(frame.payload))
    case Kind.nack:
      return frame.payload.length === 0
    case Kind.kpa:
    case Kind.fin:
      return frame.payload.length === 0 && isOfConnection(frame) && frame.crc === 0
  }
}

/** Whether a header refers to the connection, not to a message: KPA, FIN, answers to a KPA (docs/PROTOCOL.md §2.4). */
export const isOfConnection = (header: Header): boolean =>
  header.sequenceNumber === 0 && header.fragmentCount === 0 &&
  (header.fragmentSize === headerBytes || header.fragmentSize === 0)

const isDataByte = (payload: Uint8Array): boolean => payload[0] === textMark || payload[0] === fileMark

// The length was checked before. The type checker requires the zero.
const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0
const read24 = (bytes: Uint8Array, at: number): number =>
  (byte(bytes, at) << 16) | (byte(bytes, at + 1) << 8) | byte(bytes, at + 2)
const read32 = (bytes: Uint8Array, at: number): number => ((byte(bytes, at) << 24) | read24(bytes, at + 1)) >>> 0

const write24 = (target: Uint8Array, at: number, value: number): void => {
  target[at] = value >>> 16
  target[at + 1] = value >>> 8
  target[at + 2] = value
}
const write32 = (target: Uint8Array, at: number, value: number): void => {
  target[at] = value >>> 24
  write24(target, at + 1, value)
}
