import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import {
  decodeEvent,
  type Draft,
  erased,
  forgeryOf,
  saidBy,
  signedEvent
} from "../../../src/protocol/conversation/SignedEvent.ts"
import { checks, signerOf } from "./ed25519.ts"

const alpha = signerOf("alpha", 1)
const salt = new Uint8Array(16).fill(9)
const draft: Draft = {
  room: "hall@alpha",
  time: 1_790_000_000_000,
  author: "ala@alpha",
  device: "d1",
  n: 7,
  kind: "said",
  body: { text: "the build is green" }
}
const make = (changes: Partial<Draft> = {}): Event =>
  signedEvent(alpha, { ...draft, ...changes }, { seq: 1, clock: 4 }, salt)
const event = make()
const reasonFor = (value: unknown): string | undefined => {
  const decoded = decodeEvent(value)
  return Either.isLeft(decoded) ? decoded.left : forgeryOf(checks, decoded.right)
}

describe("an event", () => {
  it("is what its origin has signed, also after JSON", () => {
    expect(reasonFor(event)).toBeUndefined()
    expect(reasonFor(JSON.parse(JSON.stringify(event)))).toBeUndefined()
    expect(saidBy(event)).toEqual({ kind: "said", body: { text: "the build is green" } })
  })

  it("without salt and body keeps its hash and its signature", () => {
    const empty = erased(event)
    expect(empty.hash).toBe(event.hash)
    expect(JSON.stringify(empty)).not.toContain("green")
    expect(reasonFor(empty)).toBeUndefined()
    expect(saidBy(empty)).toBeUndefined()
  })

  it("of an unknown kind is kept, and says nothing here", () => {
    const later = make({ kind: "poll", body: { question: "when?", options: ["now", "later"] } })
    expect(reasonFor(later)).toBeUndefined()
    expect(saidBy(later)).toBeUndefined()
    expect(later.body).toEqual({ question: "when?", options: ["now", "later"] })
  })

  it.each<[string, Partial<Event>, string]>([
    ["another body", { body: { text: "the build is red" } }, "digest: not that of the body"],
    ["another salt", { salt: "00".repeat(16) }, "digest: not that of the body"],
    ["another digest", { digest: "00".repeat(32), body: null, salt: null }, "hash: not that of the event"],
    ["another hash", { hash: "00".repeat(32) }, "hash: not that of the event"],
    ["another number", { seq: 2 }, "hash: not that of the event"],
    ["another clock", { clock: 5 }, "hash: not that of the event"],
    ["another time", { time: 0 }, "hash: not that of the event"],
    ["another signature", { sig: "00".repeat(64) }, "sig: not a signature of the origin"]
  ])("with %s is a forgery", (_, changes, reason) => {
    expect(reasonFor({ ...event, ...changes })).toBe(reason)
  })

  it("that another key has signed is refused, whatever else it has", () => {
    const thief = { ...signerOf("alpha", 2), origin: alpha.origin }
    expect(reasonFor(signedEvent(thief, draft, { seq: 2, clock: 5 }, salt))).toBe("origin: it belongs to another key")
    const own = signedEvent(signerOf("beta", 2), { ...draft, author: "ala@beta" }, { seq: 2, clock: 5 }, salt)
    expect(reasonFor({ ...own, key: event.key })).toBe("hash: not that of the event")
  })

  it("of an author of another server is refused", () => {
    expect(reasonFor({ ...event, author: "bo@beta" })).toBe("author: of beta, but the origin is of alpha")
    expect(() => make({ author: "bo@beta" })).toThrow("author: of beta")
  })

  it.each<[string, object, RegExp]>([
    ["a number of 0", { seq: 0 }, /^seq: /],
    ["a number far above all", { seq: Limits.maxSeq + 1 }, /^seq: /],
    ["a clock near 2⁵³", { clock: 2 ** 53 - 1 }, /^clock: /],
    ["a time after all times", { time: 8.64e15 + 1 }, /^time: /],
    ["a field of no version", { extra: 1 }, /^extra: /],
    ["another version", { v: 2 }, /^v: /],
    ["a room without a name", { room: "" }, /^room: a name of 1 to 256/],
    ["a device with a line feed", { device: "a\nb" }, /^device: /],
    ["a body without salt", { salt: null }, /^salt: /],
    ["a salt without body", { body: null }, /^salt: /],
    ["a body that is no object", { body: [] }, /^body: /],
    ["a body with a fraction", { body: { text: "a", x: 0.5 } }, /^body: a number that is no integer/],
    ["a body of 40 KiB", { body: { text: "a", x: "x".repeat(Limits.bodyBytes) } }, /^body: over 40960 bytes/],
    ["a body of the wrong form", { body: { text: 1 } }, /^body\.text: /],
    ["nothing that it edits", { kind: "edited" }, /^re: edited concerns another event/]
  ])("with %s is refused with its place", (_, changes, reason) => {
    expect(reasonFor({ ...event, ...changes })).toMatch(reason)
  })

  it.each([undefined, null, 1, "event", [], {}])("%j is none", (value) => {
    expect(reasonFor(value)).toBeTypeOf("string")
  })

  it("has a text for the largest text that is allowed", () => {
    expect(reasonFor(make({ body: { text: "\"".repeat(Limits.textBytes) } }))).toBeUndefined()
  })
})
