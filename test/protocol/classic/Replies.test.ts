import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Replies } from "../../../src/protocol/classic/Replies.ts"
import { datagramOf, frameOf, headerOf, infOf, messageFrames, polled } from "./frames.ts"

const { ack, dat, fin, kpa, nack } = Frame.Kind
const datOf = (sequenceNumber: number): Frame.Frame => frameOf(dat, sequenceNumber, 9, Buffer.from("data"))
const next = (replies: Replies): Frame.Frame | undefined => polled((target) => replies.pollTransmit(target, crc32))

/** All queued replies, as `ACK 3`. */
const allOf = (replies: Replies): ReadonlyArray<string> => {
  const frame = next(replies)
  return frame === undefined ? [] : [`${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`, ...allOf(replies)]
}

describe("replies", () => {
  it("are none at first", () => {
    expect(allOf(new Replies())).toEqual([])
  })

  it("are sent once, in the order of the answered frames", () => {
    const replies = new Replies()
    replies.acknowledge(datOf(3))
    replies.nack(datOf(4))
    replies.acknowledge(datOf(5))
    expect([...allOf(replies), ...allOf(replies)]).toEqual(["ACK 3", "NACK 4", "ACK 5"])
  })

  it("repeat the three fields of the answered frame exactly, with CRC 0", () => {
    FastCheck.assert(
      FastCheck.property(messageFrames(1445), FastCheck.boolean(), ({ payload, ...header }, isAck) => {
        const received = Frame.decode(datagramOf(header, payload))
        if (typeof received === "string") throw new Error(received)
        const replies = new Replies()
        if (isAck) replies.acknowledge(received)
        else replies.nack(received)
        const reply = next(replies)
        expect(reply).toMatchObject({ ...headerOf(received), kind: isAck ? ack : nack, crc: 0 })
      }),
      { seed: 20_250_801 }
    )
  })

  it.each(["T", "F"] as const)("to an INF repeat its data byte %s", (mark) => {
    const replies = new Replies()
    replies.acknowledge(infOf(mark, 0, 9))
    expect(Buffer.from(next(replies)?.payload ?? []).toString()).toBe(mark)
  })

  it("to a DAT or a KPA have no data", () => {
    const replies = new Replies()
    replies.acknowledge(datOf(1))
    replies.acknowledge(frameOf(kpa, 0, 0))
    expect([next(replies)?.payload.length, next(replies)?.payload.length]).toEqual([0, 0])
  })

  it("keep the received fields when the buffer of the datagram is reused before they are sent", () => {
    const replies = new Replies()
    const announcement = infOf("T", 0, 9)
    replies.acknowledge(announcement)
    announcement.bytes.fill(0)
    const reply = next(replies)
    expect([reply?.fragmentCount, reply?.payload[0]]).toEqual([9, Frame.textMark])
  })
})

describe("a withheld ACK", () => {
  it("is not sent", () => {
    const replies = new Replies()
    replies.withhold(datOf(3))
    expect([allOf(replies), replies.withheldNumber]).toEqual([[], 3])
  })

  it("is sent once when it is released", () => {
    const replies = new Replies()
    replies.withhold(datOf(3))
    replies.release()
    replies.release()
    expect([allOf(replies), replies.withheldNumber]).toEqual([["ACK 3"], undefined])
  })

  it("that does not exist releases nothing, and later replies are sent at once", () => {
    const replies = new Replies()
    replies.release()
    replies.acknowledge(datOf(4))
    expect(allOf(replies)).toEqual(["ACK 4"])
  })

  it("is never sent when it is discarded", () => {
    const replies = new Replies()
    replies.withhold(datOf(3))
    replies.discardWithheld()
    replies.release()
    expect([allOf(replies), replies.withheldNumber]).toEqual([[], undefined])
  })

  it("does not delay other replies", () => {
    const replies = new Replies()
    replies.withhold(datOf(3))
    replies.acknowledge(datOf(2))
    expect(allOf(replies)).toEqual(["ACK 2"])
    replies.release()
    expect(allOf(replies)).toEqual(["ACK 3"])
  })

  it("of an INF has its data byte when the buffer of the datagram is reused", () => {
    const replies = new Replies()
    const announcement = infOf("F", 0, 9)
    replies.withhold(announcement)
    announcement.bytes.fill(0)
    replies.release()
    expect(next(replies)?.payload[0]).toBe(Frame.fileMark)
  })

  it("is replaced by FIN", () => {
    const replies = new Replies()
    replies.withhold(datOf(3))
    replies.replaceWithheldByFin()
    expect([allOf(replies), replies.withheldNumber]).toEqual([["FIN 0"], undefined])
  })

  it("is not replaced when there is none", () => {
    const replies = new Replies()
    replies.replaceWithheldByFin()
    expect(allOf(replies)).toEqual([])
  })
})

describe("FIN", () => {
  it("is sent once", () => {
    const replies = new Replies()
    replies.sendFin()
    replies.sendFin()
    expect([...allOf(replies), ...allOf(replies)]).toEqual(["FIN 0"])
    replies.sendFin()
    expect(allOf(replies)).toEqual([])
  })

  it("is sent again by resendFin", () => {
    const replies = new Replies()
    replies.sendFin()
    replies.resendFin()
    expect(allOf(replies)).toEqual(["FIN 0", "FIN 0"])
  })

  it("is sent again after another refusal", () => {
    const replies = new Replies()
    replies.sendFin()
    replies.replaceWithheldByFin()
    replies.sendFin()
    expect(allOf(replies)).toEqual(["FIN 0", "FIN 0"])
  })

  it.each([13, 0])("answers a KPA in the dialect of the KPA, size %i", (size) => {
    const replies = new Replies()
    replies.sendFin(frameOf(kpa, 0, 0, undefined, size))
    expect(next(replies)).toMatchObject({ sequenceNumber: 0, fragmentCount: 0, fragmentSize: size, kind: fin, crc: 0 })
  })

  it("answers any other frame in the frame dialect", () => {
    const replies = new Replies()
    replies.sendFin(datOf(3))
    replies.resendFin()
    expect([next(replies), next(replies)]).toMatchObject([{ fragmentSize: 13 }, { fragmentSize: 13 }])
  })

  it("answers an announcement whose fields are those of a KPA in the frame dialect", () => {
    const replies = new Replies()
    replies.sendFin(infOf("T", 0, 0, 0))
    expect(next(replies)).toMatchObject({ fragmentSize: 13 })
  })
})
