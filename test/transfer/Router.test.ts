import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Handler, SessionEvent } from "../../src/transfer/Router.ts"
import * as Router from "../../src/transfer/Router.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { network, pair, passing } from "../suites/flockNetwork.ts"
import { address, services } from "../suites/memoryWorld.ts"
import { settled } from "../suites/transfer.ts"

const letter = (kind: string) => ({ kind, body: () => Stream.empty })

/** A client over flock whose server has these handlers, and the events of its sessions. */
const routed = (handlers: ReadonlyArray<Handler>) =>
  Effect.gen(function*() {
    const events: Array<SessionEvent> = []
    const { client, listener, server } = yield* pair()
    const sessions = { ...listener, sessions: Stream.concat(Stream.make(server), Stream.never) }
    const emit = (event: SessionEvent) => Effect.sync(() => void events.push(event))
    yield* Effect.forkScoped(Stream.runDrain(Router.run(sessions, handlers, emit)))
    return { client, events, listener }
  })

const accepting = (kind: string, seen: Array<string>): Handler => ({
  kinds: [kind],
  handle: (incoming) =>
    Stream.drain(Stream.fromEffect(Effect.ignore(Effect.suspend(() => {
      seen.push(incoming.kind)
      return incoming.accept({ by: kind })
    }))))
})

describe("a router", () => {
  it.scoped("routes each message to the handler of its kind", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const { client } = yield* routed([accepting("one", seen), accepting("two", seen)])
      const receipts = yield* passing(Effect.forEach(["two", "one"], (kind) => client.send(letter(kind))))
      expect(receipts.map(({ receipt }) => receipt)).toEqual([{ by: "two" }, { by: "one" }])
      expect(seen).toEqual(["two", "one"])
    }).pipe(Effect.provide(network())))

  it.scoped("refuses a kind without a handler, with the list of offered kinds", () =>
    Effect.gen(function*() {
      const { client } = yield* routed([accepting("one", [])])
      expect(yield* passing(Effect.flip(client.send(letter("three"))))).toMatchObject({
        reason: "Declined",
        detail: "Unsupported",
        message: "this server does not offer \"three\""
      })
      expect(yield* passing(client.send(letter("one")))).toMatchObject({ receipt: { by: "one" } })
    }).pipe(Effect.provide(network())))

  it.scoped("abandons a message that its handler does not answer: its sender does not wait", () =>
    Effect.gen(function*() {
      const { client } = yield* routed([{ kinds: ["one"], handle: () => Stream.empty }])
      expect(yield* passing(Effect.flip(client.send(letter("one"))))).toMatchObject({ _tag: "SessionError" })
    }).pipe(Effect.provide(network())))

  it.scoped("refuses messages that begin after the listener began to drain", () =>
    Effect.gen(function*() {
      const { client, listener } = yield* routed([accepting("one", [])])
      yield* listener.drain
      expect(yield* passing(Effect.flip(client.send(letter("one"))))).toMatchObject({ detail: "Leaving" })
    }).pipe(Effect.provide(network())))

  it.scoped("reports the start and the end of each session", () =>
    Effect.gen(function*() {
      const { client, events } = yield* routed([])
      yield* client.close()
      yield* passing(Effect.repeat(Effect.sleep("10 millis"), { until: () => events.length > 1 }))
      expect(events).toMatchObject([{ _tag: "Connected" }, { _tag: "Disconnected", error: { reason: "Closed" } }])
    }).pipe(Effect.provide(network())))

  it.scoped("routes messages of the classic wire too, whose connection ends with the first refusal", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [accepting("file", [])])))
      const client: Session = yield* connect(address)
      const text = { kind: "text", size: 1, body: () => Stream.make(new Uint8Array(1)) }
      const sending = yield* Effect.fork(Effect.flip(client.send(text)))
      expect(yield* settled(sending)).toMatchObject({ reason: "Declined" })
    }).pipe(Effect.provide(services())))
})

describe("a service of streams", () => {
  it.scoped("emits the streams that peers open to it; both sides read and write", () =>
    Effect.gen(function*() {
      const echo = yield* Router.streams("echo")
      const { client } = yield* routed([echo.handler])
      yield* Effect.forkScoped(Stream.runForEach(echo.streams, (stream) =>
        Stream.runForEach(stream.bytes, stream.write).pipe(
          Effect.zipRight(stream.finish),
          Effect.zipRight(stream.settled),
          Effect.ensuring(stream.abandon),
          Effect.ignore
        )))
      const echoed = yield* passing(Effect.scoped(Effect.gen(function*() {
        const stream = yield* client.openService("echo")
        yield* stream.write(new TextEncoder().encode("hello"))
        yield* stream.finish
        return yield* Stream.mkString(Stream.decodeText(stream.bytes))
      })))
      expect(echoed).toBe("hello")
    }).pipe(Effect.provide(network())))

  it.scoped("that is not offered fails at the first read, with the reason", () =>
    Effect.gen(function*() {
      const { client } = yield* routed([])
      const error = yield* passing(Effect.flip(Effect.scoped(
        Effect.flatMap(client.openService("echo"), (stream) => stream.read())
      )))
      expect(error).toMatchObject({ reason: "Declined", detail: "Unsupported" })
    }).pipe(Effect.provide(network())))
})
