import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Bench, damaged, frame, none } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { ack, dat, fin, inf, kpa, nack } = Frame.Kind

describe("a message", () => {
  it("is acknowledged fragment by fragment, the last one when the application accepts it", () => {
    const bench = new Bench()
    expect(bench.receive(frame(inf, 0, 2, text("T")))).toEqual(["ACK 0"])
    expect(bench.receive(frame(dat, 1, 2, text("he")))).toEqual(["ACK 1"])
    expect(bench.receive(frame(dat, 2, 2, text("y!")))).toEqual([])
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed"])
    expect(bench.accept(1)).toEqual(["ACK 2"])
  })

  it("has its announcement acknowledged again while it is being received", () => {
    const bench = new Bench()
    bench.begin(3)
    expect(bench.receive(frame(inf, 0, 3, text("T")))).toEqual(["ACK 0"])
    expect(bench.receive(frame(dat, 3, 3))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 3"])
  })

  it("appends a fragment once and acknowledges every copy", () => {
    const bench = new Bench()
    bench.begin(3)
    expect(bench.receive(frame(dat, 1, 3, content(1)))).toEqual(["ACK 1"])
    bench.receive(frame(dat, 3, 3))
    expect(bench.events.at(-1)).toMatchObject({ reception: { contentBytes: 2, duplicates: 1 } })
  })

  it("does not acknowledge a fragment ahead of the next one", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.receive(frame(inf, 0, 9, text("T")))
    expect(bench.receive(frame(dat, 2, 9, content(1)))).toEqual([])
    expect(bench.core.counters.ahead).toBe(1)
  })

  it("answers each damaged fragment by one NACK", () => {
    const bench = new Bench()
    bench.begin(2)
    const bad = damaged(frame(dat, 2, 2, content(4)))
    expect(bench.receive(bad)).toEqual(["NACK 2"])
    expect(bench.receive(bad)).toEqual(["NACK 2"])
    bench.receive(frame(dat, 2, 2, content(4)))
    expect(bench.events.at(-1)).toMatchObject({ reception: { damaged: 2, damagedNumbers: [2, 2] } })
  })

  it("is replaced by another announcement and reported as abandoned", () => {
    const bench = new Bench()
    bench.begin(3)
    expect(bench.receive(frame(inf, 0, 2, text("T")))).toEqual(["ACK 0"])
    expect(bench.tags).toEqual(["Connected", "Opened", "Abandoned", "Opened"])
  })

  it("of count 0 is an empty message, acknowledged by the answer to its announcement", () => {
    const bench = new Bench()
    expect(bench.receive(frame(inf, 0, 0, text("T")))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 0"])
  })

  it("that ends after its name is an empty file", () => {
    const bench = new Bench()
    bench.receive(frame(inf, 1, 1, text("F")))
    bench.receive(frame(dat, 1, 1, text("a")))
    expect(bench.tags).toEqual(["Connected", "Opened", "Completed"])
    expect(bench.accept(1)).toEqual(["ACK 1"])
  })

  it("has an ACK withheld while much is unwritten, and sent once storage has written it", () => {
    const bench = new Bench()
    bench.receive(frame(inf, 0, 9999, text("T")))
    let position = 0
    while (bench.receive(frame(dat, ++position, 9999, content(1445))).length > 0);
    const blocks = bench.events.filter((event) => event._tag === "Block")
    expect(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeGreaterThan(256 * 1024)
    expect(bench.receive(frame(dat, position, 9999, content(1445)))).toEqual([])
    expect(bench.receive(frame(dat, position + 1, 9999, content(1445)))).toEqual([])
    expect(bench.core.counters.ahead).toBe(1)
    expect(bench.call((core) => core.written(1, blocks[0]?.bytes.length ?? 0))).toEqual([`ACK ${position}`])
  })
})

describe("the end of a message", () => {
  it("answers retransmissions of any fragment until the next announcement, and delivers once", () => {
    const bench = new Bench()
    bench.finish(3)
    bench.timeoutAt(1000)
    expect(bench.receive(frame(dat, 3, 3, content(1)))).toEqual(["ACK 3"])
    expect(bench.receive(frame(dat, 1, 3, content(1)))).toEqual(["ACK 1"])
    expect(bench.tags.filter((tag) => tag === "Completed").length).toBe(1)
  })

  it("answers a KPA by NACK until the application accepts the message", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1, content(1)))
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["NACK 0"])
    bench.accept(1)
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["ACK 0"])
  })

  it("ignores calls of the application for a message that is not current", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.receive(frame(inf, 0, 5, text("T")))
    expect(bench.call((core) => {
      core.accept(1, 0)
      core.written(1, 5)
      core.refuse(1, 0)
    })).toEqual([])
    expect(bench.receive(frame(dat, 1, 5))).toEqual(["ACK 1"])
  })
})

describe("a refusal", () => {
  it("is one FIN in answer to the next fragment, and no further answer", () => {
    const bench = new Bench()
    bench.begin(5)
    expect(bench.call((core) => core.refuse(1, 0))).toEqual([])
    expect(bench.receive(frame(dat, 5, 5))).toEqual(["FIN 0"])
    expect(bench.receive(frame(dat, 5, 5))).toEqual([])
    expect(bench.events.at(-1)).toEqual({ _tag: "Disconnected", reason: "refused" })
  })

  it("is sent in place of a withheld ACK", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1))
    expect(bench.call((core) => core.refuse(1, 0))).toEqual(["FIN 0"])
  })

  it("is sent again in answer to a probe, and never followed by an ACK", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1))
    bench.call((core) => core.refuse(1, 0))
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["FIN 0"])
  })

  it("does not prevent the peer from sending another message", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.call((core) => core.refuse(1, 0))
    expect(bench.finish(3, 2)).toEqual(["ACK 3"])
  })
})

describe("the connection", () => {
  it("answers a KPA before any message", () => {
    const bench = new Bench()
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    expect(bench.tags).toEqual(["Connected"])
  })

  it("is lost after 20 s without frames, and after 45 s in the middle of a message", () => {
    const idle = new Bench()
    idle.receive(frame(kpa, 0, 0))
    idle.timeoutAt(19_999)
    expect(idle.core.isClosed).toBe(false)
    idle.timeoutAt(20_000)
    expect(idle.tags).toEqual(["Connected", "Disconnected"])
    const receiving = new Bench()
    receiving.begin(3)
    expect(receiving.core.deadline).toBe(45_000)
    receiving.timeoutAt(45_000)
    expect(receiving.tags).toEqual(["Connected", "Opened", "Abandoned", "Disconnected"])
    expect(receiving.core.isClosed).toBe(true)
  })

  it("ends with FIN, which is not answered, and abandons the current message", () => {
    const bench = new Bench()
    bench.begin(3)
    expect(bench.receive(frame(fin, 0, 0))).toEqual([])
    expect(bench.events.slice(-2)).toMatchObject([{ _tag: "Abandoned", reason: "ended" }, { _tag: "Disconnected" }])
  })

  it("answers a KPA by FIN while it drains", () => {
    const bench = new Bench()
    bench.receive(frame(kpa, 0, 0))
    bench.call((core) => core.leave())
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["FIN 0"])
    expect(bench.events.at(-1)).toEqual({ _tag: "Disconnected", reason: "left" })
  })

  it("does not send FIN to a sender that may lack the last ACK (R6)", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.call((core) => core.leave())
    bench.timeoutAt(1000)
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["ACK 0"])
    bench.timeoutAt(3500)
    expect([bench.receive(frame(dat, 2, 2, content(1))), bench.receive(frame(kpa, 0, 0))]).toEqual([["ACK 2"], [
      "ACK 0"
    ]])
    bench.timeoutAt(6500)
    expect(bench.receive(frame(kpa, 0, 0))).toEqual(["FIN 0"])
  })

  it("answers an announcement by FIN while it drains, after it has finished the current message", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.call((core) => core.leave())
    bench.receive(frame(dat, 2, 2, content(1)))
    expect(bench.accept(1)).toEqual(["ACK 2"])
    expect(bench.receive(frame(inf, 0, 5, text("T")))).toEqual(["FIN 0"])
    expect(bench.events.at(-1)).toEqual({ _tag: "Disconnected", reason: "left" })
  })

  it("sends FIN to a peer in the middle of a message when the program stops", () => {
    const bench = new Bench()
    bench.begin(3)
    expect(bench.call((core) => core.abort())).toEqual(["FIN 0"])
    expect(bench.events.slice(-2)).toMatchObject([{ _tag: "Abandoned" }, { _tag: "Disconnected", reason: "left" }])
  })

  it("sends FIN to a refused peer that got none when the program stops", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.call((core) => core.refuse(1, 0))
    expect(bench.call((core) => core.abort())).toEqual(["FIN 0"])
  })

  it("is not changed by a datagram that is not a frame or not for a server", () => {
    const bench = new Bench()
    bench.begin(3)
    const before = bench.events.length
    for (const bytes of [none, content(12), content(6000), frame(ack, 1, 3), frame(nack, 1, 3), frame(dat, 1, 7)]) {
      expect(bench.receive(bytes)).toEqual([])
    }
    expect(bench.events.length).toBe(before)
    expect(bench.core.counters).toMatchObject({ malformed: 3, unexpected: 2, stray: 1 })
  })
})
