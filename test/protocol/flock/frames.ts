/** Frames and packets for the tests of flock's codecs and of what reads them: made one by one, or by FastCheck. */
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import { crcBytes, crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import { type Frame, write } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, form, writeHeader, writeNumber } from "../../../src/protocol/flock/wire/Packet.ts"

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"))

/** The bytes of one frame. */
export const bytesOf = (frame: Frame): Uint8Array => {
  const target = new Uint8Array(70_000).fill(0xa5)
  return target.slice(0, write(target, 0, frame))
}

/** A frame without what says where its bytes stand: what two frames that mean the same have in common. */
export const meaningOf = (frame: Frame): unknown => {
  if (frame.type !== "Stream" && frame.type !== "Datagram") return frame
  const { bytes, end, start, ...rest } = frame
  return { ...rest, data: toHex(bytes.subarray(start, end)) }
}

/** A DATA packet under CRC-32, with its frames as bytes. */
export const dataPacket = (connectionId: number, packetNumber: number, frames: Uint8Array): Uint8Array => {
  const framesEnd = dataHeaderBytes + frames.length
  const bytes = new Uint8Array(framesEnd + crcBytes)
  bytes.set(frames, dataHeaderBytes)
  writeHeader(bytes, 0, form.data, connectionId, bytes.length)
  writeNumber(bytes, 0, packetNumber)
  crcProtection(crc32).seal(bytes, 0, dataHeaderBytes, framesEnd, packetNumber)
  return bytes
}

const edges = [0, 1, 0x3f, 0x40, 0x3f_ff, 0x40_00, 0x3f_ff_ff_ff, 0x40_00_00_00, 2 ** 32, 2 ** 52, 2 ** 53 - 1]

/** What a varint may say here, mostly near an edge. */
export const integers: FastCheck.Arbitrary<number> = FastCheck.oneof(
  FastCheck.constantFrom(...edges),
  FastCheck.nat(300),
  FastCheck.maxSafeNat()
)

const data = FastCheck.record({ before: FastCheck.nat(3), bytes: FastCheck.uint8Array({ maxLength: 80 }) }).map(
  ({ before, bytes }) => ({ bytes, start: Math.min(before, bytes.length), end: bytes.length })
)

const acks = FastCheck.record({
  delayMicros: integers,
  smallest: FastCheck.oneof(FastCheck.nat(5), FastCheck.integer({ min: 0, max: 2 ** 40 })),
  steps: FastCheck.array(FastCheck.tuple(FastCheck.nat(100_000), FastCheck.nat(100_000)), {
    minLength: 1,
    maxLength: 64
  })
}).map(({ delayMicros, smallest, steps }): Frame => {
  const ranges: Array<number> = []
  let first = smallest
  for (const [length, gap] of steps) {
    ranges.unshift(first, first + length)
    first += length + 2 + gap
  }
  return { type: "Ack", delayMicros, ranges }
})

/** Any frame that can be written. */
export const frames: FastCheck.Arbitrary<Frame> = FastCheck.oneof(
  acks,
  FastCheck.record({ id: integers, offset: FastCheck.nat(2 ** 31 - 1), isLast: FastCheck.boolean(), data }).map((
    { data: { bytes, end, start }, ...rest }
  ): Frame => ({ type: "Stream", ...rest, bytes, start, end })),
  data.map((piece): Frame => ({ type: "Datagram", ...piece })),
  FastCheck.constant<Frame>({ type: "Ping" }),
  FastCheck.record({ id: integers, code: integers, finalBytes: integers }).map((fields): Frame => ({
    type: "ResetStream",
    ...fields
  })),
  FastCheck.record({ id: integers, code: integers }).map((fields): Frame => ({ type: "StopSending", ...fields })),
  FastCheck.record({ id: integers, bytes: integers }).map((fields): Frame => ({ type: "MaxStreamData", ...fields })),
  integers.map((bytes): Frame => ({ type: "MaxData", bytes })),
  integers.map((count): Frame => ({ type: "MaxStreams", count })),
  integers.map((token): Frame => ({ type: "PathChallenge", token })),
  integers.map((token): Frame => ({ type: "PathResponse", token })),
  FastCheck.record({ code: integers, reason: FastCheck.string({ maxLength: 64 }) }).map((fields): Frame => ({
    type: "Close",
    ...fields
  }))
)
