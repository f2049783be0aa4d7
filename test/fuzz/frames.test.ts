/** Decoding of datagrams: the result is a frame or a reason, and an encoded frame is decoded to the same frame. */
import * as Effect from "effect/Effect"
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import { Crc } from "../../src/net/Crc.ts"
import { isAdmitted } from "../../src/protocol/classic/Admission.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf, messageFrames, wireFrames } from "../protocol/classic/frames.ts"
import { datagrams, fromHex, mutated, toHex } from "./datagrams.ts"
import { ensure, fuzz } from "./fuzzing.ts"

const portable = Effect.runSync(Effect.provide(Effect.map(Crc, (service) => service.crc32), Crc.layer))

/** The CRC by its definition: over all bytes except the field itself. */
const checkOf = (bytes: Uint8Array): number => crc32(Buffer.concat([bytes.subarray(0, 9), bytes.subarray(13)]))

fuzz("any datagram", {
  corpus: "datagrams",
  inputs: datagrams,
  runs: 4000,
  holds: (hex) => {
    const bytes = fromHex(hex)
    const frame = Frame.decode(bytes)
    ensure(toHex(bytes) === hex, "decoding changed the datagram")
    const isLong = bytes.length > Frame.maxReadBytes
    ensure(
      (frame === "short") === bytes.length < 13 && (frame === "oversized") === isLong,
      "the length is classified wrongly"
    )
    if (typeof frame === "string") {
      ensure(!isAdmitted(bytes, crc32), "an invalid datagram opens a connection")
      ensure(
        (frame === "unknownKind") === (bytes.length >= 13 && !isLong && (bytes[8] ?? 0) > 5),
        "the reason is wrong"
      )
      return
    }
    hasForm(frame)
    ensure(frame.bytes === bytes && frame.payload.buffer === bytes.buffer, "the frame is a copy")
    const isChecked = frame.kind === Frame.Kind.inf || frame.kind === Frame.Kind.dat
    const isIntact = !isChecked || frame.crc === checkOf(bytes)
    ensure(Frame.isIntact(frame, crc32) === isIntact, "the check differs from docs/PROTOCOL.md §2.1")
    ensure(Frame.isIntact(frame, portable) === isIntact, "the portable CRC differs")
    const opens = frame.kind === Frame.Kind.kpa || (frame.kind === Frame.Kind.inf && isIntact)
    ensure(isAdmitted(bytes, crc32) === opens, "the wrong datagrams open a connection")
    const again = new Uint8Array(bytes.length)
    ensure(Frame.encode(again, frame, frame.payload, crc32) === bytes.length, "the encoded length is wrong")
    const isCanonical = isChecked ? isIntact : frame.crc === 0
    ensure(!isCanonical || toHex(again) === hex, "encoded again it differs")
  }
})

/** Checks the forms of docs/PROTOCOL.md §2.4 on the bytes. */
const hasForm = (frame: Frame.Frame): void => {
  const view = new DataView(frame.bytes.buffer)
  const [sequence, count] = [view.getUint32(0) >>> 8, view.getUint32(3) >>> 8]
  const data = Buffer.from(frame.bytes.subarray(13)).toString("latin1")
  ensure(
    frame.sequenceNumber === sequence && frame.fragmentCount === count,
    "the sequence number or fragment count is wrong"
  )
  ensure(
    frame.fragmentSize === view.getUint16(6) && frame.kind === view.getUint8(8),
    "the fragment size or kind is wrong"
  )
  ensure(frame.crc === view.getUint32(9), "the CRC field is wrong")
  const forms: Readonly<Record<number, () => boolean>> = {
    0: () => (data === "F" && sequence <= count) || (data === "T" && sequence === 0),
    1: () => ["", "T", "F"].includes(data),
    2: () => data === "",
    3: () => sequence >= 1 && sequence <= count,
    4: () => data === "" && sequence === 0 && count === 0 && [0, 13].includes(frame.fragmentSize) && frame.crc === 0,
    5: () => data === "" && sequence === 0 && count === 0 && [0, 13].includes(frame.fragmentSize) && frame.crc === 0
  }
  ensure(forms[frame.kind]?.() === true, "the frame does not have the form of its kind")
}

fuzz("an encoded frame", {
  corpus: "frames",
  inputs: wireFrames(1445).map((frame) => ({ ...frame, payload: toHex(frame.payload) })),
  runs: 2000,
  holds: ({ payload, ...header }) => {
    const target = new Uint8Array(Frame.maxFrameBytes).fill(0xa5)
    const length = Frame.encode(target, header, fromHex(payload), crc32)
    const frame = Frame.decode(target.slice(0, length))
    ensure(typeof frame !== "string", () => `is ${String(frame)}`)
    ensure(Frame.isIntact(frame, crc32) && Frame.sameHeader(frame, header), "the decoded header differs")
    ensure(frame.kind === header.kind && toHex(frame.payload) === payload, "the decoded payload differs")
    ensure(target.subarray(length).every((byte) => byte === 0xa5), "bytes after the frame are changed")
  }
})

fuzz("one flipped bit of an INF or a DAT", {
  corpus: "flips",
  inputs: FastCheck.record({
    datagram: messageFrames(60).map((frame) => toHex(datagramOf(frame, frame.payload))),
    bit: FastCheck.nat(74 * 8)
  }),
  runs: 2000,
  holds: ({ bit, datagram }) => {
    const frame = Frame.decode(mutated(fromHex(datagram), `flip:${bit}`))
    if (typeof frame === "string") return
    const hasCheck = frame.kind === Frame.Kind.inf || frame.kind === Frame.Kind.dat
    ensure(!hasCheck || !Frame.isIntact(frame, crc32), "the flipped bit is not detected")
  }
})
