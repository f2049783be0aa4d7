/** What a datagram is: whatever it holds it is a frame or a reason, and a frame that is written is read again. */
import * as Effect from "effect/Effect"
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import { Crc } from "../../src/net/Crc.ts"
import { isAdmitted } from "../../src/protocol/classic/Admission.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf, messageFrames, wireFrames } from "../protocol/classic/frames.ts"
import { befallen, datagrams, fromHex, toHex } from "./datagrams.ts"
import { ensure, fuzz } from "./fuzzing.ts"

const portable = Effect.runSync(Effect.provide(Effect.map(Crc, (service) => service.crc32), Crc.layer))

/** The check by its definition: all bytes but those of the field itself. */
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
    ensure((frame === "short") === bytes.length < 13 && (frame === "oversized") === isLong, "a wrong length")
    if (typeof frame === "string") {
      ensure(!isAdmitted(bytes, crc32), "what is no frame opens a connection")
      ensure((frame === "unknownKind") === (bytes.length >= 13 && !isLong && (bytes[8] ?? 0) > 5), "a wrong reason")
      return
    }
    hasForm(frame)
    ensure(frame.bytes === bytes && frame.payload.buffer === bytes.buffer, "a copy was made")
    const isChecked = frame.kind === Frame.Kind.inf || frame.kind === Frame.Kind.dat
    const isIntact = !isChecked || frame.crc === checkOf(bytes)
    ensure(Frame.isIntact(frame, crc32) === isIntact, "the check is not that of §2.1")
    ensure(Frame.isIntact(frame, portable) === isIntact, "the portable check differs")
    const opens = frame.kind === Frame.Kind.kpa || (frame.kind === Frame.Kind.inf && isIntact)
    ensure(isAdmitted(bytes, crc32) === opens, "the wrong datagrams open a connection")
    const again = new Uint8Array(bytes.length)
    ensure(Frame.encode(again, frame, frame.payload, crc32) === bytes.length, "a wrong number of bytes")
    const isCanonical = isChecked ? isIntact : frame.crc === 0
    ensure(!isCanonical || toHex(again) === hex, "written again it differs")
  }
})

/** The forms of §2.4, from the bytes. */
const hasForm = (frame: Frame.Frame): void => {
  const view = new DataView(frame.bytes.buffer)
  const [sequence, count] = [view.getUint32(0) >>> 8, view.getUint32(3) >>> 8]
  const data = Buffer.from(frame.bytes.subarray(13)).toString("latin1")
  ensure(frame.sequenceNumber === sequence && frame.fragmentCount === count, "a field is read wrongly")
  ensure(frame.fragmentSize === view.getUint16(6) && frame.kind === view.getUint8(8), "a field is read wrongly")
  ensure(frame.crc === view.getUint32(9), "the check is read wrongly")
  const forms: Readonly<Record<number, () => boolean>> = {
    0: () => (data === "F" && sequence <= count) || (data === "T" && sequence === 0),
    1: () => ["", "T", "F"].includes(data),
    2: () => data === "",
    3: () => sequence >= 1 && sequence <= count,
    4: () => data === "" && sequence === 0 && count === 0 && [0, 13].includes(frame.fragmentSize) && frame.crc === 0,
    5: () => data === "" && sequence === 0 && count === 0 && [0, 13].includes(frame.fragmentSize) && frame.crc === 0
  }
  ensure(forms[frame.kind]?.() === true, "it has not the form of its type")
}

fuzz("a frame that is written", {
  corpus: "frames",
  inputs: wireFrames(1445).map((frame) => ({ ...frame, payload: toHex(frame.payload) })),
  runs: 2000,
  holds: ({ payload, ...header }) => {
    const target = new Uint8Array(Frame.maxFrameBytes).fill(0xa5)
    const length = Frame.encode(target, header, fromHex(payload), crc32)
    const frame = Frame.decode(target.slice(0, length))
    ensure(typeof frame !== "string", () => `is ${String(frame)}`)
    ensure(Frame.isIntact(frame, crc32) && Frame.sameHeader(frame, header), "is read differently")
    ensure(frame.kind === header.kind && toHex(frame.payload) === payload, "is read differently")
    ensure(target.subarray(length).every((byte) => byte === 0xa5), "leaves its place")
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
    const frame = Frame.decode(befallen(fromHex(datagram), `flip:${bit}`))
    if (typeof frame === "string") return
    const hasCheck = frame.kind === Frame.Kind.inf || frame.kind === Frame.Kind.dat
    ensure(!hasCheck || !Frame.isIntact(frame, crc32), "is not noticed")
  }
})
