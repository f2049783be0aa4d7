/** The calls of an application about a receiver's messages, and the replies and events that follow. */
import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { Bench, frame } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { dat, inf } = Frame.Kind
const announcementOf = (count: number): Uint8Array => frame(inf, 0, count, text("T"))

/**
 * Sends fragments of message 1 until an ACK is withheld; returns the number of the last fragment and the emitted bytes.
 */
const fill = (bench: Bench): { readonly position: number; readonly unwritten: number } => {
  bench.receive(announcementOf(9999))
  let position = 0
  while (bench.receive(frame(dat, ++position, 9999, content(1445))).length > 0) {
    if (position > 1000) throw new Error("no ACK was ever withheld")
  }
  const blocks = bench.events.filter((event) => event._tag === "Block")
  return { position, unwritten: blocks.reduce((sum, { bytes }) => sum + bytes.length, 0) }
}

describe("arrived bytes", () => {
  it("are the received content of the current message, written or not (§4.2)", () => {
    const bench = new Bench()
    const arrived = [bench.core.arrived(1)?.contentBytes]
    bench.receive(frame(inf, 1, 4, text("F")))
    for (const payload of ["name", "abc", "de"]) {
      bench.receive(frame(dat, arrived.length, 4, text(payload)))
      arrived.push(bench.core.arrived(1)?.contentBytes)
    }
    expect(arrived).toEqual([undefined, 0, 3, 5])
    expect([bench.core.arrived(0), bench.core.arrived(2)]).toEqual([undefined, undefined])
  })
})

describe("written content", () => {
  it("releases the ACK once at most 256 KiB are unwritten (§4.2)", () => {
    const bench = new Bench()
    const { position, unwritten } = fill(bench)
    const excess = unwritten - Limits.unwrittenBytes
    expect(bench.call((core) => core.written(1, excess - 1))).toEqual([])
    expect(bench.call((core) => core.written(1, 1))).toEqual([`ACK ${position}`])
    expect(bench.receive(frame(dat, position + 1, 9999, content(1)))).toEqual([`ACK ${position + 1}`])
  })

  it("does not acknowledge the last fragment before the message is published", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.receive(frame(dat, 2, 2, content(1)))
    expect(bench.call((core) => core.written(1, 2))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 2"])
  })

  it("of another message releases no ACK", () => {
    const bench = new Bench()
    const { unwritten } = fill(bench)
    expect(bench.call((core) => core.written(2, unwritten))).toEqual([])
  })

  it("does not delay the next message: its ACKs do not wait for the old blocks", () => {
    const bench = new Bench()
    fill(bench)
    bench.receive(announcementOf(3))
    expect(bench.receive(frame(dat, 1, 3, content(1)))).toEqual(["ACK 1"])
  })

  it("may be reported after the end of the message or the connection", () => {
    const bench = new Bench()
    bench.finish(1)
    expect(bench.call((core) => {
      core.written(1, 1)
      core.accept(1, 0)
      core.refuse(1, 0)
      core.abort()
      core.written(1, 1)
      core.accept(1, 0)
      core.refuse(1, 0)
    })).toEqual([])
    expect(bench.core.isClosed).toBe(true)
  })
})

describe("accept", () => {
  it("of an incomplete message sends no ACK", () => {
    const bench = new Bench()
    bench.begin(3)
    expect(bench.accept(1)).toEqual([])
    expect(bench.core.isBusy).toBe(true)
    expect(bench.receive(frame(dat, 3, 3, content(1)))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 3"])
  })

  it("of an earlier message does not acknowledge the complete one after it", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.begin(3)
    bench.receive(frame(dat, 3, 3, content(1)))
    expect(bench.accept(1)).toEqual([])
    expect(bench.accept(2)).toEqual(["ACK 3"])
  })
})

describe("a message of count 0 (§3)", () => {
  it("has its announcement acknowledged only after it is published", () => {
    const bench = new Bench()
    bench.receive(announcementOf(0))
    expect(bench.receive(announcementOf(0))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 0"])
    expect(bench.tags).toEqual(["Connected", "Opened", "Completed"])
  })

  it("with an equal announcement begins after 6 s, without a DAT (§7.3)", () => {
    const bench = new Bench()
    bench.receive(announcementOf(0))
    bench.accept(1)
    bench.now = 100
    expect(bench.receive(announcementOf(0))).toEqual([])
    expect(bench.timeoutAt(6000)).toEqual([])
    expect(bench.tags.slice(3)).toEqual(["Opened", "Completed"])
    expect(bench.accept(2)).toEqual(["ACK 0"])
  })
})

describe("an announcement", () => {
  it("that is damaged is dropped and counted, between messages and in the middle of one", () => {
    const bench = new Bench()
    const bad = frame(inf, 0, 4, text("T"))
    bad[9] = (bad[9] ?? 0) ^ 1
    expect(bench.receive(bad)).toEqual([])
    bench.begin(3)
    expect(bench.receive(bad)).toEqual([])
    expect([bench.tags, bench.core.counters.damaged]).toEqual([["Connected", "Opened"], 2])
  })

  it("of another message abandons the current one with the reason replaced", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.receive(announcementOf(2))
    expect(bench.events[2]).toEqual({ _tag: "Abandoned", serial: 1, reason: "replaced" })
  })

  it("of another message does not abandon a complete one before its publication", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.receive(frame(dat, 1, 1, content(1)))
    expect(bench.receive(announcementOf(4))).toEqual(["ACK 0"])
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Opened"])
    // Its last fragment is acknowledged again only after it is published.
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual([])
    bench.accept(1)
    expect(bench.receive(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
  })
})

describe("the frames of a finished message", () => {
  it("are answered in the middle of another one", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.begin(4)
    expect(bench.receive(frame(dat, 2, 2, content(1)))).toEqual(["ACK 2"])
    expect(bench.core.counters.copies).toBe(1)
  })

  it("begin no message there, although a copy of its announcement was answered before (§7.3)", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 100
    bench.receive(announcementOf(2))
    expect(bench.timeoutAt(6000)).toEqual(["ACK 0"])
    bench.begin(4)
    bench.receive(frame(dat, 1, 2, content(1)))
    expect(bench.receive(frame(dat, 4, 4, content(1)))).toEqual([])
    expect(bench.events.at(-1)).toMatchObject({ _tag: "Completed", serial: 2 })
  })

  it("are counted as copies, the announcement too", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.receive(announcementOf(2))
    bench.receive(frame(dat, 1, 2, content(1)))
    expect(bench.core.counters.copies).toBe(2)
  })

  it("are dropped if they are announcements, in the middle of another message, and not answered later", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.begin(2)
    bench.receive(announcementOf(1))
    bench.receive(frame(dat, 2, 2, content(1)))
    bench.accept(2)
    expect(bench.core.deadline).toBe(20_000)
  })

  it("are dropped if they are announcements, before another message is refused, and not answered later", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.begin(3)
    bench.receive(announcementOf(1))
    bench.call((core) => core.refuse(2, 0))
    expect([bench.timeoutAt(45_000), bench.core.isClosed]).toEqual([[], true])
  })
})
