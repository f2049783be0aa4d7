import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/apps/chat/LinkedLimits.ts"
import * as TextLedger from "../../../src/apps/chat/TextLedger.ts"

/** A ledger of events `event at`. */
const ledgerOf = (text: string, ...events: ReadonlyArray<readonly [TextLedger.TextEvent, number]>) =>
  events.reduce((ledger, [event, at]) => TextLedger.add(ledger, text, event, at), TextLedger.empty)

describe("the ledger of texts", () => {
  it("counts the events of each text for two seconds", () => {
    const ledger = TextLedger.add(ledgerOf("61", ["bare", 0], ["bare", 900]), "62", "bare", 900)
    const counts = (now: number) => ["61", "62", "63"].map((text) => TextLedger.count(ledger, text, "bare", now))
    expect(counts(900)).toEqual([2, 1, 0])
    expect(counts(Limits.windowMillis)).toEqual([1, 1, 0])
    expect(counts(900 + Limits.windowMillis)).toEqual([0, 0, 0])
    expect(ledger.pruneAt).toBe(Limits.windowMillis)
  })

  it("forgets a text that was sent together with its return, and no earlier", () => {
    const ledger = ledgerOf("61", ["sent", 0], ["bare", 400], ["framed", 410])
    const counts = (now: number) =>
      (["sent", "bare", "framed"] as const).map((event) => TextLedger.count(ledger, "61", event, now))
    expect(counts(Limits.windowMillis - 1)).toEqual([1, 1, 1])
    expect(counts(Limits.windowMillis)).toEqual([0, 0, 0])
  })

  it("forgets a text of the other server together with its copy", () => {
    const ledger = ledgerOf("61", ["framed", 0], ["shown", 0], ["bare", 30], ["bare", 1000], ["framed", 1001])
    const counts = (now: number) =>
      (["bare", "framed", "shown"] as const).map((event) => TextLedger.count(ledger, "61", event, now))
    expect(counts(Limits.windowMillis)).toEqual([1, 1, 0])
  })

  it("has room for so many texts, and again when they were pruned", () => {
    let ledger = TextLedger.empty
    const long = "61".repeat(64 * 1024)
    for (; TextLedger.hasRoom(ledger, long); ledger = TextLedger.add(ledger, long, "sent", 0));
    expect(ledger.digits).toBe(Limits.countedDigits)
    expect(TextLedger.pruned(ledger, Limits.windowMillis - 1)).toBe(ledger)
    expect(TextLedger.pruned(ledger, Limits.windowMillis)).toEqual(TextLedger.empty)
    for (ledger = TextLedger.empty; TextLedger.hasRoom(ledger, "61"); ledger = TextLedger.add(ledger, "61", "sent", 0));
    expect(ledger.events).toBe(Limits.countedEvents)
    expect(Array.from(TextLedger.texts(ledger))).toEqual(["61"])
  })

  it("keeps what still counts when it is pruned", () => {
    const ledger = TextLedger.pruned(
      TextLedger.add(ledgerOf("61", ["sent", 0]), "62", "sent", 900),
      Limits.windowMillis
    )
    expect(Array.from(TextLedger.texts(ledger))).toEqual(["62"])
    expect([ledger.digits, ledger.events]).toEqual([2, 1])
  })

  it("tells a server that sends texts back by a header from one that does not", () => {
    const now = 2 * Limits.copyMillis
    const published = ledgerOf("61", ["sent", 10], ["bare", 11], ["framed", 12])
    const ours = ledgerOf("61", ["sent", 10], ["bare", 11])
    expect([published, ours].map((ledger) => TextLedger.returns(ledger, 0, now))).toEqual([true, false])
    expect([published, ours].map((ledger) => TextLedger.returns(ledger, 11, now))).toEqual([undefined, undefined])
    expect(TextLedger.returns(ours, 0, Limits.copyMillis)).toBeUndefined()
    expect(TextLedger.returns(ledgerOf("61", ["sent", 10]), 0, now)).toBeUndefined()
  })
})
