/**
 * The frames that restart a receiver's idle timer, the time for which it keeps its state, and its counters
 * (docs/PROTOCOL.md §5.3).
 */
import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Bench, damaged, frame, none } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { ack, dat, fin, inf, kpa } = Frame.Kind
const announcement = frame(inf, 0, 5, text("T"))

/** A receiver in the middle of message 1 with fragments 1 and 2 of 5. */
const receiving = (): Bench => {
  const bench = new Bench()
  bench.receive(announcement)
  bench.receive(frame(dat, 1, 5, content(1)))
  bench.receive(frame(dat, 2, 5, content(1)))
  bench.now = 10_000
  return bench
}

describe("the idle timer in the middle of a message (§5.3)", () => {
  it.each([
    ["the next fragment", frame(dat, 3, 5, content(1))],
    ["a fragment that was received before", frame(dat, 1, 5, content(1))],
    ["a fragment ahead", frame(dat, 5, 5, content(1))],
    ["a damaged fragment", damaged(frame(dat, 3, 5, content(1)))],
    ["the announcement again", announcement],
    ["another announcement", frame(inf, 0, 7, text("T"))],
    ["a KPA", frame(kpa, 0, 0)]
  ])("is restarted by %s", (_, bytes) => {
    const bench = receiving()
    bench.receive(bytes)
    expect(bench.core.deadline).toBe(55_000)
  })

  it.each([
    ["a fragment of an unknown message", frame(dat, 1, 4, content(1))],
    ["a damaged announcement", damaged(frame(inf, 0, 7, text("T")))],
    ["an answer", frame(ack, 3, 5)],
    ["a datagram that is not a frame", content(9)]
  ])("is not restarted by %s", (_, bytes) => {
    const bench = receiving()
    expect(bench.receive(bytes)).toEqual([])
    expect(bench.core.deadline).toBe(45_000)
  })
})

describe("an idle receiver", () => {
  it("keeps its peer for 20 s after a KPA", () => {
    const bench = new Bench()
    bench.now = 7000
    bench.receive(frame(kpa, 0, 0))
    expect(bench.core.deadline).toBe(27_000)
  })

  it("loses its peer 20 s after the publication of a message, and keeps its state for 45 s", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1, content(1)))
    bench.now = 8000
    bench.accept(1)
    bench.timeoutAt(28_000)
    expect([bench.events.at(-1), bench.core.deadline]).toEqual([{ _tag: "Disconnected", reason: "lost" }, 53_000])
    bench.timeoutAt(53_000)
    expect(bench.core.isClosed).toBe(true)
  })

  it("reports a lost peer as connected again after a KPA", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(20_000)
    bench.now = 21_000
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    expect(bench.tags.slice(-2)).toEqual(["Disconnected", "Connected"])
    bench.timeoutAt(41_000)
    expect([bench.tags.at(-1), bench.core.isClosed]).toEqual(["Disconnected", true])
  })

  it("keeps its peer for 20 s after a message when a KPA shows that it has the last ACK", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 5000
    bench.receive(frame(kpa, 0, 0))
    expect(bench.core.deadline).toBe(25_000)
  })

  it("restarts its timer for DATs of the finished message, and for no other DAT", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 5000
    bench.receive(frame(dat, 1, 3, content(1)))
    bench.receive(damaged(frame(dat, 1, 2, content(1))))
    expect(bench.core.deadline).toBe(20_000)
    expect(bench.core.counters).toMatchObject({ stray: 1, damaged: 1, copies: 0 })
    bench.receive(frame(dat, 1, 2, content(1)))
    expect(bench.core.deadline).toBe(25_000)
    expect(bench.core.counters).toMatchObject({ stray: 1, damaged: 1, copies: 1 })
  })

  it("restarts its timer when it answers an announcement that it held (§7.3)", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 1000
    bench.receive(frame(inf, 0, 2, text("T")))
    expect(bench.timeoutAt(6000)).toEqual(["ACK 0"])
    expect(bench.core.deadline).toBe(26_000)
  })
})

describe("a receiver of a complete message that is not published", () => {
  it("waits without limit and is busy", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1, content(1)))
    expect([bench.core.deadline, bench.core.isBusy]).toEqual([Infinity, true])
    bench.timeoutAt(1e9)
    expect(bench.core.isClosed).toBe(false)
    expect(bench.accept(1)).toEqual(["ACK 1"])
    expect(bench.core.isBusy).toBe(false)
  })

  it("answers no damaged fragment, because no message is open", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1, content(1)))
    expect(bench.receive(damaged(frame(dat, 1, 1, content(1))))).toEqual([])
    expect(bench.core.counters.damaged).toBe(1)
  })

  it("answers retransmissions of all fragments but the last", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.receive(frame(dat, 3, 3, content(1)))
    expect([2, 3].map((number) => bench.receive(frame(dat, number, 3, content(1))))).toEqual([["ACK 2"], []])
  })
})

describe("a receiver that refused", () => {
  const refusing = (): Bench => {
    const bench = receiving()
    bench.call((core) => core.refuse(1, 10_000))
    return bench
  }

  it("loses its peer after 45 s, which only an announcement extends", () => {
    const bench = refusing()
    bench.receive(frame(dat, 3, 5, content(1)))
    bench.receive(frame(kpa, 0, 0))
    bench.receive(frame(fin, 0, 0))
    expect([bench.core.deadline, bench.core.isBusy]).toEqual([45_000, false])
    bench.receive(announcement)
    expect(bench.core.deadline).toBe(55_000)
    bench.timeoutAt(55_000)
    expect(bench.core.isClosed).toBe(true)
    expect(bench.tags).toEqual(["Connected", "Opened", "Disconnected"])
  })

  it("counts a damaged fragment and does not answer it", () => {
    const bench = refusing()
    expect(bench.receive(damaged(frame(dat, 3, 5, content(1))))).toEqual([])
    expect(bench.core.counters.damaged).toBe(1)
    expect(bench.receive(frame(dat, 3, 5, content(1)))).toEqual(["FIN 0"])
  })

  it("sends FIN to every KPA, in the dialect of the KPA", () => {
    const bench = refusing()
    const payloadDialect = frame(kpa, 0, 0)
    payloadDialect[7] = 0
    const sizes = [frame(kpa, 0, 0), payloadDialect, payloadDialect].map((bytes) => {
      const target = new Uint8Array(Frame.maxFrameBytes)
      bench.core.handleDatagrams([bytes], bench.now)
      const answer = Frame.decode(target.slice(0, bench.core.pollTransmit(target, bench.now)))
      return typeof answer === "string" ? answer : [answer.kind, answer.fragmentSize]
    })
    expect(sizes).toEqual([[fin, 13], [fin, 0], [fin, 0]])
  })

  it("ignores a FIN: copies of the refused announcement still begin no message", () => {
    const bench = refusing()
    bench.receive(frame(fin, 0, 0))
    expect(bench.receive(announcement)).toEqual([])
    bench.timeoutAt(13_000)
    expect(bench.receive(announcement)).toEqual(["ACK 0"])
  })
})

describe("a timer", () => {
  it("that fires early changes nothing", () => {
    const bench = receiving()
    bench.timeoutAt(44_999)
    expect([bench.core.isClosed, bench.tags]).toEqual([false, ["Connected", "Opened"]])
  })
})

describe("the end by the idle timeout", () => {
  it("is reported, and no frame is processed after it", () => {
    const bench = receiving()
    bench.timeoutAt(45_000)
    expect(bench.events.slice(-2)).toEqual([
      { _tag: "Abandoned", serial: 1, reason: "lost" },
      { _tag: "Disconnected", reason: "lost" }
    ])
    expect([bench.core.isClosed, bench.core.isBusy, bench.core.deadline]).toEqual([true, false, Infinity])
    expect([bench.receive(announcement), bench.receive(frame(kpa, 0, 0)), bench.receive(none)]).toEqual([[], [], []])
    expect(bench.tags.length).toBe(4)
  })
})
