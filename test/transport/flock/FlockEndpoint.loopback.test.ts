/** Sessions over real sockets, in real time. */
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Socket } from "../../../src/net/Socket.ts"
import * as NodeSocket from "../../../src/node/net/NodeSocket.ts"
import * as OffloadSocket from "../../../src/node/net/OffloadSocket.ts"
import * as NodeCrc from "../../../src/node/NodeCrc.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as OverwrittenRuns from "../../../src/testing/OverwrittenRuns.ts"
import { connect, listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import type { SessionStream } from "../../../src/transport/SessionStream.ts"
import type { Listener } from "../../../src/transport/Transport.ts"
import { loopbacks } from "../../node/loopbacks.ts"
import { keyed } from "../../security/keyed.ts"
import { content } from "../../suites/flockNetwork.ts"

const echo = (stream: SessionStream) => Effect.zipRight(Stream.runForEach(stream.bytes, stream.write), stream.finish)

const echoing = (listener: Listener) =>
  Effect.forkScoped(Stream.runForEach(listener.sessions, ({ serveStreams }) => Effect.fork(serveStreams(echo))))

const collected = (stream: SessionStream) =>
  Effect.map(Stream.runCollect(stream.bytes), (blocks) => Buffer.concat(Chunk.toReadonlyArray(blocks)))

const suite = (name: string, sockets: Layer.Layer<Socket>, host: string): void => {
  describe(`sessions over ${name} at ${host}`, () => {
    const open = Effect.provide(Layer.mergeAll(sockets, NodeCrc.layer, keyed))

    it.scopedLive("carry 20 streams at the same time, in both directions", () =>
      open(Effect.gen(function*() {
        const listener = yield* listen({ host, port: 0 })
        yield* echoing(listener)
        const session = yield* connect(listener.local)
        yield* Effect.forEach(Array.from({ length: 20 }, (_, number) => content(100_000 + number)), (bytes) =>
          Effect.scoped(Effect.gen(function*() {
            const stream = yield* session.openStream
            yield* Effect.fork(Effect.zipRight(stream.write(bytes), stream.finish))
            expect((yield* collected(stream)).equals(bytes)).toBe(true)
          })), { concurrency: "unbounded", discard: true })
      })))

    it.scopedLive("block a writer whose reader stops, while another session continues", () =>
      open(Effect.gen(function*() {
        const listener = yield* listen({ host, port: 0 })
        const stuck = yield* connect(listener.local)
        const stream = yield* stuck.openStream
        const block = content(Limits.sourceBlockBytes)
        const full = yield* Deferred.make<void>()
        let written = 0
        const writing = Effect.tap(stream.write(block), () => {
          written += block.length
          return written < Limits.firstStreamWindowBytes ? Effect.void : Deferred.succeed(full, undefined)
        })
        yield* Effect.forkScoped(Effect.forever(writing))
        yield* Deferred.await(full)
        yield* Stream.runDrain(Stream.take(listener.sessions, 1))
        yield* echoing(listener)
        const session = yield* connect(listener.local)
        const other = yield* session.openStream
        yield* Effect.fork(Effect.zipRight(other.write(content(1_000_000)), other.finish))
        expect((yield* collected(other)).length).toBe(1_000_000)
        expect(written).toBeLessThanOrEqual(Limits.firstStreamWindowBytes + Limits.unsentBytes + block.length)
      })))

    it.scopedLive("end at the client when the server's scope closes, and nothing listens afterwards", () =>
      open(Effect.gen(function*() {
        const scope = yield* Scope.make()
        const listener = yield* Scope.extend(listen({ host, port: 0 }), scope)
        const session = yield* connect(listener.local)
        yield* Stream.runDrain(Stream.take(listener.sessions, 1))
        yield* Scope.close(scope, Exit.void)
        expect(yield* session.closed).toMatchObject({ reason: "Closed", code: 0 })
        expect(yield* Effect.flip(connect(listener.local))).toMatchObject({ reason: "Unreachable" })
      })))
  })
}

for (const host of loopbacks) {
  suite("the fastest sockets", Layer.provide(OverwrittenRuns.layer, OffloadSocket.layer), host)
}
suite("node:dgram", Layer.provide(OverwrittenRuns.layer, NodeSocket.layer), "127.0.0.1")
