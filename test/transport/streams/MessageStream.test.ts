import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as Digest from "../../../src/storage/Digest.ts"
import type { SessionError } from "../../../src/transport/SessionError.ts"
import * as MessageStream from "../../../src/transport/streams/MessageStream.ts"
import type { Incoming, Session } from "../../../src/transport/Transport.ts"
import { content, network, pair, passing } from "../../suites/flockNetwork.ts"

/** Runs `take` for each message and collects its failures. */
const taking = (session: Session, take: (incoming: Incoming) => Effect.Effect<unknown, SessionError>) =>
  Effect.gen(function*() {
    const failures: Array<unknown> = []
    yield* Effect.forkScoped(
      session.serveStreams((stream) =>
        Effect.tapError(
          Effect.flatMap(MessageStream.receive(stream, "the client"), take),
          (error) => Effect.sync(() => failures.push(error))
        )
      )
    )
    return failures
  })

const bodyOf = (incoming: Incoming) =>
  Effect.map(
    Stream.runCollect(incoming.body(1)),
    (blocks) => Buffer.concat(Chunk.toReadonlyArray(blocks)).toString()
  )

const body = (...words: ReadonlyArray<string>) =>
  Stream.fromIterable(words.map((word) => new TextEncoder().encode(word)))

const sized = (text: string) => ({
  kind: "note",
  size: text.length,
  body: () => body(text),
  sha256: Digest.ofBytes(new TextEncoder().encode(text))
})

describe("a message", () => {
  it.scoped("arrives with its header, its body and its digest, and returns a receipt", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const seen: Array<unknown> = []
      yield* taking(server, (incoming) =>
        Effect.gen(function*() {
          const { kind, metadata, name, size } = incoming
          seen.push([kind, name, size, metadata, yield* bodyOf(incoming), incoming.arrivedBytes(), incoming.sha256()])
          yield* incoming.accept({ place: 7 })
        }))
      const message = { ...sized("hello"), name: "n", metadata: { answer: [42] } }
      expect((yield* passing(client.send(message))).receipt).toEqual({ place: 7 })
      const sha256 = yield* Digest.ofBytes(new TextEncoder().encode("hello"))
      expect(seen).toEqual([["note", "n", 5, { answer: [42] }, "hello", 5, sha256]])
    }).pipe(Effect.provide(network())))

  it.scoped("may have no size: it ends with its stream, and has no digest", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const seen: Array<unknown> = []
      yield* taking(server, (incoming) =>
        Effect.gen(function*() {
          seen.push([incoming.size, yield* bodyOf(incoming), incoming.sha256()])
          yield* incoming.accept()
        }))
      expect((yield* passing(client.send({ kind: "log", body: () => body("one", "two") }))).receipt).toBeUndefined()
      expect((yield* passing(client.send({ kind: "log", body: () => Stream.empty }))).receipt).toBeUndefined()
      expect(seen).toEqual([[undefined, "onetwo", undefined], [undefined, "", undefined]])
    }).pipe(Effect.provide(network())))

  it.scoped("that is refused before or during its body fails with the receiver's reason", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* taking(server, (incoming) =>
        Effect.zipRight(
          incoming.kind === "early"
            ? Effect.void
            : Stream.runDrain(Stream.takeUntil(incoming.body(1), () => incoming.arrivedBytes() > 300_000)),
          incoming.refuse("NoSpace", "there is no room")
        ))
      const block = content(Limits.sourceBlockBytes)
      for (const kind of ["early", "late"]) {
        const error = yield* passing(Effect.flip(client.send({ kind, body: () => Stream.forever(Stream.make(block)) })))
        expect(error).toMatchObject({
          _tag: "SessionError",
          reason: "Declined",
          detail: "NoSpace",
          message: "there is no room"
        })
      }
      const small = yield* passing(Effect.flip(client.send({ ...sized("hello"), kind: "early" })))
      expect(small).toMatchObject({
        _tag: "SessionError",
        reason: "Declined",
        detail: "NoSpace",
        peer: "127.0.0.1:4040"
      })
    }).pipe(Effect.provide(network())))

  it.scoped("that is refused with metadata carries them; an answer over the limit is refused as too long", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const failures = yield* taking(server, (incoming) => {
        if (incoming.kind === "short") return incoming.refuse("NoSpace", "there is no room", { left: 3 })
        if (incoming.kind === "long") return incoming.refuse("NoSpace", "there is no room", tooMuch)
        return incoming.accept(tooMuch)
      })
      const tooMuch = "x".repeat(Limits.messageHeaderBytes)
      const send = (kind: string) => passing(Effect.flip(client.send({ kind, body: () => Stream.empty })))
      expect(yield* send("short")).toMatchObject({ reason: "Declined", detail: "NoSpace", metadata: { left: 3 } })
      const long = yield* send("long")
      expect(long).toMatchObject({ reason: "Declined", detail: "ReceiptTooLong" })
      expect(long.message).toContain(`of at most ${Limits.messageHeaderBytes} bytes`)
      expect(yield* send("accepted")).toMatchObject({ reason: "Abandoned" })
      expect(failures).toMatchObject([{ reason: "Unsupported", detail: "ReceiptTooLong" }])
    }).pipe(Effect.provide(network())))

  it.scoped("that its receiver gives up without an answer fails as Abandoned", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* taking(server, () => Effect.void)
      expect(yield* passing(Effect.flip(client.send(sized("hello"))))).toMatchObject({
        reason: "Abandoned",
        message: expect.stringMatching(/ gave up the message before it was complete/)
      })
    }).pipe(Effect.provide(network())))

  it.scoped("that its sender interrupts, or cannot finish, fails at the receiver as Reset", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const failures = yield* taking(server, (incoming) => bodyOf(incoming))
      const endless = { kind: "endless", body: () => Stream.concat(body("first"), Stream.never) }
      const sending = yield* Effect.fork(client.send(endless))
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.interrupt(sending)
      yield* TestClock.adjust("1 seconds")
      expect(failures).toMatchObject([{ reason: "Reset", code: 1 }])
      const broken = { kind: "broken", body: () => Stream.concat(body("first"), Stream.fail("the disk failed")) }
      expect(yield* passing(Effect.either(client.send(broken)))).toEqual(Either.left("the disk failed"))
      yield* TestClock.adjust("1 seconds")
      expect(failures).toMatchObject([{ reason: "Reset" }, { reason: "Reset", code: 1 }])
    }).pipe(Effect.provide(network())))

  it.scoped("with metadata that JSON cannot express is not sent, nor is a receipt with such metadata (L6)", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const cycle: { self?: unknown } = {}
      cycle.self = cycle
      const failures = yield* taking(server, (incoming) => incoming.accept(cycle))
      for (const metadata of [cycle, { big: 1n }]) {
        const error = yield* Effect.flip(client.send({ ...sized("x"), metadata }))
        expect(error).toMatchObject({ reason: "Unsupported", detail: "Json", cause: expect.anything() })
      }
      expect(yield* Effect.flip(client.send({ ...sized("x"), kind: "" }))).toMatchObject({ detail: "Envelope" })
      expect(yield* passing(Effect.flip(client.send(sized("x"))))).toMatchObject({ reason: "Abandoned" })
      expect(failures).toMatchObject([{ detail: "Json" }])
    }).pipe(Effect.provide(network())))

  it.scoped("with a header over the limit is neither sent nor accepted", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const failures = yield* taking(server, () => Effect.void)
      const long = { ...sized("x"), metadata: "x".repeat(Limits.messageHeaderBytes) }
      expect(yield* Effect.flip(client.send(long))).toMatchObject({
        _tag: "SessionError",
        reason: "Unsupported",
        detail: "HeaderTooLong"
      })
      const stream = yield* client.openStream
      yield* stream.write(Uint8Array.of(0x80 | 0, 0, 0x20, 1))
      yield* TestClock.adjust("1 seconds")
      expect(failures.at(-1)).toMatchObject({
        reason: "Protocol",
        message: expect.stringMatching(/ sent a message with a header of 8193 bytes$/)
      })
      expect(yield* Effect.flip(stream.write(Uint8Array.of(1)))).toMatchObject({ reason: "Stopped" })
    }).pipe(Effect.provide(network())))

  it.scoped.each([
    { what: "without a header", said: "\0" },
    { what: "without a header", said: "\x03abc" },
    { what: "without a header", said: `\x0b{"kind":""}` },
    { what: "without a header", said: `\x18{"kind":"a","size":-1  }` },
    { what: "that ended too early", said: "" },
    { what: "that ended too early", said: "\x40" },
    { what: "that ended too early", said: "\x05{}" }
  ])("that is one $what is not taken: $said", ({ said, what }) =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const failures = yield* taking(server, () => Effect.void)
      const stream = yield* client.openStream
      yield* stream.write(new TextEncoder().encode(said))
      yield* stream.finish
      yield* TestClock.adjust("1 seconds")
      expect(failures).toMatchObject([{ reason: "Protocol", message: expect.stringContaining(` a message ${what}`) }])
    }).pipe(Effect.provide(network())))

  it.scoped.each([
    { what: "a message of 5 bytes that ended after 2", text: "he" },
    { what: "a message that ended too early", text: `hello${"x".repeat(31)}` },
    { what: "a message that is longer than announced", text: `hello${"x".repeat(33)}` }
  ])("that lies about its size is not taken: $what", ({ text, what }) =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const failures = yield* taking(server, bodyOf)
      const stream = yield* client.openStream
      const header = `{"kind":"note","size":5}`
      yield* stream.write(new TextEncoder().encode(`${String.fromCharCode(header.length)}${header}${text}`))
      yield* stream.finish
      yield* TestClock.adjust("1 seconds")
      expect(failures).toMatchObject([{ message: expect.stringContaining(what) }])
    }).pipe(Effect.provide(network())))

  it.scoped("with a malformed receipt fails", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* Effect.forkScoped(
        server.serveStreams((stream) => Effect.zipRight(stream.write(Uint8Array.of(2, 0x7b, 0x7d)), stream.finish))
      )
      expect(yield* passing(Effect.flip(client.send(sized("hello"))))).toMatchObject({
        reason: "Protocol",
        message: "127.0.0.1:4040 sent a receipt that cannot be parsed"
      })
    }).pipe(Effect.provide(network())))

  it.scoped("returns its blocks to the source when they are acknowledged", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* taking(server, (incoming) => Effect.zipRight(bodyOf(incoming), incoming.accept()))
      const blocks = Array.from({ length: 20 }, (_, at) => content(Limits.sourceBlockBytes).fill(at))
      const recycled: Array<Uint8Array> = []
      yield* passing(client.send({
        kind: "large",
        body: () => Stream.fromIterable(blocks),
        recycle: (block) => recycled.push(block)
      }))
      const theirs = recycled.filter((block) => blocks.includes(block))
      expect(theirs.length).toBeGreaterThan(10)
      expect(new Set(theirs).size).toBe(theirs.length)
    }).pipe(Effect.provide(network())))

  it.scoped("keeps no stream open: more messages in a row than the limit of open streams", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* taking(server, (incoming) => Effect.zipRight(bodyOf(incoming), incoming.accept()))
      const many = Array.from({ length: Limits.openStreams + 50 }, (_, number) => sized(`message ${number}`))
      const exit = yield* passing(Effect.exit(Effect.forEach(many, client.send, { concurrency: 128, discard: true })))
      expect(exit).toEqual(Exit.void)
    }).pipe(Effect.provide(network())))
})
