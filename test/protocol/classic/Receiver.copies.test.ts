import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Bench, frame } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { dat, fin, inf, kpa } = Frame.Kind

describe("late copies", () => {
  it("of announcement and fragment do not deliver a short message twice", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(200)
    expect(bench.get(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    bench.at(4000)
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(1)
  })

  it("of an announcement of a message before the last deliver nothing twice", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(100)
    bench.finish(2, 2)
    bench.at(200)
    expect(bench.get(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual([])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(2)
  })

  it("of an announcement of a message before the last do not end the one under way", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.finish(2, 2)
    bench.begin(3)
    bench.at(200)
    expect(bench.get(frame(inf, 0, 1, text("T")))).toEqual([])
    bench.get(frame(dat, 3, 3, content(1)))
    expect(bench.accept(3)).toEqual(["ACK 3"])
    expect(bench.tags).not.toContain("Abandoned")
  })

  it("of the last fragment are no reason to acknowledge a message that is not safe yet, when another has begun", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.get(frame(dat, 2, 2, content(1)))
    expect(bench.get(frame(inf, 0, 3, text("T")))).toEqual(["ACK 0"])
    expect(bench.get(frame(dat, 1, 2, content(1)))).toEqual(["ACK 1"])
    expect(bench.get(frame(dat, 2, 2, content(1)))).toEqual([])
    bench.accept(1)
    expect(bench.get(frame(dat, 2, 2, content(1)))).toEqual(["ACK 2"])
  })

  it("of an announcement are told from a new one by time: one that comes again after 3 s begins a message", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(200)
    bench.get(frame(inf, 0, 1, text("T")))
    bench.at(2999)
    expect(bench.get(frame(inf, 0, 1, text("T")))).toEqual([])
    bench.at(3000)
    expect(bench.get(frame(inf, 0, 1, text("T")))).toEqual(["ACK 0"])
  })

  it("of an announcement would be followed by repeats or a keep-alive: without them it is answered after 6 s", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(200)
    expect(bench.get(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.core.deadline).toBe(6000)
    expect(bench.at(5999)).toEqual([])
    expect(bench.at(6000)).toEqual(["ACK 0"])
    bench.get(frame(dat, 1, 1, content(1)))
    expect(bench.accept(2)).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(2)
  })

  it("of an announcement are forgotten when a keep-alive shows an idle client", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(200)
    bench.get(frame(inf, 0, 1, text("T")))
    expect(bench.at(6000)).toEqual(["ACK 0"])
    bench.at(9000)
    expect(bench.get(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Opened").length).toBe(1)
  })

  it("are in doubt until the first fragment, which a sender asks for that lost it on the way", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(200)
    bench.get(frame(inf, 0, 1, text("T")))
    bench.at(6000)
    bench.at(6040)
    expect(bench.get(frame(kpa, 0, 0))).toEqual(["NACK 0"])
    bench.get(frame(dat, 1, 1, content(1)))
    expect(bench.accept(2)).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(2)
  })

  it("are not answered when the program stood still, before what waits was read (S17)", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.at(200)
    bench.get(frame(inf, 0, 1, text("T")))
    expect(bench.at(9000)).toEqual([])
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(1)
  })

  it("do not replace another message that is under way", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.begin(4)
    expect(bench.get(frame(inf, 0, 1, text("T")))).toEqual([])
    expect(bench.get(frame(dat, 4, 4))).toEqual([])
    expect(bench.accept(2)).toEqual(["ACK 4"])
  })

  it("after FIN open no connection", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.get(frame(fin, 0, 0))
    bench.get(frame(inf, 0, 1, text("T")))
    bench.get(frame(dat, 1, 1, content(1)))
    bench.get(frame(kpa, 0, 0))
    bench.get(frame(fin, 0, 0))
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Disconnected"])
    bench.at(3000)
    expect(bench.core.isClosed).toBe(true)
  })

  it("of an earlier message with the same count are a known weakness: the wire cannot tell their fragments apart", () => {
    const bench = new Bench()
    bench.get(frame(inf, 0, 2, text("T")))
    bench.get(frame(dat, 1, 2, text("old1")))
    bench.get(frame(dat, 2, 2, text("o2")))
    bench.accept(1)
    bench.at(4000)
    bench.get(frame(inf, 0, 2, text("T")))
    bench.get(frame(dat, 1, 2, text("old1")))
    expect(bench.get(frame(dat, 1, 2, text("new1")))).toEqual(["ACK 1"])
    bench.get(frame(dat, 2, 2, text("n2")))
    const blocks = bench.events.filter((event) => event._tag === "Block")
    expect(new TextDecoder().decode(blocks[1]?.bytes)).toBe("old1n2")
  })

  it("of a fragment are answered for as long as an existing client may repeat its last one", () => {
    const bench = new Bench()
    bench.finish(3)
    bench.at(20_000)
    expect([bench.tags.at(-1), bench.core.isClosed, bench.core.deadline]).toEqual(["Disconnected", false, 45_000])
    bench.now = 20_010
    expect(bench.get(frame(dat, 3, 3, content(1)))).toEqual(["ACK 3"])
    bench.at(40_010)
    expect(bench.core.isClosed).toBe(false)
    bench.at(65_010)
    expect(bench.core.isClosed).toBe(true)
    expect(bench.events.filter(({ _tag }) => _tag === "Disconnected")).toEqual([
      { _tag: "Disconnected", reason: "lost" }
    ])
  })

  it("that are held are forgotten when another message begins", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.get(frame(inf, 0, 1, text("T")))
    bench.begin(4)
    expect(bench.core.deadline).toBe(45_000)
    expect(bench.at(45_000)).toEqual([])
    expect(bench.core.isClosed).toBe(true)
  })

  it("of a refused announcement do not open it again", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.do((core) => core.refuse(1, 0))
    expect(bench.get(frame(inf, 0, 2, text("T")))).toEqual([])
    bench.at(3000)
    expect(bench.get(frame(inf, 0, 2, text("T")))).toEqual(["ACK 0"])
  })
})
