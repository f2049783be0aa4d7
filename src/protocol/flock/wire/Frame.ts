/**
 * Encoding and decoding of the frames of a DATA packet (docs/PROTOCOL.md, flock §4; RFC 9000 §19). Decoding checks the form only:
 * Connection decides whether a frame is valid in its session.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { bytesOf, Reader, write as writeVarint } from "./Varint.ts"

/** STREAM: data at `offset` of stream `id`. The data is [start, end) of `bytes`, without the cost of a typed array view. */
export interface StreamFrame {
  readonly _tag: "Stream"
  readonly id: number
  readonly offset: number
  /** Whether the stream ends with this frame (QUIC's FIN bit). */
  readonly isLast: boolean
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** ACK: the packet numbers that arrived. */
export interface AckFrame {
  readonly _tag: "Ack"
  /** Microseconds between the arrival of the largest number and this frame. */
  readonly delayMicros: number
  /** First and last number of each range, flat, the newest range first. */
  readonly ranges: ReadonlyArray<number>
}

/** A frame. PADDING is none: it is skipped when packets are read. */
export type Frame =
  | StreamFrame
  | AckFrame
  | { readonly _tag: "Ping" }
  | { readonly _tag: "ResetStream"; readonly id: number; readonly code: number; readonly finalBytes: number }
  | { readonly _tag: "StopSending"; readonly id: number; readonly code: number }
  | { readonly _tag: "MaxData"; readonly bytes: number }
  | { readonly _tag: "MaxStreamData"; readonly id: number; readonly bytes: number }
  | { readonly _tag: "MaxStreams"; readonly count: number }
  | { readonly _tag: "PathChallenge"; readonly token: number }
  | { readonly _tag: "PathResponse"; readonly token: number }
  | { readonly _tag: "Close"; readonly code: number; readonly reason: string }
  | { readonly _tag: "Datagram"; readonly bytes: Uint8Array; readonly start: number; readonly end: number }

/** Frame types on the wire. STREAM's lowest bit is its FIN bit. */
export const type = {
  padding: 0x00,
  ping: 0x01,
  ack: 0x02,
  resetStream: 0x04,
  stopSending: 0x05,
  stream: 0x08,
  maxData: 0x10,
  maxStreamData: 0x11,
  maxStreams: 0x12,
  pathChallenge: 0x1a,
  pathResponse: 0x1b,
  close: 0x1c,
  datagram: 0x31
} as const

/** FIN bit in the type of a STREAM frame. Unlike in QUIC, offset and length are always present. */
const finBit = 0x01

/** Bytes of a STREAM frame before its data. */
export const streamHeaderBytes = (id: number, offset: number, length: number): number =>
  1 + bytesOf(id) + bytesOf(offset) + bytesOf(length)

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Largest size in bytes of a frame that consists of a type and up to three integers. */
export const smallFrameBytes = 25

/** Bytes of a PATH_CHALLENGE or PATH_RESPONSE: its type and the longest token. */
export const pathFrameBytes = 9

/** Largest size in bytes of an ACK frame with that many ranges. */
export const ackBytes = (ranges: number): number => 1 + 8 + 4 + 2 + 8 + (ranges - 1) * 16

/** Writes a frame at `at` of `target`, which must have enough space, and returns the offset after it. */
export const write = (target: Uint8Array, at: number, frame: Frame): number => {
  switch (frame._tag) {
    case "Stream":
      return writeStream(target, at, frame)
    case "Ack":
      return writeAck(target, at, frame)
    case "Ping":
      return writeVarint(target, at, type.ping)
    case "ResetStream":
      return writeIntegers(target, at, type.resetStream, frame.id, frame.code, frame.finalBytes)
    case "StopSending":
      return writeIntegers(target, at, type.stopSending, frame.id, frame.code)
    case "MaxData":
      return writeIntegers(target, at, type.maxData, frame.bytes)
    case "MaxStreamData":
      return writeIntegers(target, at, type.maxStreamData, frame.id, frame.bytes)
    case "MaxStreams":
      return writeIntegers(target, at, type.maxStreams, frame.count)
    case "PathChallenge":
      return writeIntegers(target, at, type.pathChallenge, frame.token)
    case "PathResponse":
      return writeIntegers(target, at, type.pathResponse, frame.token)
    case "Close": {
      // A reason that is too long is truncated between two characters.
      const reason = new Uint8Array(Limits.closeReasonBytes)
      const { written } = encoder.encodeInto(frame.reason, reason)
      const next = writeIntegers(target, at, type.close, frame.code, written)
      target.set(reason.subarray(0, written), next)
      return next + written
    }
    case "Datagram": {
      const next = writeIntegers(target, at, type.datagram, frame.end - frame.start)
      target.set(frame.bytes.subarray(frame.start, frame.end), next)
      return next + frame.end - frame.start
    }
  }
}

const writeStream = (
  target: Uint8Array,
  at: number,
  { bytes, end, id, isLast, offset, start }: StreamFrame
): number => {
  target[at] = type.stream | (isLast ? finBit : 0)
  const length = end - start
  const next = writeVarint(target, writeVarint(target, writeVarint(target, at + 1, id), offset), length)
  target.set(bytes.subarray(start, end), next)
  return next + length
}

/** RFC 9000 §19.3: largest number, delay, count of further ranges, first range, then gap and length of each further range. */
const writeAck = (target: Uint8Array, at: number, { delayMicros, ranges }: AckFrame): number => {
  const largest = ranges[1] ?? 0
  let smallest = ranges[0] ?? 0
  let next = writeIntegers(target, at, type.ack, largest, delayMicros, ranges.length / 2 - 1, largest - smallest)
  for (let index = 2; index < ranges.length; index += 2) {
    const first = ranges[index] ?? 0
    const last = ranges[index + 1] ?? 0
    next = writeVarint(target, writeVarint(target, next, smallest - last - 2), last - first)
    smallest = first
  }
  return next
}

const writeIntegers = (target: Uint8Array, at: number, ...values: ReadonlyArray<number>): number =>
  values.reduce((next, value) => writeVarint(target, next, value), at)

/** The frames in [start, end) of `bytes`; undefined when one is of an unknown type or malformed: then the packet is dropped. */
export const readAll = (bytes: Uint8Array, start: number, end: number): ReadonlyArray<Frame> | undefined => {
  const frames: Array<Frame> = []
  const reader = new Reader(bytes, start, end)
  while (!reader.isAtEnd) {
    const kind = reader.varint()
    if (kind === type.padding) {
      while (bytes[reader.at] === type.padding && !reader.isAtEnd) reader.at++
      continue
    }
    // `readFrame` has a case for each type, and treats every other number as unknown.
    const frame = readFrame(reader, kind as FrameType)
    if (frame === undefined || reader.hasFailed) return undefined
    frames.push(frame)
  }
  return reader.hasFailed ? undefined : frames
}

type FrameType = Exclude<typeof type[keyof typeof type], typeof type.padding>

const readFrame = (reader: Reader, kind: FrameType): Frame | undefined => {
  switch (kind) {
    case type.stream:
    case type.stream | finBit:
      return readStream(reader, kind !== type.stream)
    case type.ack:
      return readAck(reader)
    case type.ping:
      return { _tag: "Ping" }
    case type.resetStream:
      return { _tag: "ResetStream", id: reader.varint(), code: reader.varint(), finalBytes: reader.varint() }
    case type.stopSending:
      return { _tag: "StopSending", id: reader.varint(), code: reader.varint() }
    case type.maxData:
      return { _tag: "MaxData", bytes: reader.varint() }
    case type.maxStreamData:
      return { _tag: "MaxStreamData", id: reader.varint(), bytes: reader.varint() }
    case type.maxStreams:
      return { _tag: "MaxStreams", count: reader.varint() }
    case type.pathChallenge:
      return { _tag: "PathChallenge", token: reader.varint() }
    case type.pathResponse:
      return { _tag: "PathResponse", token: reader.varint() }
    case type.close:
      return readClose(reader)
    case type.datagram: {
      const start = reader.take(reader.varint())
      return { _tag: "Datagram", bytes: reader.bytes, start, end: reader.at }
    }
    default:
      kind satisfies never
      return undefined
  }
}

const readStream = (reader: Reader, isLast: boolean): Frame | undefined => {
  const id = reader.varint()
  const offset = reader.varint()
  const length = reader.varint()
  if (offset + length > Number.MAX_SAFE_INTEGER) return undefined
  const start = reader.take(length)
  return { _tag: "Stream", id, offset, isLast, bytes: reader.bytes, start, end: start + length }
}

const readAck = (reader: Reader): Frame | undefined => {
  const largest = reader.varint()
  const delayMicros = reader.varint()
  const more = reader.varint()
  let smallest = largest - reader.varint()
  if (more >= Limits.ackRanges || smallest < 0) return undefined
  const ranges = [smallest, largest]
  for (let range = 0; range < more; range++) {
    const last = smallest - reader.varint() - 2
    smallest = last - reader.varint()
    if (smallest < 0) return undefined
    ranges.push(smallest, last)
  }
  return { _tag: "Ack", delayMicros, ranges }
}

const readClose = (reader: Reader): Frame | undefined => {
  const code = reader.varint()
  const length = reader.varint()
  if (length > Limits.closeReasonBytes) return undefined
  const start = reader.take(length)
  return { _tag: "Close", code, reason: decoder.decode(reader.bytes.subarray(start, start + length)) }
}

/** Whether a packet that contains this frame must be acknowledged (RFC 9000 §13.2). */
export const isAckEliciting = (frame: Frame): boolean => frame._tag !== "Ack" && frame._tag !== "Close"
