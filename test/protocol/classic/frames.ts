/** Datagrams for the tests of the parts of the cores: single ones, and arbitraries for FastCheck. */
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"

export const none = new Uint8Array(0)

/** A datagram in a buffer of its own, of any length, also longer than the largest frame. */
export const datagramOf = (header: Frame.Header, payload: Uint8Array): Uint8Array => {
  const target = new Uint8Array(Frame.headerBytes + payload.length)
  Frame.encode(target, header, payload, crc32)
  return target
}

/** The four header fields. */
export const headerOf = ({ fragmentCount, fragmentSize, kind, sequenceNumber }: Frame.Header): Frame.Header => ({
  sequenceNumber,
  fragmentCount,
  fragmentSize,
  kind
})

/** A decoded frame. The default fragment_size is that of the frame dialect. */
export const frameOf = (
  kind: Frame.Kind,
  sequenceNumber: number,
  fragmentCount: number,
  payload: Uint8Array = none,
  fragmentSize: number = payload.length + Frame.headerBytes
): Frame.Frame => {
  const bytes = datagramOf({ sequenceNumber, fragmentCount, fragmentSize, kind }, payload)
  const frame = Frame.decode(bytes)
  if (typeof frame === "string") throw new Error(`the frame is ${frame}`)
  return frame
}

/** An INF of `fragmentCount` fragments, `nameFragments` of them for the name. */
export const infOf = (mark: "T" | "F", nameFragments: number, fragmentCount: number, fragmentSize = 17): Frame.Frame =>
  frameOf(Frame.Kind.inf, nameFragments, fragmentCount, Buffer.from(mark), fragmentSize)

/** The frame that `write` writes, as a copy; undefined when it writes none. */
export const polled = (write: (target: Uint8Array) => number): Frame.Frame | undefined => {
  const target = new Uint8Array(Frame.maxFrameBytes).fill(0xa5)
  const length = write(target)
  if (length === 0) return undefined
  const frame = Frame.decode(target.slice(0, length))
  if (typeof frame === "string") throw new Error(`a sent datagram is ${frame}`)
  return frame
}

/** A copy with one bit flipped, counted from the lowest bit of byte 0. */
export const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
  const flipped = bytes.slice()
  flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}

export interface WireFrame extends Frame.Header {
  readonly payload: Uint8Array
}

const dialects = FastCheck.constantFrom<Frame.Dialect>("frame", "payload")
const counts = FastCheck.oneof(
  FastCheck.integer({ min: 1, max: 40 }),
  FastCheck.integer({ min: 1, max: Frame.maxSequenceNumber })
)
const sizes = FastCheck.nat(0xff_ff)

const fragments = (maxBytes: number): FastCheck.Arbitrary<WireFrame> =>
  FastCheck.record({
    fragmentCount: counts,
    place: FastCheck.nat(Frame.maxSequenceNumber),
    payload: FastCheck.uint8Array({ maxLength: maxBytes }),
    dialect: dialects
  }).map(({ dialect, fragmentCount, payload, place }) => ({
    sequenceNumber: 1 + place % fragmentCount,
    fragmentCount,
    fragmentSize: Frame.fragmentSizeField(dialect, payload.length),
    kind: Frame.Kind.dat,
    payload
  }))

const announcements: FastCheck.Arbitrary<WireFrame> = FastCheck.record({
  fragmentCount: FastCheck.oneof(FastCheck.constant(0), counts),
  name: FastCheck.nat(Frame.maxSequenceNumber),
  isText: FastCheck.boolean(),
  bytes: FastCheck.integer({ min: 1, max: Frame.maxPayloadBytes }),
  dialect: dialects
}).map(({ bytes, dialect, fragmentCount, isText, name }) => ({
  sequenceNumber: isText || fragmentCount === 0 ? 0 : name % fragmentCount,
  fragmentCount,
  fragmentSize: Frame.fragmentSizeField(dialect, bytes),
  kind: Frame.Kind.inf,
  payload: Uint8Array.of(isText ? Frame.textMark : Frame.fileMark)
}))

const answers: FastCheck.Arbitrary<WireFrame> = FastCheck.record({
  sequenceNumber: FastCheck.nat(Frame.maxSequenceNumber),
  fragmentCount: FastCheck.nat(Frame.maxSequenceNumber),
  fragmentSize: sizes,
  answer: FastCheck.constantFrom(
    { kind: Frame.Kind.ack, payload: none },
    { kind: Frame.Kind.ack, payload: Uint8Array.of(Frame.textMark) },
    { kind: Frame.Kind.ack, payload: Uint8Array.of(Frame.fileMark) },
    { kind: Frame.Kind.nack, payload: none }
  )
}).map(({ answer, ...fields }) => ({ ...fields, ...answer }))

const controls: FastCheck.Arbitrary<WireFrame> = FastCheck.record({
  dialect: dialects,
  kind: FastCheck.constantFrom(Frame.Kind.kpa, Frame.Kind.fin)
}).map(({ dialect, kind }) => ({
  sequenceNumber: 0,
  fragmentCount: 0,
  fragmentSize: Frame.fragmentSizeField(dialect, 0),
  kind,
  payload: none
}))

/** INF and DAT, which carry a CRC, with payloads of up to `maxBytes`. */
export const messageFrames = (maxBytes: number): FastCheck.Arbitrary<WireFrame> =>
  FastCheck.oneof(fragments(maxBytes), announcements)

/** Well-formed frames of every type, in both dialects. */
export const wireFrames = (maxBytes: number): FastCheck.Arbitrary<WireFrame> =>
  FastCheck.oneof(fragments(maxBytes), announcements, answers, controls)
