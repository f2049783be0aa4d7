import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { bodies } from "../../../src/protocol/conversation/EventBody.ts"
import { decodeMessage, encodeMessage, type LinkMessage } from "../../../src/protocol/conversation/LinkMessage.ts"
import { alpha, beta, eventOf } from "./rooms.ts"

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const reasonFor = (value: unknown): string | undefined => {
  const decoded = decodeMessage(utf8(JSON.stringify(value)))
  return Either.isLeft(decoded) ? decoded.left : undefined
}
const vector = { [alpha.origin]: 3 }
const messages: ReadonlyArray<LinkMessage> = [
  { t: "hello", v: 1, server: "alpha", key: "0a".repeat(32) },
  { t: "have", room: "hall", access: "public", vector, total: 3 },
  { t: "have", room: "duo", access: "direct", servers: ["beta"], others: ["gamma"], vector: {}, floors: vector },
  { t: "ready" },
  { t: "event", event: eventOf(alpha, 1) },
  { t: "seen", room: "hall", server: "gamma", vector },
  { t: "presence", room: "hall", person: "ala@alpha", state: "typing", origin: alpha.origin, n: 1 },
  { t: "stop", reason: "gap", text: "sent event 3" }
]

describe("a message of a link", () => {
  it.each(messages.map((message) => [message.t, message] as const))("%s is read as it was sent", (_, message) => {
    expect(decodeMessage(encodeMessage(message))).toEqual(Either.right(message))
  })

  it("may have fields of a later version", () => {
    expect(reasonFor({ t: "ready", colour: "red" })).toBeUndefined()
  })

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`a~${at.toString(16).padStart(48, "0")}`, 1]))
  it.each<[string, unknown, RegExp]>([
    ["of an unknown form", { t: "shout" }, /./],
    ["that is no object", 7, /./],
    ["of another version", { ...messages[0], v: 2 }, /v: /],
    ["with a server of no name", { ...messages[0], server: "Alpha!" }, /server: a server's name/],
    ["with a vector of too many origins", { ...messages[1], vector: many(Limits.messageOrigins + 1) }, /over 140/],
    ["with a vector of no origins", { ...messages[1], vector: { alpha: 1 } }, /named by origins/],
    ["with a number far above all", { ...messages[1], vector: { [alpha.origin]: 2 ** 53 } }, /vector/],
    [
      "with an event that is none",
      { t: "event", event: { ...eventOf(alpha, 1), clock: 2 ** 53 - 1 } },
      /^event\.clock: /
    ],
    ["with a long reason", { t: "stop", reason: "gap", text: "x".repeat(401) }, /text: /]
  ])("%s is refused with its place", (_, value, reason) => {
    expect(reasonFor(value)).toMatch(reason)
  })

  it.each([
    ["no JSON", utf8("{")],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["ten thousand brackets", utf8("[".repeat(10_000))]
  ])("that is %s is refused", (_, bytes) => {
    expect(Either.isLeft(decodeMessage(bytes))).toBe(true)
  })

  it("with a vector of a million entries is refused by its size, unread", () => {
    const bytes = utf8(JSON.stringify({ ...messages[1], vector: many(1_000_000) }))
    expect(decodeMessage(bytes)).toEqual(Either.left(`has ${bytes.length} bytes, over 65536`))
  })

  it("fits into its bytes with the largest event and the largest vectors", () => {
    const name = "é".repeat(Limits.nameUnits)
    const event = eventOf(alpha, 1, 1, {
      room: name,
      device: name,
      kind: name,
      author: `${"é".repeat(Limits.nameUnits)}@alpha`,
      body: { x: "x".repeat(Limits.bodyBytes - 8) },
      re: { origin: beta.origin, seq: Limits.maxSeq }
    })
    expect(encodeMessage({ t: "event", event }).length).toBeLessThanOrEqual(Limits.linkMessageBytes)
    const longest = "a".repeat(Limits.serverNameUnits)
    const entries = Object.fromEntries(Array.from({ length: Limits.messageOrigins }, (_, at) => [
      `${longest}~${at.toString(16).padStart(48, "0")}`,
      Limits.maxSeq
    ]))
    const servers = (count: number) => Array.from({ length: count }, (_, at) => `${at}`.padStart(63, "s"))
    const have = {
      t: "have",
      room: name,
      access: "private",
      servers: servers(Limits.namedServers),
      others: servers(Limits.roomServers),
      vector: entries,
      floors: entries,
      total: Number.MAX_SAFE_INTEGER
    } as const
    expect(encodeMessage(have).length).toBeLessThanOrEqual(Limits.linkMessageBytes)
    expect(Either.isRight(decodeMessage(encodeMessage(have)))).toBe(true)
    expect(Object.keys(bodies).length).toBe(13)
  })
})
