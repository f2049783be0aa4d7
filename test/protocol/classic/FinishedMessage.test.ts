import { describe, expect, it } from "@effect/vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { FinishedMessage } from "../../../src/protocol/classic/FinishedMessage.ts"
import { frameOf, infOf } from "./frames.ts"

const datOf = (sequenceNumber: number, fragmentCount: number): Frame.Frame =>
  frameOf(Frame.Kind.dat, sequenceNumber, fragmentCount, Buffer.from("data"))

/** The memory of a text of three fragments, finished: copies may come until 3000, their sender has shown itself by 6000. */
const finished = (): FinishedMessage => {
  const echo = new FinishedMessage(infOf("T", 0, 3))
  echo.finish(3000, 6000)
  return echo
}

const held = (): FinishedMessage => {
  const echo = finished()
  echo.hold(infOf("T", 0, 3))
  return echo
}

describe("an announcement", () => {
  const echo = new FinishedMessage(infOf("F", 2, 9, 17))

  it("is known again when it is the same", () => {
    expect(echo.matchesAnnouncement(infOf("F", 2, 9, 17))).toBe(true)
  })

  it.each([
    ["name", infOf("F", 3, 9, 17)],
    ["count (W8)", infOf("F", 2, 8, 17)],
    ["fragment size", infOf("F", 2, 9, 4)]
  ])("is another when its %s differs", (_, other) => {
    expect(echo.matchesAnnouncement(other)).toBe(false)
  })

  it("is another when its data byte differs", () => {
    expect(new FinishedMessage(infOf("T", 0, 9)).matchesAnnouncement(infOf("F", 0, 9))).toBe(false)
  })

  it("is remembered when its datagram's buffer is used again", () => {
    const original = infOf("F", 2, 9, 17)
    const remembered = new FinishedMessage(original)
    original.bytes.fill(0)
    expect(remembered.matchesAnnouncement(infOf("F", 2, 9, 17))).toBe(true)
    expect(remembered.announcement).toEqual(infOf("F", 2, 9, 17))
  })
})

describe("an equal announcement", () => {
  const announcement = infOf("T", 0, 3)

  it("is no copy before the message is finished", () => {
    expect(new FinishedMessage(announcement).mayBeCopy(announcement, 0)).toBe(false)
  })

  it("may be a copy until the life of a datagram has passed", () => {
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
  it("is answered when its sender would have shown itself", () => {
    expect(held().answerAt).toBe(6000)
  })

  it("is answered later when the program stood still: what shows it may lie unread", () => {
    const echo = held()
    echo.addStall(500)
    expect(echo.answerAt).toBe(6500)
  })

  it("is answered as it came, whatever became of its datagram", () => {
    const copy = infOf("T", 0, 3)
    const echo = finished()
    echo.hold(copy)
    copy.bytes.fill(0)
    expect(echo.takeDueAnnouncement(9000)).toEqual(infOf("T", 0, 3))
  })

  it("is answered once", () => {
    const echo = held()
    echo.takeDueAnnouncement(9000)
    expect(echo.answerAt).toBe(Infinity)
  })

  it("is not answered again when more copies of it come after its answer", () => {
    const echo = held()
    echo.takeDueAnnouncement(9000)
    echo.hold(infOf("T", 0, 3))
    expect(echo.answerAt).toBe(Infinity)
  })

  it("is not answered when it is let go", () => {
    const echo = held()
    echo.dropHeld()
    expect([echo.answerAt, echo.takeDueAnnouncement(9000)]).toEqual([Infinity, undefined])
  })

  it("is answered when another is held after one was let go", () => {
    const echo = held()
    echo.takeDueAnnouncement(9000)
    echo.dropHeld()
    echo.hold(infOf("T", 0, 3))
    expect(echo.answerAt).toBe(6000)
  })

  it("is due never when nothing is held", () => {
    expect([finished().answerAt, finished().takeDueAnnouncement(9000)]).toEqual([Infinity, undefined])
  })
})

describe("the first fragment after the answer", () => {
  const answered = (): FinishedMessage => {
    const echo = held()
    echo.takeDueAnnouncement(9000)
    return echo
  }

  it("begins the held message", () => {
    expect(answered().takeStarted(datOf(1, 3))).toEqual(infOf("T", 0, 3))
  })

  it("begins it once", () => {
    const echo = answered()
    echo.takeStarted(datOf(1, 3))
    expect(echo.takeStarted(datOf(1, 3))).toBeUndefined()
  })

  it.each([["a later position", datOf(2, 3)], ["another count (W8)", datOf(1, 4)]])(
    "begins nothing with %s",
    (_, frame) => {
      expect(answered().takeStarted(frame)).toBeUndefined()
    }
  )

  it("begins nothing before the answer", () => {
    expect(held().takeStarted(datOf(1, 3))).toBeUndefined()
  })

  it("begins nothing when nothing was held", () => {
    const echo = finished()
    echo.takeDueAnnouncement(9000)
    expect(echo.takeStarted(datOf(1, 3))).toBeUndefined()
  })
})

describe("a KPA after the answer", () => {
  const answered = (): FinishedMessage => {
    const echo = held()
    echo.takeDueAnnouncement(9000)
    return echo
  }

  it("may ask about the held message, for as long as its sender would ask again", () => {
    expect([8999, 9000].map((now) => answered().isProbe(now, now))).toEqual([true, false])
  })

  it("makes it that time once more", () => {
    const echo = answered()
    expect(
      [[8000, 11_000], [10_999, 13_999], [14_000, 17_000]].map(([now = 0, until = 0]) => echo.isProbe(now, until))
    )
      .toEqual([true, true, false])
  })

  it("asks about nothing before the answer, once it has begun, or when nothing is held", () => {
    const begun = answered()
    begun.takeStarted(datOf(1, 3))
    expect([held(), begun, finished()].map((echo) => echo.isProbe(7000, 7000))).toEqual([false, false, false])
  })
})
