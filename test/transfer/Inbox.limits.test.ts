/** What peers may hold of an inbox, over flock: an announcement holds nothing, and what makes no progress is given up. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { Storage } from "../../src/storage/Storage.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import { type InboxEvent, receiveAll } from "../../src/transfer/Inbox.ts"
import { sendText } from "../../src/transfer/Outbox.ts"
import * as TransferLimits from "../../src/transfer/TransferLimits.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import type { SessionStream } from "../../src/transport/SessionStream.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { address, network, passing } from "../suites/flockNetwork.ts"

/** The header of a message, as it is sent. */
const headerOf = (header: Readonly<Record<string, unknown>>): Uint8Array => {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(json.length + 2)
  bytes.set([0x40 | (json.length >>> 8), json.length & 255])
  bytes.set(json, 2)
  return bytes
}

const announced = (session: Session, header: Readonly<Record<string, unknown>>) =>
  Effect.tap(session.openStream, (stream) => stream.write(headerOf(header)))

/** The receipt of a message, as text. */
const receiptOf = (stream: SessionStream) =>
  Effect.map(stream.read(), (bytes) => new TextDecoder().decode(bytes?.subarray(1)))

/** Serves an inbox while `client` runs on a session with it. */
const serving = <A, E>(
  client: (session: Session, events: ReadonlyArray<InboxEvent>) => Effect.Effect<A, E, Storage>,
  { mostParts, quotaBytes }: { readonly mostParts?: number; readonly quotaBytes?: number } = {}
) =>
  Effect.gen(function*() {
    const events: Array<InboxEvent> = []
    const listener = yield* listen(address)
    const storage = yield* Storage
    const inbox = yield* storage.inbox({ path: "/in", ifExists: "rename", quotaBytes })
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, { ...inbox, mostParts }), (event) => Effect.sync(() => events.push(event)))
    )
    const session = yield* passing(connect(address))
    return yield* client(session, events)
  }).pipe(
    Effect.scoped,
    Effect.provide(Layer.merge(Layer.provide(FlockTransport.layer(), network()), StorageMemory.layer(new Map())))
  )

const countOf = (events: ReadonlyArray<InboxEvent>, tag: InboxEvent["_tag"]): number =>
  events.filter(({ _tag }) => _tag === tag).length

const sha256 = Effect.succeed("00".repeat(32))

describe("an announcement", () => {
  it.effect("of many texts takes no memory from others (S19)", () =>
    serving((session, events) =>
      Effect.scoped(Effect.gen(function*() {
        for (let nth = 0; nth < 8; nth++) yield* announced(session, { kind: "text", size: Limits.textBytes })
        yield* TestClock.adjust("1 seconds")
        yield* passing(sendText(session, "x".repeat(1_000_000)))
        expect([countOf(events, "Started"), countOf(events, "Received")]).toEqual([9, 1])
      }))
    ))

  it.effect("of more texts than a third of those that may be open is refused, and a text that has arrived is not (S19)", () =>
    serving((session, events) =>
      Effect.scoped(Effect.gen(function*() {
        const most = Math.floor(TransferLimits.openTexts / 3)
        for (let nth = 0; nth < most + 4; nth++) yield* announced(session, { kind: "text", size: 10 })
        yield* TestClock.adjust("5 seconds")
        const refused = events.flatMap((event) => event._tag === "Refused" ? [event.error.reason] : [])
        expect(refused).toEqual(["NoSpace", "NoSpace", "NoSpace", "NoSpace"])
        yield* passing(sendText(session, "short"))
        yield* passing(sendText(session, "x".repeat(1_000_000)))
        yield* TestClock.adjust("1 seconds")
        expect(countOf(events, "Received")).toBe(2)
      }))
    ))

  it.effect("of a large file takes nothing of the quota (S19)", () =>
    serving((session, events) =>
      Effect.scoped(Effect.gen(function*() {
        for (let nth = 0; nth < 4; nth++) yield* announced(session, { kind: "file", name: `f${nth}`, size: 98_900 })
        yield* TestClock.adjust("1 seconds")
        const body = new Uint8Array(50_000)
        const stream = yield* announced(session, { kind: "file", name: "arrives", size: body.length })
        yield* stream.write(body)
        yield* TestClock.adjust("1 seconds")
        const other = yield* announced(session, { kind: "file", name: "too much", size: 50_001 })
        expect(yield* passing(receiptOf(other))).toContain("OverQuota")
        expect(countOf(events, "Refused")).toBe(1)
      })), { quotaBytes: 100_000 }))
})

describe("a text", () => {
  it.effect("counts as it arrives: what one source holds leaves room for others, and what is too much is refused (S5)", () =>
    serving((session, events) =>
      Effect.scoped(Effect.gen(function*() {
        const block = new Uint8Array(Limits.textBytes - 1)
        for (let nth = 0; nth < 3; nth++) {
          const stream = yield* announced(session, { kind: "text", size: Limits.textBytes })
          yield* Effect.forkScoped(Effect.ignore(stream.write(block)))
        }
        yield* passing(Effect.repeat(Effect.sleep("1 seconds"), { until: () => countOf(events, "Refused") === 2 }))
        expect(countOf(events, "Started")).toBe(3)
        const refused = events.flatMap((event) => event._tag === "Refused" ? [event.error.reason] : [])
        expect(refused).toEqual(["NoSpace", "NoSpace"])
      }))
    ))
})

describe("a message without progress", () => {
  it.effect("is given up after a minute, although keep-alives arrive; its sender is told, and the session goes on (S4)", () =>
    serving((session, events) =>
      Effect.scoped(Effect.gen(function*() {
        const stream = yield* announced(session, { kind: "file", name: "a", size: 10 })
        yield* TestClock.adjust("50 seconds")
        expect(countOf(events, "Abandoned")).toBe(0)
        yield* TestClock.adjust("80 seconds")
        expect(events.find(({ _tag }) => _tag === "Abandoned")).toMatchObject({ error: { reason: "Stalled" } })
        expect(yield* passing(receiptOf(stream))).toContain("\"reason\":\"Stalled\"")
        yield* passing(sendText(session, "still here"))
        expect(countOf(events, "Received")).toBe(1)
      }))
    ))

  it.effect("is one that gets a byte in each minute only while others need its place (S4)", () =>
    serving((session, events) =>
      Effect.scoped(Effect.gen(function*() {
        const slow = yield* announced(session, { kind: "file", name: "slow", size: 1000 })
        const drip = Effect.zipRight(slow.write(Uint8Array.of(1)), TestClock.adjust("55 seconds"))
        yield* Effect.repeatN(drip, 5)
        expect(countOf(events, "Abandoned")).toBe(0)
        yield* announced(session, { kind: "file", name: "other", size: 1000 })
        yield* announced(session, { kind: "file", name: "another", size: 1000 })
        yield* Effect.repeatN(Effect.either(drip), 3)
        const given = events.flatMap((event) => event._tag === "Abandoned" ? [event.message.name] : [])
        expect(given).toContain("slow")
      })), { mostParts: 4 }))
})

describe("the files of one source", () => {
  it.effect("that arrive at the same time are a third of all at most, and later ones are refused (S20)", () =>
    serving((session, events) =>
      Effect.scoped(Effect.gen(function*() {
        for (let nth = 0; nth < 20; nth++) yield* announced(session, { kind: "file", name: `f${nth}`, size: 10 })
        yield* TestClock.adjust("1 seconds")
        const refused = events.flatMap((event) => event._tag === "Refused" ? [event.error.reason] : [])
        expect(refused).toEqual(Array.from({ length: 10 }, () => "TooMany"))
        yield* TestClock.adjust("3 minutes")
        const again = yield* Effect.fork(Effect.either(session.send({
          kind: "file",
          name: "later",
          size: 0,
          sha256,
          body: () => Stream.empty
        })))
        const outcome = yield* passing(Fiber.join(again))
        expect(Either.isLeft(outcome) && outcome.left).toMatchObject({ detail: "Damaged" })
      })), { mostParts: 30 }))
})
