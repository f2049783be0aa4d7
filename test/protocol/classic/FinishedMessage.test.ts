import { describe, expect, it } from "@effect/vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { FinishedMessage } from "../../../src/protocol/classic/FinishedMessage.ts"
import { frameOf, infOf } from "./frames.ts"

const datOf = (sequenceNumber: number, fragmentCount: number): Frame.Frame =>
  frameOf(Frame.Kind.dat, sequenceNumber, fragmentCount, Buffer.from("data"))

/**
 * The record of a finished text of three fragments: copies may arrive until 3000, their sender sends a frame before
 * 6000.
 */
const finished = (): FinishedMessage => {
  const record = new FinishedMessage(infOf("T", 0, 3))
  record.finish(3000, 6000)
  return record
}

const held = (): FinishedMessage => {
  const record = finished()
  record.hold(infOf("T", 0, 3))
  return record
}

describe("an announcement", () => {
  const record = new FinishedMessage(infOf("F", 2, 9, 17))

  it("matches when all fields are equal", () => {
    expect(record.matchesAnnouncement(infOf("F", 2, 9, 17))).toBe(true)
  })

  it.each([
    ["name", infOf("F", 3, 9, 17)],
    ["count (W8)", infOf("F", 2, 8, 17)],
    ["fragment size", infOf("F", 2, 9, 4)]
  ])("does not match when its %s differs", (_, other) => {
    expect(record.matchesAnnouncement(other)).toBe(false)
  })

  it("does not match when its data byte differs", () => {
    expect(new FinishedMessage(infOf("T", 0, 9)).matchesAnnouncement(infOf("F", 0, 9))).toBe(false)
  })

  it("is kept when the buffer of its datagram is reused", () => {
    const original = infOf("F", 2, 9, 17)
    const kept = new FinishedMessage(original)
    original.bytes.fill(0)
    expect(kept.matchesAnnouncement(infOf("F", 2, 9, 17))).toBe(true)
    expect(kept.announcement).toEqual(infOf("F", 2, 9, 17))
  })
})

describe("an equal announcement", () => {
  const announcement = infOf("T", 0, 3)

  it("is no copy before the message is finished", () => {
    expect(new FinishedMessage(announcement).mayBeCopy(announcement, 0)).toBe(false)
  })

  it("may be a copy until the lifetime of a datagram has passed", () => {
    expect([0, 2999.9, 3000, 3001].map((now) => finished().mayBeCopy(announcement, now))).toEqual([
      true,
      true,
      false,
      false
    ])
  })

  it("may be a copy of this message only", () => {
    expect(finished().mayBeCopy(infOf("T", 0, 4), 100)).toBe(false)
  })
})

describe("a held announcement", () => {
  it("is answered once the sender of a copy would have sent another frame", () => {
    expect(held().answerAt).toBe(6000)
  })

  it("is answered later after a stall of the program, because a frame of the sender may be unread", () => {
    const record = held()
    record.addStall(500)
    expect(record.answerAt).toBe(6500)
  })

  it("is answered with its original fields when the buffer of its datagram is reused", () => {
    const copy = infOf("T", 0, 3)
    const record = finished()
    record.hold(copy)
    copy.bytes.fill(0)
    expect(record.takeDueAnnouncement(9000)).toEqual(infOf("T", 0, 3))
  })

  it("is answered once", () => {
    const record = held()
    record.takeDueAnnouncement(9000)
    expect(record.answerAt).toBe(Infinity)
  })

  it("is not answered again when more copies arrive after its answer", () => {
    const record = held()
    record.takeDueAnnouncement(9000)
    record.hold(infOf("T", 0, 3))
    expect(record.answerAt).toBe(Infinity)
  })

  it("is not answered after it was dropped", () => {
    const record = held()
    record.dropHeld()
    expect([record.answerAt, record.takeDueAnnouncement(9000)]).toEqual([Infinity, undefined])
  })

  it("is answered when it is held after another one was dropped", () => {
    const record = held()
    record.takeDueAnnouncement(9000)
    record.dropHeld()
    record.hold(infOf("T", 0, 3))
    expect(record.answerAt).toBe(6000)
  })

  it("is never due when none is held", () => {
    expect([finished().answerAt, finished().takeDueAnnouncement(9000)]).toEqual([Infinity, undefined])
  })
})

describe("the first fragment after the answer", () => {
  const answered = (): FinishedMessage => {
    const record = held()
    record.takeDueAnnouncement(9000)
    return record
  }

  it("begins the held message", () => {
    expect(answered().takeStarted(datOf(1, 3))).toEqual(infOf("T", 0, 3))
  })

  it("begins the held message once", () => {
    const record = answered()
    record.takeStarted(datOf(1, 3))
    expect(record.takeStarted(datOf(1, 3))).toBeUndefined()
  })

  it.each([["a later position", datOf(2, 3)], ["another count (W8)", datOf(1, 4)]])(
    "begins no message with %s",
    (_, frame) => {
      expect(answered().takeStarted(frame)).toBeUndefined()
    }
  )

  it("begins no message before the answer", () => {
    expect(held().takeStarted(datOf(1, 3))).toBeUndefined()
  })

  it("begins no message when no announcement was held", () => {
    const record = finished()
    record.takeDueAnnouncement(9000)
    expect(record.takeStarted(datOf(1, 3))).toBeUndefined()
  })
})

describe("a KPA after the answer", () => {
  const answered = (): FinishedMessage => {
    const record = held()
    record.takeDueAnnouncement(9000)
    return record
  }

  it("may be a probe for the held message until the time at which its sender would have probed again", () => {
    expect([8999, 9000].map((now) => answered().isProbe(now, now))).toEqual([true, false])
  })

  it("extends that time", () => {
    const record = answered()
    expect(
      [[8000, 11_000], [10_999, 13_999], [14_000, 17_000]].map(([now = 0, until = 0]) => record.isProbe(now, until))
    )
      .toEqual([true, true, false])
  })

  it("is no probe before the answer, after the first fragment, or when no announcement is held", () => {
    const started = answered()
    started.takeStarted(datOf(1, 3))
    expect([held(), started, finished()].map((record) => record.isProbe(7000, 7000))).toEqual([false, false, false])
  })
})
