/** How a receiver's connection ends: it drains, it lingers, the program stops (docs/PROTOCOL.md §6). */
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
    bench.do((core) => core.leave())
    expect(bench.get(announcementOf(5))).toEqual(["FIN 0"])
    expect(bench.events.slice(-2)).toEqual([
      { _tag: "Abandoned", serial: 1, reason: "replaced" },
      { _tag: "Disconnected", reason: "left" }
    ])
  })

  it("repeats its FIN to KPA and to another INF, and keeps what it knows for 3 s from the first", () => {
    const bench = new Bench()
    bench.get(frame(kpa, 0, 0))
    bench.do((core) => core.leave())
    bench.now = 1000
    expect(bench.get(frame(kpa, 0, 0))).toEqual(["FIN 0"])
    bench.now = 2000
    expect([bench.get(frame(kpa, 0, 0)), bench.get(announcementOf(5))]).toEqual([["FIN 0"], ["FIN 0"]])
    expect([bench.tags, bench.core.deadline]).toEqual([["Connected", "Disconnected"], 4000])
  })

  it("drops copies of the finished announcement, and answers none later", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.do((core) => core.leave())
    expect(bench.get(announcementOf(2))).toEqual([])
    expect(bench.core.deadline).toBe(20_000)
  })

  it("answers none that it held before", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.get(announcementOf(2))
    bench.do((core) => core.leave())
    expect(bench.core.deadline).toBe(20_000)
  })
})

describe("lingering after FIN (§6)", () => {
  it("acknowledges what may be late and drops copies of the announcement, for 3 s", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 1000
    expect(bench.get(frame(fin, 0, 0))).toEqual([])
    expect(bench.events.at(-1)).toEqual({ _tag: "Disconnected", reason: "ended" })
    expect(bench.get(announcementOf(2))).toEqual([])
    expect(bench.get(frame(dat, 2, 2, content(1)))).toEqual(["ACK 2"])
    expect(bench.get(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    expect(bench.core.deadline).toBe(4000)
    const before = bench.events.length
    bench.at(4000)
    expect([bench.core.isClosed, bench.events.length]).toEqual([true, before])
  })

  it("answers no copy of the announcement later", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 1000
    bench.get(frame(fin, 0, 0))
    bench.get(announcementOf(2))
    expect([bench.core.deadline, bench.at(4000), bench.core.isClosed]).toEqual([4000, [], true])
  })

  it("ends when another message begins", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.get(frame(fin, 0, 0))
    expect(bench.get(announcementOf(3))).toEqual(["ACK 0"])
    expect([bench.tags.slice(-3), bench.core.deadline]).toEqual([["Disconnected", "Connected", "Opened"], 45_000])
  })

  it("keeps a message that was complete when FIN came", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.get(frame(dat, 1, 1, content(1)))
    bench.get(frame(fin, 0, 0))
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Disconnected"])
    // Nobody is told so before it is safe.
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual([])
    bench.accept(1)
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
  })
})

describe("a program that stops (§6)", () => {
  it("says nothing to an idle peer, and forgets it", () => {
    const bench = new Bench()
    bench.get(frame(kpa, 0, 0))
    expect(bench.do((core) => core.abort())).toEqual([])
    expect([bench.core.isClosed, bench.core.deadline]).toEqual([true, Infinity])
    expect(bench.events.at(-1)).toEqual({ _tag: "Disconnected", reason: "left" })
  })

  it("says FIN to a peer whose message is complete and not safe, and keeps it", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.get(frame(dat, 1, 1, content(1)))
    expect(bench.do((core) => core.abort())).toEqual(["FIN 0"])
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Disconnected"])
  })

  it("tells its application that the message under way is ended", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.do((core) => core.abort())
    expect(bench.events.at(-2)).toEqual({ _tag: "Abandoned", serial: 1, reason: "ended" })
  })

  it("says FIN to a refused peer only if it has not heard it", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.do((core) => core.refuse(1, 0))
    expect(bench.get(frame(dat, 3, 3, content(1)))).toEqual(["FIN 0"])
    expect(bench.do((core) => core.abort())).toEqual([])
  })

  it("reads no frame any more", () => {
    const bench = new Bench()
    bench.do((core) => core.abort())
    expect([bench.get(announcementOf(2)), bench.get(damaged(frame(dat, 1, 2, content(1)))), bench.events]).toEqual([
      [],
      [],
      []
    ])
    expect(bench.core.counters.damaged).toBe(0)
  })
})
