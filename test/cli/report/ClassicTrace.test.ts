import { describe, expect, it } from "vitest"
import * as ClassicTrace from "../../../src/cli/report/ClassicTrace.ts"
import { plain } from "../../../src/cli/report/Colours.ts"
import * as TextLimits from "../../../src/cli/text/TextLimits.ts"
import { Kind } from "../../../src/protocol/classic/ClassicFrame.ts"
import { datagram, mischief, noise } from "../fakes.ts"

const lineOf = (shown: Parameters<typeof ClassicTrace.lineOf>[0], showsPayload = false): string =>
  ClassicTrace.lineOf(shown, showsPayload, plain)

describe("the line of a frame", () => {
  it("has fixed columns: direction, peer, type, place, size, check, bytes", () => {
    expect([
      datagram(),
      datagram({ isIntact: false, direction: "received" }),
      datagram({ kind: Kind.ack, payload: new Uint8Array(0), direction: "received" }),
      noise
    ].map((shown) => lineOf(shown))).toEqual([
      "→ 192.0.2.7:4040         DAT          3/10     17  crc 04cbbbda ok        17 B",
      "← 192.0.2.7:4040         DAT          3/10     17  crc 04cbbbda WRONG     17 B",
      "← 192.0.2.7:4040         ACK          3/10     13  crc 00000000 -         13 B",
      "← [2001:db8::1]:4040     no frame                                          3 B"
    ])
  })

  it("shows what it carries when it is asked to, escaped and not too much of it", () => {
    expect(lineOf(datagram({ payload: Buffer.from("ahoj\n\u001b[2J") }), true)).toMatch(/ B {2}ahoj\\n\\x1b\[2J$/)
    const long = lineOf(datagram({ payload: Buffer.alloc(1445, "x") }), true)
    expect(long.endsWith(`  ${"x".repeat(TextLimits.shownPayloadBytes)}…`)).toBe(true)
    expect(long).not.toMatch(mischief)
    expect(lineOf(datagram({ kind: Kind.ack, payload: new Uint8Array(0) }), true)).toMatch(/ 13 B$/)
  })

  it("has colours for the direction and for what is wrong", () => {
    const meanings = new Set<string>()
    const line = ClassicTrace.lineOf(datagram({ isIntact: false }), false, (meaning, text) => {
      meanings.add(meaning)
      return text
    })
    expect([...meanings].toSorted()).toEqual(["error", "sent"])
    expect(line).toBe(lineOf(datagram({ isIntact: false })))
  })
})

describe("the event of a frame", () => {
  it("has the fields of the header, and the whole payload when it is asked for", () => {
    const payload = Buffer.alloc(1445, "\\")
    expect(ClassicTrace.eventOf(datagram({ direction: "received" }), false)).toEqual({
      type: "frame",
      direction: "received",
      peer: "192.0.2.7:4040",
      sequenceNumber: 3,
      fragmentCount: 10,
      fragmentSize: 17,
      frameType: "DAT",
      crc: "04cbbbda",
      valid: true,
      bytes: 17
    })
    expect(ClassicTrace.eventOf(datagram({ payload }), true)).toMatchObject({ payload: "\\\\".repeat(1445) })
  })

  it("of what is no frame has none of them", () => {
    expect(ClassicTrace.eventOf(noise, true)).toEqual({
      type: "frame",
      direction: "received",
      peer: noise.peer,
      valid: false,
      bytes: 3
    })
  })
})
