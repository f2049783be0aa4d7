import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Bench, frame } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { dat, fin, inf, kpa } = Frame.Kind

describe("late copies", () => {
  it("of the announcement and the fragment do not deliver a short message twice", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(200)
    expect(bench.receive(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    bench.timeoutAt(4000)
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(1)
  })

  it("of an announcement of an earlier message deliver no message twice", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(100)
    bench.finish(2, 2)
    bench.timeoutAt(200)
    expect(bench.receive(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual([])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(2)
  })

  it("of an announcement of an earlier message do not end the current message", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.finish(2, 2)
    bench.begin(3)
    bench.timeoutAt(200)
    expect(bench.receive(frame(inf, 0, 1, text("T")))).toEqual([])
    bench.receive(frame(dat, 3, 3, content(1)))
    expect(bench.accept(3)).toEqual(["ACK 3"])
    expect(bench.tags).not.toContain("Abandoned")
  })

  it("of the last fragment do not acknowledge an unpublished message after another one began", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.receive(frame(dat, 2, 2, content(1)))
    expect(bench.receive(frame(inf, 0, 3, text("T")))).toEqual(["ACK 0"])
    expect(bench.receive(frame(dat, 1, 2, content(1)))).toEqual(["ACK 1"])
    expect(bench.receive(frame(dat, 2, 2, content(1)))).toEqual([])
    bench.accept(1)
    expect(bench.receive(frame(dat, 2, 2, content(1)))).toEqual(["ACK 2"])
  })

  it("of an announcement are distinguished by time: an equal one after 3 s begins a message", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(200)
    bench.receive(frame(inf, 0, 1, text("T")))
    bench.timeoutAt(2999)
    expect(bench.receive(frame(inf, 0, 1, text("T")))).toEqual([])
    bench.timeoutAt(3000)
    expect(bench.receive(frame(inf, 0, 1, text("T")))).toEqual(["ACK 0"])
  })

  it("of an announcement are followed by retransmissions or a KPA: without them it is answered after 6 s", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(200)
    expect(bench.receive(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.core.deadline).toBe(6000)
    expect(bench.timeoutAt(5999)).toEqual([])
    expect(bench.timeoutAt(6000)).toEqual(["ACK 0"])
    bench.receive(frame(dat, 1, 1, content(1)))
    expect(bench.accept(2)).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(2)
  })

  it("of an announcement are dropped when a KPA shows an idle client", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(200)
    bench.receive(frame(inf, 0, 1, text("T")))
    expect(bench.timeoutAt(6000)).toEqual(["ACK 0"])
    bench.timeoutAt(9000)
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Opened").length).toBe(1)
  })

  it("are ambiguous until the first fragment, and a probe of a sender that lost it gets NACK", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(200)
    bench.receive(frame(inf, 0, 1, text("T")))
    bench.timeoutAt(6000)
    bench.timeoutAt(6040)
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["NACK 0"])
    bench.receive(frame(dat, 1, 1, content(1)))
    expect(bench.accept(2)).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(2)
  })

  it("are not answered after a stall of the program before unread datagrams were read (S17)", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.timeoutAt(200)
    bench.receive(frame(inf, 0, 1, text("T")))
    expect(bench.timeoutAt(9000)).toEqual([])
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(1)
  })

  it("do not replace another current message", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.begin(4)
    expect(bench.receive(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.receive(frame(dat, 4, 4))).toEqual([])
    expect(bench.accept(2)).toEqual(["ACK 4"])
  })

  it("after FIN begin no connection", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.receive(frame(fin, 0, 0))
    bench.receive(frame(inf, 0, 1, text("T")))
    bench.receive(frame(dat, 1, 1, content(1)))
    bench.receive(frame(kpa, 0, 0))
    bench.receive(frame(fin, 0, 0))
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Disconnected"])
    bench.timeoutAt(3000)
    expect(bench.core.isClosed).toBe(true)
  })

  it("of an earlier message with the same count are a known weakness: their fragments cannot be distinguished", () => {
    const bench = new Bench()
    bench.receive(frame(inf, 0, 2, text("T")))
    bench.receive(frame(dat, 1, 2, text("old1")))
    bench.receive(frame(dat, 2, 2, text("o2")))
    bench.accept(1)
    bench.timeoutAt(4000)
    bench.receive(frame(inf, 0, 2, text("T")))
    bench.receive(frame(dat, 1, 2, text("old1")))
    expect(bench.receive(frame(dat, 1, 2, text("new1")))).toEqual(["ACK 1"])
    bench.receive(frame(dat, 2, 2, text("n2")))
    const blocks = bench.events.filter((event) => event._tag === "Block")
    expect(new TextDecoder().decode(blocks[1]?.bytes)).toBe("old1n2")
  })

  it("of a fragment are answered while an existing client may retransmit its last one", () => {
    const bench = new Bench()
    bench.finish(3)
    bench.timeoutAt(20_000)
    expect([bench.tags.at(-1), bench.core.isClosed, bench.core.deadline]).toEqual(["Disconnected", false, 45_000])
    bench.now = 20_010
    expect(bench.receive(frame(dat, 3, 3, content(1)))).toEqual(["ACK 3"])
    bench.timeoutAt(40_010)
    expect(bench.core.isClosed).toBe(false)
    bench.timeoutAt(65_010)
    expect(bench.core.isClosed).toBe(true)
    expect(bench.events.filter(({ _tag }) => _tag === "Disconnected")).toEqual([
      { _tag: "Disconnected", reason: "lost" }
    ])
  })

  it("that are held are dropped when another message begins", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.receive(frame(inf, 0, 1, text("T")))
    bench.begin(4)
    expect(bench.core.deadline).toBe(45_000)
    expect(bench.timeoutAt(45_000)).toEqual([])
    expect(bench.core.isClosed).toBe(true)
  })

  it("of a refused announcement do not begin the message again", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.call((core) => core.refuse(1, 0))
    expect(bench.receive(frame(inf, 0, 2, text("T")))).toEqual([])
    bench.timeoutAt(3000)
    expect(bench.receive(frame(inf, 0, 2, text("T")))).toEqual(["ACK 0"])
  })
})
