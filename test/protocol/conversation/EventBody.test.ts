import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import {
  bodies,
  type EventKind,
  isKnown,
  PersonName,
  readBody,
  ServerName
} from "../../../src/protocol/conversation/EventBody.ts"

const examples: Readonly<Record<EventKind, object>> = {
  made: { app: "chat", access: "private", servers: ["beta.example"] },
  joined: {},
  left: { text: "good night" },
  named: { name: "ala" },
  said: { text: "the build is green", isAction: false },
  edited: { text: "it is" },
  removed: { reason: "by mistake" },
  reacted: { sign: "👍🏽" },
  file: { name: "plan.pdf", bytes: 2_200_000, sha256: "0a".repeat(32) },
  topic: { text: "" },
  power: { person: "bo@beta", power: "speaker" },
  barred: { person: "~guest-7@beta", bar: "mute", until: 1_790_000_000_000 },
  app: { move: { from: [1, 2] } }
}
const reasonFor = (kind: EventKind, body: unknown): string | undefined => {
  const read = readBody(kind, body)
  return Either.isLeft(read) ? read.left : undefined
}

describe("a body", () => {
  it.each(Object.entries(examples))("of %s is read", (kind, body) => {
    if (!isKnown(kind)) throw new Error(`${kind} has no Schema`)
    expect(reasonFor(kind, body)).toBeUndefined()
  })

  it("has an example for each kind", () => {
    expect(Object.keys(examples)).toEqual(Object.keys(bodies))
    expect(isKnown("toString")).toBe(false)
  })

  it("may have fields of a later version", () => {
    expect(reasonFor("said", { text: "a", colour: "red" })).toBeUndefined()
  })

  it.each<[string, EventKind, unknown, RegExp]>([
    ["of more than 16 KiB", "said", { text: "é".repeat(8193) }, /^body\.text: a text of 1 to 16384 bytes/],
    ["of nothing", "said", { text: "" }, /^body\.text: /],
    ["with a control character", "topic", { text: "\u001b[2J" }, /without control characters/],
    ["with a lone surrogate", "said", { text: "\ud83d" }, /^body\.text: /],
    [
      "of a person without a server",
      "power",
      { person: "bo", power: "owner" },
      /^body\.person: a person and its server/
    ],
    ["of an unknown power", "power", { person: "bo@beta", power: "king" }, /^body\.power: /],
    ["of a file with a wrong hash", "file", { name: "a", bytes: 1, sha256: "0A" }, /^body\.sha256: /],
    ["of 65 servers", "made", { app: "chat", access: "private", servers: Array(65).fill("beta") }, /^body\.servers: /],
    ["of no object", "said", 1, /^body: /]
  ])("%s is refused with its place", (_, kind, body, reason) => {
    const found = reasonFor(kind, body)
    expect(found).toMatch(reason)
    expect(found?.length).toBeLessThanOrEqual(200)
  })

  it("may have 16 KiB of text, with line feeds and tabs", () => {
    expect(reasonFor("said", { text: "\n\t".repeat(8192) })).toBeUndefined()
  })
})

describe("a name", () => {
  it.each(["alpha", "alpha.example", "xn--5ca", "a", "4"])("%s is one of a server", (name) => {
    expect(Schema.is(ServerName)(name)).toBe(true)
  })

  it.each(["", "Alpha", "alpha.", "-a", "a b", "a".repeat(64), "a~b", "a@b"])("%j is none of a server", (name) => {
    expect(Schema.is(ServerName)(name)).toBe(false)
  })

  it.each(["@alpha", "ala@", "a@b@alpha", " ala@alpha", "ala@Alpha"])("%j is none of a person", (name) => {
    expect(Schema.is(PersonName)(name)).toBe(false)
  })
})
