import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { FinishedMessage } from "../../../src/protocol/classic/FinishedMessage.ts"
import { RecentMessages } from "../../../src/protocol/classic/RecentMessages.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import { frameOf, infOf } from "./frames.ts"

const dat = (sequenceNumber: number, fragmentCount: number): Frame.Frame =>
  frameOf(Frame.Kind.dat, sequenceNumber, fragmentCount, Buffer.from("data"))

describe("the past", () => {
  it("that is empty has nothing to hold, to let go or to begin", () => {
    const past = new RecentMessages(Timing.classic)
    past.hold(infOf("T", 0, 3))
    past.dropHeld()
    expect([past.answerAt, past.takeDueAnnouncement(0), past.takeStarted(dat(1, 3))]).toEqual([
      Infinity,
      undefined,
      undefined
    ])
  })

  it("has nothing at first", () => {
    const past = new RecentMessages(Timing.classic)
    expect([past.mayBeCopy(infOf("T", 0, 3), 0), past.hasFragment(dat(1, 3)), past.answerAt]).toEqual([
      false,
      false,
      Infinity
    ])
  })

  it("has the announcement of a finished message for 3 s, and its fragments for ever", () => {
    const past = new RecentMessages(Timing.classic)
    past.finish(new FinishedMessage(infOf("T", 0, 3)), 1000)
    expect([past.mayBeCopy(infOf("T", 0, 3), 3999), past.mayBeCopy(infOf("T", 0, 3), 4000)]).toEqual([true, false])
    expect([past.hasFragment(dat(2, 3)), past.hasFragment(dat(2, 4))]).toEqual([true, false])
  })

  it("has the announcement of a refused message, but none of its fragments", () => {
    const past = new RecentMessages(Timing.classic)
    past.refuse(new FinishedMessage(infOf("F", 1, 3)), 0)
    expect([past.mayBeCopy(infOf("F", 1, 3), 100), past.hasFragment(dat(1, 3))]).toEqual([true, false])
  })

  it("has the fragments of a message that its sender left behind, and takes an equal announcement for a new one", () => {
    const past = new RecentMessages(Timing.classic)
    past.finishUnpublished(new FinishedMessage(infOf("T", 0, 3)), 1)
    expect([past.mayBeCopy(infOf("T", 0, 3), 0), past.hasFragment(dat(1, 3))]).toEqual([false, true])
  })

  it("has the last fragment of a message that was left behind once it is safe", () => {
    const past = new RecentMessages(Timing.classic)
    const has = (): boolean => past.hasFragment(dat(3, 3))
    past.finishUnpublished(new FinishedMessage(infOf("T", 0, 3)), 1)
    expect(has()).toBe(false)
    past.onPublished(2)
    expect(has()).toBe(false)
    past.onPublished(1)
    expect(has()).toBe(true)
  })

  it("answers a held announcement when its sender would have shown itself, and knows the fragment that begins it", () => {
    const past = new RecentMessages(Timing.classic)
    past.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    past.hold(infOf("T", 0, 3))
    expect([past.answerAt, past.takeStarted(dat(1, 3))]).toEqual([6000, undefined])
    expect(past.isProbe(6000)).toBe(false)
    expect(past.takeDueAnnouncement(6000)?.fragmentCount).toBe(3)
    expect(past.takeStarted(dat(1, 3))?.fragmentCount).toBe(3)
  })

  it("knows a KPA that may ask about the held message, until 3 s after its answer or after the last such KPA", () => {
    const past = new RecentMessages(Timing.classic)
    past.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    past.hold(infOf("T", 0, 3))
    past.takeDueAnnouncement(6000)
    expect([8999, 11_998, 14_998].map((now) => past.isProbe(now))).toEqual([true, true, false])
  })

  it("answers a held announcement later by the time in which the program stood still", () => {
    const past = new RecentMessages(Timing.classic)
    past.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    past.hold(infOf("T", 0, 3))
    past.addStall(2000)
    expect(past.answerAt).toBe(8000)
  })

  it("has the announcements of messages before the last, each for 3 s, and no fragments of theirs", () => {
    const past = new RecentMessages(Timing.classic)
    past.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    past.finish(new FinishedMessage(infOf("T", 0, 4)), 1000)
    past.finish(new FinishedMessage(infOf("T", 0, 5)), 2000)
    expect([past.mayBeCopy(infOf("T", 0, 3), 2999), past.mayBeCopy(infOf("T", 0, 3), 3000)]).toEqual([true, false])
    expect([past.mayBeCopy(infOf("T", 0, 4), 3999), past.hasFragment(dat(1, 4))]).toEqual([true, false])
  })

  it("has so many announcements and no more", () => {
    const past = new RecentMessages(Timing.classic)
    for (let count = 1; count <= Limits.rememberedMessages + 1; count++) {
      past.finish(new FinishedMessage(infOf("T", 0, count)), 0)
    }
    expect([1, 2].map((count) => past.mayBeCopy(infOf("T", 0, count), 1))).toEqual([false, true])
  })
})
