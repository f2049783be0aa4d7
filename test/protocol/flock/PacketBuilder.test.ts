import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import { NewReno } from "../../../src/protocol/flock/congestion/NewReno.ts"
import { crcBytes, crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import { PacketBuilder } from "../../../src/protocol/flock/PacketBuilder.ts"
import { LossDetection } from "../../../src/protocol/flock/recovery/LossDetection.ts"
import { ReceivedPackets } from "../../../src/protocol/flock/recovery/ReceivedPackets.ts"
import { Streams } from "../../../src/protocol/flock/streams/Streams.ts"
import { type Frame, readAll } from "../../../src/protocol/flock/wire/Frame.ts"
import {
  connectionIdOf,
  dataHeaderBytes,
  endOf,
  form,
  formAt,
  numberOf,
  resetBytes
} from "../../../src/protocol/flock/wire/Packet.ts"
import { parameters, someBytes } from "./pair.ts"

const protection = crcProtection((bytes) => crc32(bytes))

const setUp = () => {
  const recovery = new LossDetection(new NewReno({ maxDatagramBytes: 1200 }), 5, {
    onFrameAcked: () => undefined,
    onFrameLost: () => undefined,
    onMtuProbe: () => undefined,
    onDatagramOutcome: () => undefined
  })
  const received = new ReceivedPackets()
  const streams = new Streams("client", parameters, parameters)
  const target = new Uint8Array(2000).fill(0xee)
  const framesAt = (start: number, end: number): ReadonlyArray<Frame> => {
    expect(endOf(target, start, target.length)).toBe(end)
    expect(protection.open(target, start, start + dataHeaderBytes, end - crcBytes, numberOf(target, start, 0), 0, 0))
      .toBe(
        true
      )
    return readAll(target, start + dataHeaderBytes, end - crcBytes) ?? []
  }
  return {
    recovery,
    received,
    streams,
    target,
    framesAt,
    builder: new PacketBuilder(99, protection, recovery, received, streams)
  }
}

describe("a packet", () => {
  it("fills its datagram while there is more data, and has no padding at the end", () => {
    const { framesAt, recovery, streams, target, builder } = setUp()
    const stream = streams.open()
    if (stream === undefined) throw new Error("no stream")
    streams.write(stream, someBytes(1500))
    const first = builder.write(target, 100, 1300, true, 0)
    expect([first?.end, formAt(target, 100), connectionIdOf(target, 100)]).toEqual([1300, form.data, 99])
    expect(framesAt(100, 1300)).toMatchObject([{ _tag: "Stream", offset: 0 }])
    const second = builder.write(target, 100, 1300, true, 0)
    expect(second?.end).toBeLessThan(500)
    expect([numberOf(target, 100, 0), second?.packet.frames.length, recovery.sent.next]).toEqual([1, 1, 2])
    // Bytes outside of the packet are unchanged.
    expect([target[99], target[1300]]).toEqual([0xee, 0xee])
  })

  it("is not written when there is nothing to send, and its number is reused", () => {
    const { recovery, target, builder } = setUp()
    expect([builder.write(target, 0, 1200, true, 0), recovery.sent.next]).toEqual([undefined, 0])
  })

  it("with only an ACK is not ack-eliciting, and contains no data that must not be sent", () => {
    const { framesAt, received, streams, target, builder } = setUp()
    const stream = streams.open()
    if (stream === undefined) throw new Error("no stream")
    streams.write(stream, someBytes(10))
    received.onReceived(4, true, 0)
    const written = builder.write(target, 0, 1200, false, 2)
    expect([written?.isAckEliciting, written?.packet.frames]).toEqual([false, []])
    expect(framesAt(0, written?.end ?? 0)).toEqual([{ _tag: "Ack", delayMicros: 2000, ranges: [4, 4] }])
    expect(builder.write(target, 0, 1200, false, 3)).toBeUndefined()
    expect(builder.write(target, 0, 1200, true, 3)?.isAckEliciting).toBe(true)
  })

  it("is longer than the RESET that answers it when the peer has forgotten the session", () => {
    const { framesAt, received, target, builder } = setUp()
    expect(builder.writeFrames(target, 0, [{ _tag: "Ping" }], 0).end).toBe(resetBytes + 1)
    expect(framesAt(0, resetBytes + 1)).toEqual([{ _tag: "Ping" }])
    received.onReceived(4, true, 0)
    expect(builder.write(target, 0, 1200, false, 2)?.end).toBe(resetBytes + 1)
  })

  it("of given frames is padded to the size that it probes", () => {
    const { framesAt, target, builder } = setUp()
    const { end, isAckEliciting, packet } = builder.writeFrames(target, 0, [{ _tag: "Ping" }], 1472)
    expect([end, isAckEliciting, packet.frames]).toEqual([1472, true, [{ _tag: "Ping" }]])
    expect(framesAt(0, 1472)).toEqual([{ _tag: "Ping" }])
  })
})
