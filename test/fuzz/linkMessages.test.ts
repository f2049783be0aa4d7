/** Messages of links: whatever comes, a server answers with a message or a reason, keeps its log, and never throws. */
import * as Either from "effect/Either"
import * as FastCheck from "fast-check"
import * as Limits from "../../src/protocol/conversation/ConversationLimits.ts"
import { decodeMessage, encodeMessage, type LinkMessage } from "../../src/protocol/conversation/LinkMessage.ts"
import { alpha, beta, eventOf, gamma, hall, linked, TestServer } from "../protocol/conversation/rooms.ts"
import { ensure, fuzz } from "./fuzzing.ts"

const vector = { [alpha.origin]: 3 }
const genuine: ReadonlyArray<LinkMessage> = [
  { t: "hello", v: 1, server: "alpha", key: "0a".repeat(32) },
  { t: "have", room: "hall", access: "public", vector, floors: vector, total: 3 },
  { t: "have", room: "duo", access: "direct", servers: ["beta"], others: ["gamma"], vector: {} },
  { t: "ready" },
  { t: "event", event: eventOf(alpha, 1) },
  { t: "event", event: eventOf(gamma, 2) },
  { t: "event", event: eventOf(beta, 1) },
  { t: "seen", room: "hall", server: "gamma", vector },
  { t: "presence", room: "hall", person: "ala@alpha", state: "here", origin: alpha.origin, n: 1 },
  { t: "stop", reason: "gap", text: "" }
]
const texts = genuine.map((message) => new TextDecoder().decode(encodeMessage(message)))

/** A genuine message, of which a part is replaced. */
const changed = FastCheck.tuple(
  FastCheck.constantFrom(...texts),
  FastCheck.nat(1000),
  FastCheck.nat(20),
  FastCheck.oneof(
    FastCheck.constantFrom("", "0", "9007199254740991", "-1", "1e9", "null", "{}", "\"", "\\ud800", "~", "alpha", ","),
    FastCheck.string({ maxLength: 5 })
  )
).map(([text, at, length, part]) => text.slice(0, at % text.length) + part + text.slice((at % text.length) + length))

fuzz("a message of a link", {
  corpus: "linkMessages",
  inputs: FastCheck.oneof(changed, FastCheck.constantFrom(...texts), FastCheck.string(), FastCheck.json()),
  runs: 3000,
  holds: (text) => {
    const decoded = decodeMessage(new TextEncoder().encode(text))
    if (Either.isLeft(decoded)) {
      ensure(decoded.left.length > 0 && decoded.left.length <= Limits.reasonUnits + 10, "a reason of a few words")
    } else ensure(Either.isRight(decodeMessage(encodeMessage(decoded.right))), "what was read is written")
  }
})

fuzz("a linked server", {
  corpus: "linkConversations",
  inputs: FastCheck.array(FastCheck.oneof(changed, FastCheck.constantFrom(...texts)), { maxLength: 12 }),
  runs: 300,
  holds: (messages) => {
    const a = new TestServer(alpha)
    const b = new TestServer(beta)
    a.exchange.openRoom("hall", hall)
    b.exchange.openRoom("hall", hall)
    linked(a, b, ["alpha", "beta"])
    for (const text of messages) {
      const decoded = decodeMessage(new TextEncoder().encode(text))
      if (Either.isRight(decoded)) b.exchange.receive(1, decoded.right, 0)
      else b.exchange.refuse(1, decoded.left)
      b.sync()
      b.exchange.handleTimeout(b.exchange.deadline === Infinity ? 0 : b.exchange.deadline)
    }
    const genuineHashes = new Set(genuine.flatMap((message) => message.t === "event" ? [message.event.hash] : []))
    ensure(b.stored.every(({ hash }) => genuineHashes.has(hash)), "only what its origin has signed is stored")
    ensure(new Set(b.stored.map(({ hash }) => hash)).size === b.stored.length, "each event is stored once")
  }
})
