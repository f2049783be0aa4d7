/** Datagrams of strangers, as hex: noise, headers with any values, and frames that were right until something befell them. */
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf, wireFrames } from "../protocol/classic/frames.ts"

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const edges = [0, 1, 2, 12, 13, 14, 255, 256, 1445, 1458, 0xff_ff, 0x01_00_00, 0xff_ff_fe, 0xff_ff_ff]

/** A field of `bits` bits, mostly one at an edge. */
const field = (bits: number): FastCheck.Arbitrary<number> =>
  FastCheck.oneof(
    FastCheck.constantFrom(...edges).map((edge) => edge % 2 ** bits),
    FastCheck.nat(40),
    FastCheck.nat(2 ** bits - 1)
  )

/** Thirteen bytes of any value, and data; the check is right, zero or anything. */
const headers = FastCheck.record({
  sequenceNumber: field(24),
  fragmentCount: field(24),
  fragmentSize: field(16),
  kind: FastCheck.oneof({ weight: 9, arbitrary: FastCheck.nat(5) }, { weight: 1, arbitrary: FastCheck.nat(255) }),
  crc: FastCheck.oneof(FastCheck.constant("right" as const), FastCheck.constant(0), FastCheck.nat(0xff_ff_ff_ff)),
  payload: FastCheck.oneof(
    FastCheck.constantFrom("", "T", "F", "t", "TT").map((text) => Uint8Array.from(Buffer.from(text))),
    FastCheck.uint8Array({ maxLength: 40 })
  )
}).map(({ crc, payload, ...header }) => {
  const bytes = datagramOf(header as Frame.Header, payload)
  const view = new DataView(bytes.buffer)
  if (crc !== "right") view.setUint32(9, crc)
  else view.setUint32(9, crc32(bytes.subarray(13), crc32(bytes.subarray(0, 9))))
  return bytes
})

const right = wireFrames(60).map((frame) => datagramOf(frame, frame.payload))

/** Frames that are too long to be read, or nearly. */
const long = FastCheck.record({
  header: wireFrames(0),
  bytes: FastCheck.integer({ min: Frame.maxReadPayloadBytes - 2, max: Frame.maxReadPayloadBytes + 2 })
}).map(({ bytes, header }) => datagramOf(header, new Uint8Array(bytes)))

/** What may befall a datagram: `flip:BIT`, `cut:BYTES`, `add:BYTES`. */
export const mishaps = FastCheck.oneof(
  FastCheck.nat(13 * 8 + 16).map((bit) => `flip:${bit}`),
  FastCheck.nat(20).map((bytes) => `cut:${bytes}`),
  FastCheck.nat(20).map((bytes) => `add:${bytes}`)
)

/** A copy that a mishap befell. */
export const befallen = (bytes: Uint8Array, mishap: string): Uint8Array => {
  const [how, number] = mishap.split(":")
  const amount = Number(number)
  if (how === "cut") return bytes.slice(0, Math.max(0, bytes.length - amount))
  const copy = new Uint8Array(bytes.length + (how === "add" ? amount : 0))
  copy.set(bytes)
  if (how === "flip" && bytes.length > 0) {
    const at = (amount >>> 3) % bytes.length
    copy[at] = (copy[at] ?? 0) ^ (1 << (amount & 7))
  }
  return copy
}

const broken = FastCheck.tuple(right, FastCheck.array(mishaps, { minLength: 1, maxLength: 3 })).map(
  ([bytes, befell]) => befell.reduce(befallen, bytes)
)

/** Anything that a stranger may send. */
export const datagrams: FastCheck.Arbitrary<string> = FastCheck.oneof(
  FastCheck.uint8Array({ maxLength: 40 }),
  headers,
  right,
  broken,
  { weight: 1, arbitrary: long }
).map(toHex)
