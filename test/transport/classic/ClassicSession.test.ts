import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { capabilities, fragmentsOf, planOf } from "../../../src/transport/classic/ClassicSession.ts"
import type { Envelope } from "../../../src/transport/Transport.ts"
import { connect, listen } from "../../../src/transport/Transport.ts"
import { address, services } from "../../suites/memoryWorld.ts"
import { content } from "../../suites/transfer.ts"
import { acceptAll } from "../acceptAll.ts"

const file = (size: number, fragmentSize?: number): Envelope => ({
  kind: "file",
  name: "a.bin",
  size,
  body: () => Stream.empty,
  fragments: { fragmentSize }
})

const planned = (envelope: Envelope) => planOf(envelope, "peer")

describe("fragmentsOf", () => {
  it.effect("emits views of the blocks, one chunk for each block, only the last one shorter", () =>
    Effect.gen(function*() {
      const blocks = [content(12), content(12), content(7)]
      const chunks = yield* Stream.runCollect(Stream.chunks(fragmentsOf(Stream.fromIterable(blocks), 4)))
      const sizes = Array.from(chunks, (chunk) => Array.from(chunk, (fragment) => fragment.length))
      expect(sizes.flat()).toEqual([4, 4, 4, 4, 4, 4, 4, 3])
      const fragments = Chunk.toReadonlyArray(Chunk.flatten(chunks))
      expect(fragments[0]?.buffer).toBe(blocks[0]?.buffer)
      expect(Buffer.compare(Buffer.concat(fragments), Buffer.concat(blocks))).toBe(0)
    }))
})

describe("a plan", () => {
  it.effect("counts the fragments of the name and of the content", () =>
    Effect.gen(function*() {
      expect(yield* planned(file(2_000, 1_000))).toEqual({ fragments: 3, fragmentSize: 1_000 })
    }))

  it.effect("fits the path: fragments for IPv6 are 20 bytes smaller", () =>
    Effect.gen(function*() {
      const sizes = yield* Effect.forEach(
        ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"],
        (host) => planOf(file(2_000), "peer", host)
      )
      expect(sizes.map(({ fragmentSize }) => fragmentSize)).toEqual([1_445, 1_439, 1_445])
    }))

  it.effect("refuses a file with too many fragments, with the smallest possible fragment size", () =>
    Effect.gen(function*() {
      yield* planned(file(10_000_000, 1))
      const error = yield* Effect.flip(planned(file(100_000_000, 1)))
      expect(error).toMatchObject({ reason: "Unsupported", detail: "TooManyFragments" })
      expect(error.message).toContain("use a fragment size of 6 or more")
      const hopeless = yield* Effect.flip(planned(file(30_000_000_000, 1_445)))
      expect(hopeless.message).not.toContain("fragment size")
    }))

  it.effect.each<[string, Envelope]>([
    ["Kind", { ...file(1), kind: "letter" }],
    ["Metadata", { ...file(1), metadata: { to: "a" } }],
    ["Size", { kind: "file", body: () => Stream.empty }],
    ["FragmentSize", file(1, 1_446)],
    ["TextTooLong", { ...file(16 * 1024 * 1024 + 1), kind: "text", name: "" }]
  ])("refuses what the wire cannot carry: %s", ([detail, envelope]) =>
    Effect.gen(function*() {
      expect(yield* Effect.flip(planned(envelope))).toMatchObject({ reason: "Unsupported", detail })
    }))
})

describe("a session of the classic wire", () => {
  it.scoped("fails with Unsupported for requests beyond the wire's abilities, and sends nothing", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const client = yield* connect(address)
      const letter: Envelope = { kind: "letter", size: 1, body: () => Stream.empty }
      for (const attempt of [client.openStream, client.openService("rpc"), Effect.asVoid(client.send(letter))]) {
        expect(yield* Effect.flip(attempt)).toMatchObject({ _tag: "SessionError", reason: "Unsupported" })
      }
      expect([client.statistics().sentPackets, listener.open()]).toEqual([0, 0])
      expect([client.capabilities, listener.capabilities]).toEqual([capabilities, capabilities])
    }).pipe(Effect.provide(services())))

  it.scoped("counts frames and bytes in both directions, and delivered content", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      yield* acceptAll(listener)
      const client = yield* connect(address)
      yield* client.send({
        kind: "text",
        size: 100,
        body: () => Stream.make(content(100)),
        fragments: { fragmentSize: 50 }
      })
      expect(client.statistics()).toMatchObject({
        sentPackets: 3,
        sentBytes: 14 + 2 * 63,
        receivedPackets: 3,
        deliveredBytes: 100,
        lostPackets: 0,
        congestion: undefined
      })
    }).pipe(Effect.provide(services())))

  it.scoped("refuses a message that its handler does not answer", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      yield* Effect.forkScoped(Stream.runForEach(listener.sessions, ({ serve }) => serve(() => Effect.void)))
      const client = yield* connect(address)
      const message: Envelope = { kind: "text", size: 4, body: () => Stream.make(content(4)) }
      expect(yield* Effect.flip(client.send(message))).toMatchObject({ reason: "Declined" })
      expect(yield* Effect.flip(client.send(message))).toMatchObject({ reason: "Closed" })
    }).pipe(Effect.provide(services())))
})
