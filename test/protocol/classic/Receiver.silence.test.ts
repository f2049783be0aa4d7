/** What a receiver hears, how long it remembers, and what it counts. */
import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Bench, damaged, frame, none } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { ack, dat, fin, inf, kpa } = Frame.Kind
const announcement = frame(inf, 0, 5, text("T"))

/** A receiver in the middle of message 1, of which fragments 1 and 2 of 5 have come. */
const receiving = (): Bench => {
  const bench = new Bench()
  bench.get(announcement)
  bench.get(frame(dat, 1, 5, content(1)))
  bench.get(frame(dat, 2, 5, content(1)))
  bench.now = 10_000
  return bench
}

describe("a receiver in the middle of a message hears (§5.3)", () => {
  it.each([
    ["the next fragment", frame(dat, 3, 5, content(1))],
    ["a fragment that it has", frame(dat, 1, 5, content(1))],
    ["a fragment ahead", frame(dat, 5, 5, content(1))],
    ["a damaged fragment", damaged(frame(dat, 3, 5, content(1)))],
    ["the announcement again", announcement],
    ["another announcement", frame(inf, 0, 7, text("T"))],
    ["a KPA", frame(kpa, 0, 0)]
  ])("%s", (_, bytes) => {
    const bench = receiving()
    bench.get(bytes)
    expect(bench.core.deadline).toBe(55_000)
  })

  it.each([
    ["a fragment of no message", frame(dat, 1, 4, content(1))],
    ["a damaged announcement", damaged(frame(inf, 0, 7, text("T")))],
    ["an answer", frame(ack, 3, 5)],
    ["what is no frame", content(9)]
  ])("but not %s", (_, bytes) => {
    const bench = receiving()
    expect(bench.get(bytes)).toEqual([])
    expect(bench.core.deadline).toBe(45_000)
  })
})

describe("an idle receiver", () => {
  it("remembers its peer for 20 s after a KPA", () => {
    const bench = new Bench()
    bench.now = 7000
    bench.get(frame(kpa, 0, 0))
    expect(bench.core.deadline).toBe(27_000)
  })

  it("gives its peer up 20 s after a message, from when it was safe, and remembers it for 45 s", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.get(frame(dat, 1, 1, content(1)))
    bench.now = 8000
    bench.accept(1)
    bench.at(28_000)
    expect([bench.events.at(-1), bench.core.deadline]).toEqual([{ _tag: "Disconnected", reason: "lost" }, 53_000])
    bench.at(53_000)
    expect(bench.core.isClosed).toBe(true)
  })

  it("takes a lost peer for connected again when it asks", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(20_000)
    bench.now = 21_000
    expect(bench.get(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    expect(bench.tags.slice(-2)).toEqual(["Disconnected", "Connected"])
    bench.at(41_000)
    expect([bench.tags.at(-1), bench.core.isClosed]).toEqual(["Disconnected", true])
  })

  it("remembers its peer for 20 s after a message, once a KPA shows that it has the last ACK", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 5000
    bench.get(frame(kpa, 0, 0))
    expect(bench.core.deadline).toBe(25_000)
  })

  it("hears repeats of the finished message, and nothing else that is no message of its own", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 5000
    bench.get(frame(dat, 1, 3, content(1)))
    bench.get(damaged(frame(dat, 1, 2, content(1))))
    expect(bench.core.deadline).toBe(20_000)
    expect(bench.core.counters).toMatchObject({ stray: 1, damaged: 1, copies: 0 })
    bench.get(frame(dat, 1, 2, content(1)))
    expect(bench.core.deadline).toBe(25_000)
    expect(bench.core.counters).toMatchObject({ stray: 1, damaged: 1, copies: 1 })
  })

  it("counts silence anew when it answers an announcement that it held (§7.3)", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 1000
    bench.get(frame(inf, 0, 2, text("T")))
    expect(bench.at(6000)).toEqual(["ACK 0"])
    expect(bench.core.deadline).toBe(26_000)
  })
})

describe("a receiver of a complete message that is not safe", () => {
  it("waits for ever, and is busy", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.get(frame(dat, 1, 1, content(1)))
    expect([bench.core.deadline, bench.core.isBusy]).toEqual([Infinity, true])
    bench.at(1e9)
    expect(bench.core.isClosed).toBe(false)
    expect(bench.accept(1)).toEqual(["ACK 1"])
    expect(bench.core.isBusy).toBe(false)
  })

  it("answers no damaged fragment: nothing is open any more", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.get(frame(dat, 1, 1, content(1)))
    expect(bench.get(damaged(frame(dat, 1, 1, content(1))))).toEqual([])
    expect(bench.core.counters.damaged).toBe(1)
  })

  it("answers repeats of all its fragments but the last", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.get(frame(dat, 3, 3, content(1)))
    expect([2, 3].map((number) => bench.get(frame(dat, number, 3, content(1))))).toEqual([["ACK 2"], []])
  })
})

describe("a receiver that refused", () => {
  const refusing = (): Bench => {
    const bench = receiving()
    bench.do((core) => core.refuse(1, 10_000))
    return bench
  }

  it("is lost 45 s after it heard the peer last, which only an announcement changes", () => {
    const bench = refusing()
    bench.get(frame(dat, 3, 5, content(1)))
    bench.get(frame(kpa, 0, 0))
    bench.get(frame(fin, 0, 0))
    expect([bench.core.deadline, bench.core.isBusy]).toEqual([45_000, false])
    bench.get(announcement)
    expect(bench.core.deadline).toBe(55_000)
    bench.at(55_000)
    expect(bench.core.isClosed).toBe(true)
    expect(bench.tags).toEqual(["Connected", "Opened", "Disconnected"])
  })

  it("counts a damaged fragment and says nothing to it", () => {
    const bench = refusing()
    expect(bench.get(damaged(frame(dat, 3, 5, content(1))))).toEqual([])
    expect(bench.core.counters.damaged).toBe(1)
    expect(bench.get(frame(dat, 3, 5, content(1)))).toEqual(["FIN 0"])
  })

  it("says FIN to every KPA, in the KPA's own dialect", () => {
    const bench = refusing()
    const asked = frame(kpa, 0, 0)
    asked[7] = 0
    const sizes = [frame(kpa, 0, 0), asked, asked].map((bytes) => {
      const target = new Uint8Array(Frame.maxFrameBytes)
      bench.core.handleDatagrams([bytes], bench.now)
      const answer = Frame.decode(target.slice(0, bench.core.pollTransmit(target, bench.now)))
      return typeof answer === "string" ? answer : [answer.kind, answer.fragmentSize]
    })
    expect(sizes).toEqual([[fin, 13], [fin, 0], [fin, 0]])
  })

  it("ignores a FIN: copies of the refused announcement still open nothing", () => {
    const bench = refusing()
    bench.get(frame(fin, 0, 0))
    expect(bench.get(announcement)).toEqual([])
    bench.at(13_000)
    expect(bench.get(announcement)).toEqual(["ACK 0"])
  })
})

describe("a timer", () => {
  it("that fires early ends nothing", () => {
    const bench = receiving()
    bench.at(44_999)
    expect([bench.core.isClosed, bench.tags]).toEqual([false, ["Connected", "Opened"]])
  })
})

describe("the end by silence", () => {
  it("is told, and no frame is read after it", () => {
    const bench = receiving()
    bench.at(45_000)
    expect(bench.events.slice(-2)).toEqual([
      { _tag: "Abandoned", serial: 1, reason: "lost" },
      { _tag: "Disconnected", reason: "lost" }
    ])
    expect([bench.core.isClosed, bench.core.isBusy, bench.core.deadline]).toEqual([true, false, Infinity])
    expect([bench.get(announcement), bench.get(frame(kpa, 0, 0)), bench.get(none)]).toEqual([[], [], []])
    expect(bench.tags.length).toBe(4)
  })
})
