/** Generates datagrams as hex: noise, headers with any values, valid frames and mutated frames. */
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf, wireFrames } from "../protocol/classic/frames.ts"

/** Bytes from hex digits. */
export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"))
/** Bytes as hex digits. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const edges = [0, 1, 2, 12, 13, 14, 255, 256, 1445, 1458, 0xff_ff, 0x01_00_00, 0xff_ff_fe, 0xff_ff_ff]

/** A value of a field with `bits` bits, often at a limit. */
const field = (bits: number): FastCheck.Arbitrary<number> =>
  FastCheck.oneof(
    FastCheck.constantFrom(...edges).map((edge) => edge % 2 ** bits),
    FastCheck.nat(40),
    FastCheck.nat(2 ** bits - 1)
  )

/** Headers with any values, and data. The CRC is correct, zero or random. */
const headers = FastCheck.record({
  sequenceNumber: field(24),
  fragmentCount: field(24),
  fragmentSize: field(16),
  kind: FastCheck.oneof({ weight: 9, arbitrary: FastCheck.nat(5) }, { weight: 1, arbitrary: FastCheck.nat(255) }),
  crc: FastCheck.oneof(FastCheck.constant("correct" as const), FastCheck.constant(0), FastCheck.nat(0xff_ff_ff_ff)),
  payload: FastCheck.oneof(
    FastCheck.constantFrom("", "T", "F", "t", "TT").map((text) => Uint8Array.from(Buffer.from(text))),
    FastCheck.uint8Array({ maxLength: 40 })
  )
}).map(({ crc, payload, ...header }) => {
  const bytes = datagramOf(header as Frame.Header, payload)
  const view = new DataView(bytes.buffer)
  if (crc !== "correct") view.setUint32(9, crc)
  else view.setUint32(9, crc32(bytes.subarray(13), crc32(bytes.subarray(0, 9))))
  return bytes
})

const valid = wireFrames(60).map((frame) => datagramOf(frame, frame.payload))

/** Frames with a length near the maximum. */
const long = FastCheck.record({
  header: wireFrames(0),
  bytes: FastCheck.integer({ min: Frame.maxReadPayloadBytes - 2, max: Frame.maxReadPayloadBytes + 2 })
}).map(({ bytes, header }) => datagramOf(header, new Uint8Array(bytes)))

/** Mutations of a datagram: `flip:BIT`, `cut:BYTES`, `add:BYTES`. */
export const mutations = FastCheck.oneof(
  FastCheck.nat(13 * 8 + 16).map((bit) => `flip:${bit}`),
  FastCheck.nat(20).map((bytes) => `cut:${bytes}`),
  FastCheck.nat(20).map((bytes) => `add:${bytes}`)
)

/** A copy with the mutation applied. */
export const mutated = (bytes: Uint8Array, mutation: string): Uint8Array => {
  const [kind, number] = mutation.split(":")
  const amount = Number(number)
  if (kind === "cut") return bytes.slice(0, Math.max(0, bytes.length - amount))
  const copy = new Uint8Array(bytes.length + (kind === "add" ? amount : 0))
  copy.set(bytes)
  if (kind === "flip" && bytes.length > 0) {
    const offset = (amount >>> 3) % bytes.length
    copy[offset] = (copy[offset] ?? 0) ^ (1 << (amount & 7))
  }
  return copy
}

const damaged = FastCheck.tuple(valid, FastCheck.array(mutations, { minLength: 1, maxLength: 3 })).map(
  ([bytes, applied]) => applied.reduce(mutated, bytes)
)

/** Any datagram, as hex. */
export const datagrams: FastCheck.Arbitrary<string> = FastCheck.oneof(
  FastCheck.uint8Array({ maxLength: 40 }),
  headers,
  valid,
  damaged,
  { weight: 1, arbitrary: long }
).map(toHex)
