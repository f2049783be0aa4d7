import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { FinishedMessage } from "../../../src/protocol/classic/FinishedMessage.ts"
import { RecentMessages } from "../../../src/protocol/classic/RecentMessages.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import { frameOf, infOf } from "./frames.ts"

const dat = (sequenceNumber: number, fragmentCount: number): Frame.Frame =>
  frameOf(Frame.Kind.dat, sequenceNumber, fragmentCount, Buffer.from("data"))

describe("recent messages", () => {
  it("hold no announcement and begin no message when there are none", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.hold(infOf("T", 0, 3))
    recentMessages.dropHeld()
    expect([recentMessages.answerAt, recentMessages.takeDueAnnouncement(0), recentMessages.takeStarted(dat(1, 3))])
      .toEqual([
        Infinity,
        undefined,
        undefined
      ])
  })

  it("have no announcement and no fragment at first", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    expect([
      recentMessages.mayBeCopy(infOf("T", 0, 3), 0),
      recentMessages.hasFragment(dat(1, 3)),
      recentMessages.answerAt
    ]).toEqual([
      false,
      false,
      Infinity
    ])
  })

  it("recognise the announcement of a finished message for 3 s, and its fragments without limit", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.finish(new FinishedMessage(infOf("T", 0, 3)), 1000)
    expect([recentMessages.mayBeCopy(infOf("T", 0, 3), 3999), recentMessages.mayBeCopy(infOf("T", 0, 3), 4000)])
      .toEqual([true, false])
    expect([recentMessages.hasFragment(dat(2, 3)), recentMessages.hasFragment(dat(2, 4))]).toEqual([true, false])
  })

  it("recognise the announcement of a refused message, and none of its fragments", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.refuse(new FinishedMessage(infOf("F", 1, 3)), 0)
    expect([recentMessages.mayBeCopy(infOf("F", 1, 3), 100), recentMessages.hasFragment(dat(1, 3))]).toEqual([
      true,
      false
    ])
  })

  it("recognise the fragments of an unpublished message, and treat an equal announcement as new", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.finishUnpublished(new FinishedMessage(infOf("T", 0, 3)), 1)
    expect([recentMessages.mayBeCopy(infOf("T", 0, 3), 0), recentMessages.hasFragment(dat(1, 3))]).toEqual([
      false,
      true
    ])
  })

  it("recognise the last fragment of an unpublished message once it is published", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    const has = (): boolean => recentMessages.hasFragment(dat(3, 3))
    recentMessages.finishUnpublished(new FinishedMessage(infOf("T", 0, 3)), 1)
    expect(has()).toBe(false)
    recentMessages.onPublished(2)
    expect(has()).toBe(false)
    recentMessages.onPublished(1)
    expect(has()).toBe(true)
  })

  it("answer a held announcement after the wait for its sender, and recognise the fragment that begins it", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    recentMessages.hold(infOf("T", 0, 3))
    expect([recentMessages.answerAt, recentMessages.takeStarted(dat(1, 3))]).toEqual([6000, undefined])
    expect(recentMessages.isProbe(6000)).toBe(false)
    expect(recentMessages.takeDueAnnouncement(6000)?.fragmentCount).toBe(3)
    expect(recentMessages.takeStarted(dat(1, 3))?.fragmentCount).toBe(3)
  })

  it("recognise a probe for the held message until 3 s after its answer or the last probe", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    recentMessages.hold(infOf("T", 0, 3))
    recentMessages.takeDueAnnouncement(6000)
    expect([8999, 11_998, 14_998].map((now) => recentMessages.isProbe(now))).toEqual([true, true, false])
  })

  it("answer a held announcement later after a stall of the program", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    recentMessages.hold(infOf("T", 0, 3))
    recentMessages.addStall(2000)
    expect(recentMessages.answerAt).toBe(8000)
  })

  it("recognise the announcements of earlier messages, each for 3 s, and none of their fragments", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    recentMessages.finish(new FinishedMessage(infOf("T", 0, 3)), 0)
    recentMessages.finish(new FinishedMessage(infOf("T", 0, 4)), 1000)
    recentMessages.finish(new FinishedMessage(infOf("T", 0, 5)), 2000)
    expect([recentMessages.mayBeCopy(infOf("T", 0, 3), 2999), recentMessages.mayBeCopy(infOf("T", 0, 3), 3000)])
      .toEqual([true, false])
    expect([recentMessages.mayBeCopy(infOf("T", 0, 4), 3999), recentMessages.hasFragment(dat(1, 4))]).toEqual([
      true,
      false
    ])
  })

  it("are limited in number", () => {
    const recentMessages = new RecentMessages(Timing.classic)
    for (let count = 1; count <= Limits.rememberedMessages + 1; count++) {
      recentMessages.finish(new FinishedMessage(infOf("T", 0, count)), 0)
    }
    expect([1, 2].map((count) => recentMessages.mayBeCopy(infOf("T", 0, count), 1))).toEqual([false, true])
  })
})
