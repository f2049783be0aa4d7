/** The end of a receiver's connection: draining, lingering, and a program that stops (docs/PROTOCOL.md §6). */
import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Bench, damaged, frame } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { dat, fin, inf, kpa } = Frame.Kind
const announcementOf = (count: number): Uint8Array => frame(inf, 0, count, text("T"))

describe("a receiver that drains (§6)", () => {
  it("answers an announcement in the middle of a message by FIN and abandons it", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.call((core) => core.leave())
    expect(bench.receive(announcementOf(5))).toEqual(["FIN 0"])
    expect(bench.events.slice(-2)).toEqual([
      { _tag: "Abandoned", serial: 1, reason: "replaced" },
      { _tag: "Disconnected", reason: "left" }
    ])
  })

  it("repeats its FIN to KPA and to another INF, and keeps its state for 3 s from the first", () => {
    const bench = new Bench()
    bench.receive(frame(kpa, 0, 0))
    bench.call((core) => core.leave())
    bench.now = 1000
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["FIN 0"])
    bench.now = 2000
    expect([bench.receive(frame(kpa, 0, 0)), bench.receive(announcementOf(5))]).toEqual([["FIN 0"], ["FIN 0"]])
    expect([bench.tags, bench.core.deadline]).toEqual([["Connected", "Disconnected"], 4000])
  })

  it("drops copies of the finished announcement and does not answer them later", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.call((core) => core.leave())
    expect(bench.receive(announcementOf(2))).toEqual([])
    expect(bench.core.deadline).toBe(20_000)
  })

  it("does not answer an announcement that it held before", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.receive(announcementOf(2))
    bench.call((core) => core.leave())
    expect(bench.core.deadline).toBe(20_000)
  })
})

describe("lingering after FIN (§6)", () => {
  it("acknowledges late DATs and KPAs and drops copies of the announcement, for 3 s", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 1000
    expect(bench.receive(frame(fin, 0, 0))).toEqual([])
    expect(bench.events.at(-1)).toEqual({ _tag: "Disconnected", reason: "ended" })
    expect(bench.receive(announcementOf(2))).toEqual([])
    expect(bench.receive(frame(dat, 2, 2, content(1)))).toEqual(["ACK 2"])
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    expect(bench.core.deadline).toBe(4000)
    const before = bench.events.length
    bench.timeoutAt(4000)
    expect([bench.core.isClosed, bench.events.length]).toEqual([true, before])
  })

  it("does not answer a copy of the announcement later", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 1000
    bench.receive(frame(fin, 0, 0))
    bench.receive(announcementOf(2))
    expect([bench.core.deadline, bench.timeoutAt(4000), bench.core.isClosed]).toEqual([4000, [], true])
  })

  it("ends when another message begins", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.receive(frame(fin, 0, 0))
    expect(bench.receive(announcementOf(3))).toEqual(["ACK 0"])
    expect([bench.tags.slice(-3), bench.core.deadline]).toEqual([["Disconnected", "Connected", "Opened"], 45_000])
  })

  it("keeps a message that was complete before FIN", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1, content(1)))
    bench.receive(frame(fin, 0, 0))
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Disconnected"])
    // It is acknowledged only after it is published.
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual([])
    bench.accept(1)
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
  })
})

describe("a program that stops (§6)", () => {
  it("sends nothing to an idle peer and removes its state", () => {
    const bench = new Bench()
    bench.receive(frame(kpa, 0, 0))
    expect(bench.call((core) => core.abort())).toEqual([])
    expect([bench.core.isClosed, bench.core.deadline]).toEqual([true, Infinity])
    expect(bench.events.at(-1)).toEqual({ _tag: "Disconnected", reason: "left" })
  })

  it("sends FIN to a peer whose message is complete and not published, and keeps the message", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1, content(1)))
    expect(bench.call((core) => core.abort())).toEqual(["FIN 0"])
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Disconnected"])
  })

  it("reports the current message as ended", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.call((core) => core.abort())
    expect(bench.events.at(-2)).toEqual({ _tag: "Abandoned", serial: 1, reason: "ended" })
  })

  it("sends FIN to a refused peer only if none was sent", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.call((core) => core.refuse(1, 0))
    expect(bench.receive(frame(dat, 3, 3, content(1)))).toEqual(["FIN 0"])
    expect(bench.call((core) => core.abort())).toEqual([])
  })

  it("processes no frame after it", () => {
    const bench = new Bench()
    bench.call((core) => core.abort())
    expect([bench.receive(announcementOf(2)), bench.receive(damaged(frame(dat, 1, 2, content(1)))), bench.events])
      .toEqual([
        [],
        [],
        []
      ])
    expect(bench.core.counters.damaged).toBe(0)
  })
})
