/** Parsing of flock's datagrams: the result is well-formed packets, frames and parameters, or undefined. */
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import * as HandshakePacket from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import { isAckEliciting, readAll } from "../../src/protocol/flock/wire/Frame.ts"
import { endOf, formAt, headerBytes } from "../../src/protocol/flock/wire/Packet.ts"
import { decode, encode } from "../../src/protocol/flock/wire/TransportParameters.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { bytesOf, integers, meaningOf } from "../protocol/flock/frames.ts"
import { answeringOf } from "../protocol/flock/handshakes.ts"
import { fromHex, toHex } from "./datagrams.ts"
import { flockDatagrams, payloads } from "./flockDatagrams.ts"
import { asJson, ensure, fuzz } from "./fuzzing.ts"

const isNumber = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

fuzz("the frames of any packet", {
  corpus: "flockFrames",
  inputs: payloads,
  runs: 6000,
  holds: (hex) => {
    // The packet is surrounded by other bytes, which do not belong to its frames.
    const bytes = fromHex(`0101${hex}0101`)
    const frames = readAll(bytes, 2, bytes.length - 2)
    ensure(toHex(bytes) === `0101${hex}0101`, "reading changed the packet")
    if (frames === undefined) return
    ensure(frames.length <= hex.length / 2, "more frames than bytes")
    for (const frame of frames) {
      const numbers = Object.values(frame).filter((value) => typeof value === "number")
      ensure(numbers.every(isNumber), "a number is invalid")
      if (frame._tag === "Stream" || frame._tag === "Datagram") {
        const { end, start } = frame
        ensure(start >= 2 && start <= end && end <= bytes.length - 2, "a frame has bytes outside of the packet")
      }
      if (frame._tag === "Ack") isOrdered(frame.ranges)
      if (frame._tag === "Close") {
        ensure(Buffer.byteLength(frame.reason) <= 3 * Limits.closeReasonBytes, "a close reason is too long")
      }
      ensure(
        isAckEliciting(frame) === !["Ack", "Close"].includes(frame._tag),
        "the frame has a wrong ack-eliciting property"
      )
    }
    // A reason with invalid UTF-8 may be truncated when it is written again.
    const written = frames.filter(({ _tag }) => _tag !== "Close")
    const again = Buffer.concat(written.map(bytesOf))
    const reread = readAll(again, 0, again.length)
    ensure(asJson(reread?.map(meaningOf)) === asJson(written.map(meaningOf)), "written again it differs")
  }
})

const isOrdered = (ranges: ReadonlyArray<number>): void => {
  ensure(
    ranges.length >= 2 && ranges.length <= 2 * Limits.ackRanges && ranges.every(isNumber),
    "the ACK ranges are invalid"
  )
  let before = Infinity
  for (let index = 0; index < ranges.length; index += 2) {
    const [first = -1, last = -1] = ranges.slice(index, index + 2)
    ensure(first <= last && last + 1 < before, "ACK ranges are adjacent or inverted")
    before = first
  }
}

fuzz("any datagram for flock", {
  corpus: "flockDatagrams",
  inputs: flockDatagrams,
  runs: 6000,
  holds: (hex) => {
    const bytes = fromHex(hex)
    const handshake = answeringOf()
    let start = 0
    for (let end = endOf(bytes, start, bytes.length); end !== undefined; end = endOf(bytes, start, bytes.length)) {
      ensure(end >= start + headerBytes && end <= bytes.length, "a packet ends outside of the datagram")
      const packet = HandshakePacket.read(crc32, bytes, start, bytes.length)
      const found = formAt(bytes, start)
      if (packet !== undefined) {
        ensure(packet.form === found, "the packet has another form")
        ensure(
          crc32(bytes.subarray(start, end - 4)) === Buffer.from(bytes).readUInt32BE(end - 4),
          "a damaged packet is accepted"
        )
        const reaction = handshake.handlePacket(packet, { host: "a", port: 1 }, 0)
        ensure(reaction?._tag !== "Agreed", "one packet establishes a session")
        ensure(
          reaction?._tag !== "Answer" || reaction.bytes.length <= end - start,
          "the answer is longer than the packet"
        )
        if ("message" in packet) {
          ensure(
            packet.message.length <= end - start && packet.message.buffer !== bytes.buffer,
            "the message is not a copy"
          )
          decode(packet.message)
        }
      }
      start = end
    }
    ensure(toHex(bytes) === hex, "reading changed the datagram")
  }
})

fuzz("parameters of any peer", {
  corpus: "flockParameters",
  inputs: FastCheck.oneof(
    FastCheck.uint8Array({ maxLength: 40 }),
    FastCheck.array(FastCheck.tuple(FastCheck.nat(9), integers), { maxLength: 40 }).map((pairs) =>
      Buffer.concat(pairs.flat().map((bytes) => bytesOf({ _tag: "MaxData", bytes }).subarray(1)))
    )
  ).map(toHex),
  runs: 4000,
  holds: (hex) => {
    const parameters = decode(fromHex(hex))
    if (parameters === undefined) return
    ensure(Object.values(parameters).every(isNumber) && Object.keys(parameters).length === 7, "a parameter is invalid")
    ensure(parameters.idleTimeoutMillis >= 1000 && parameters.maxAckDelayMicros <= 1_000_000, "a time is out of range")
    ensure(parameters.maxDatagramBytes >= 1200 && parameters.maxDatagramBytes <= 65_507, "a size is out of range")
    ensure(asJson(decode(encode(parameters))) === asJson(parameters), "written again they differ")
  }
})
