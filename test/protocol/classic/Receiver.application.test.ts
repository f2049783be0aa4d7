/** What an application does with a receiver's messages, and what the peer and the application are told of it. */
import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { Bench, frame } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { dat, inf } = Frame.Kind
const announcementOf = (count: number): Uint8Array => frame(inf, 0, count, text("T"))

/** Sends fragments of message 1 until an ACK is withheld; the number of the last fragment, and bytes handed over. */
const fill = (bench: Bench): { readonly position: number; readonly unwritten: number } => {
  bench.get(announcementOf(9999))
  let position = 0
  while (bench.get(frame(dat, ++position, 9999, content(1445))).length > 0) {
    if (position > 1000) throw new Error("no ACK was ever withheld")
  }
  const blocks = bench.events.filter((event) => event._tag === "Block")
  return { position, unwritten: blocks.reduce((sum, { bytes }) => sum + bytes.length, 0) }
}

describe("arrived bytes", () => {
  it("are the content that has come of the current message, stored or not (§4.2)", () => {
    const bench = new Bench()
    const arrived = [bench.core.arrived(1)?.contentBytes]
    bench.get(frame(inf, 1, 4, text("F")))
    for (const payload of ["name", "abc", "de"]) {
      bench.get(frame(dat, arrived.length, 4, text(payload)))
      arrived.push(bench.core.arrived(1)?.contentBytes)
    }
    expect(arrived).toEqual([undefined, 0, 3, 5])
    expect([bench.core.arrived(0), bench.core.arrived(2)]).toEqual([undefined, undefined])
  })
})

describe("storage that caught up", () => {
  it("releases the ACK when no more than 256 KiB are left, not before (§4.2)", () => {
    const bench = new Bench()
    const { position, unwritten } = fill(bench)
    const excess = unwritten - Limits.unwrittenBytes
    expect(bench.do((core) => core.written(1, excess - 1))).toEqual([])
    expect(bench.do((core) => core.written(1, 1))).toEqual([`ACK ${position}`])
    expect(bench.get(frame(dat, position + 1, 9999, content(1)))).toEqual([`ACK ${position + 1}`])
  })

  it("does not acknowledge a last fragment that is not safe", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.get(frame(dat, 2, 2, content(1)))
    expect(bench.do((core) => core.written(1, 2))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 2"])
  })

  it("of another message releases nothing", () => {
    const bench = new Bench()
    const { unwritten } = fill(bench)
    expect(bench.do((core) => core.written(2, unwritten))).toEqual([])
  })

  it("owes the next message nothing: its ACKs do not wait for the old one's blocks", () => {
    const bench = new Bench()
    fill(bench)
    bench.get(announcementOf(3))
    expect(bench.get(frame(dat, 1, 3, content(1)))).toEqual(["ACK 1"])
  })

  it("may say so after the message or the connection is over", () => {
    const bench = new Bench()
    bench.finish(1)
    expect(bench.do((core) => {
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

describe("accepting", () => {
  it("a message that is not complete acknowledges nothing of it", () => {
    const bench = new Bench()
    bench.begin(3)
    expect(bench.accept(1)).toEqual([])
    expect(bench.core.isBusy).toBe(true)
    expect(bench.get(frame(dat, 3, 3, content(1)))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 3"])
  })

  it("an earlier message does not acknowledge the complete one that came after it", () => {
    const bench = new Bench()
    bench.begin(2)
    bench.begin(3)
    bench.get(frame(dat, 3, 3, content(1)))
    expect(bench.accept(1)).toEqual([])
    expect(bench.accept(2)).toEqual(["ACK 3"])
  })
})

describe("a message of count 0 (§3)", () => {
  it("has the copies of its announcement unanswered until it is safe", () => {
    const bench = new Bench()
    bench.get(announcementOf(0))
    expect(bench.get(announcementOf(0))).toEqual([])
    expect(bench.accept(1)).toEqual(["ACK 0"])
    expect(bench.tags).toEqual(["Connected", "Opened", "Completed"])
  })

  it("that is announced alike again begins when the 6 s are over, without a DAT (§7.3)", () => {
    const bench = new Bench()
    bench.get(announcementOf(0))
    bench.accept(1)
    bench.now = 100
    expect(bench.get(announcementOf(0))).toEqual([])
    expect(bench.at(6000)).toEqual([])
    expect(bench.tags.slice(3)).toEqual(["Opened", "Completed"])
    expect(bench.accept(2)).toEqual(["ACK 0"])
  })
})

describe("an announcement", () => {
  it("that is damaged is dropped and counted, idle or in the middle of a message", () => {
    const bench = new Bench()
    const bad = frame(inf, 0, 4, text("T"))
    bad[9] = (bad[9] ?? 0) ^ 1
    expect(bench.get(bad)).toEqual([])
    bench.begin(3)
    expect(bench.get(bad)).toEqual([])
    expect([bench.tags, bench.core.counters.damaged]).toEqual([["Connected", "Opened"], 2])
  })

  it("of another message abandons the one under way, which is told as replaced", () => {
    const bench = new Bench()
    bench.begin(3)
    bench.get(announcementOf(2))
    expect(bench.events[2]).toEqual({ _tag: "Abandoned", serial: 1, reason: "replaced" })
  })

  it("of another message leaves one that is complete to be made safe", () => {
    const bench = new Bench()
    bench.begin(1)
    bench.get(frame(dat, 1, 1, content(1)))
    expect(bench.get(announcementOf(4))).toEqual(["ACK 0"])
    expect(bench.tags).toEqual(["Connected", "Opened", "Block", "Completed", "Opened"])
    // Its last fragment is known, and acknowledged once it is safe.
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual([])
    bench.accept(1)
    expect(bench.get(frame(dat, 1, 1, content(1)))).toEqual(["ACK 1"])
  })
})

describe("the frames of a finished message", () => {
  it("are answered in the middle of another one", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.begin(4)
    expect(bench.get(frame(dat, 2, 2, content(1)))).toEqual(["ACK 2"])
    expect(bench.core.counters.copies).toBe(1)
  })

  it("begin nothing there, though a copy of its announcement was answered before (§7.3)", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.now = 100
    bench.get(announcementOf(2))
    expect(bench.at(6000)).toEqual(["ACK 0"])
    bench.begin(4)
    bench.get(frame(dat, 1, 2, content(1)))
    expect(bench.get(frame(dat, 4, 4, content(1)))).toEqual([])
    expect(bench.events.at(-1)).toMatchObject({ _tag: "Completed", serial: 2 })
  })

  it("are counted as copies, the announcement too", () => {
    const bench = new Bench()
    bench.finish(2)
    bench.get(announcementOf(2))
    bench.get(frame(dat, 1, 2, content(1)))
    expect(bench.core.counters.copies).toBe(2)
  })

  it("are dropped, where they announce it, in the middle of another message: none is answered later", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.begin(2)
    bench.get(announcementOf(1))
    bench.get(frame(dat, 2, 2, content(1)))
    bench.accept(2)
    expect(bench.core.deadline).toBe(20_000)
  })

  it("are dropped, where they announce it, before another message is refused: none is answered later", () => {
    const bench = new Bench()
    bench.finish(1)
    bench.begin(3)
    bench.get(announcementOf(1))
    bench.do((core) => core.refuse(2, 0))
    expect([bench.at(45_000), bench.core.isClosed]).toEqual([[], true])
  })
})
