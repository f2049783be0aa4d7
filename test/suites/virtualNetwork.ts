/** A network in memory with a server that receives texts, for tests of whole connections in virtual time. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { Crc } from "../../src/net/Crc.ts"
import type { Options } from "../../src/testing/Faults.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as Endpoint from "../../src/transport/classic/ClassicEndpoint.ts"
import type { Incoming } from "../../src/transport/classic/ClassicPeer.ts"
import type { Tapped } from "./tap.ts"
import { tap } from "./tap.ts"

export const address = { host: "127.0.0.1", port: 4040 }

/** A network in memory with scripted faults; all sent frames are recorded before the faults. */
export const network = (log: Array<Tapped>, script: Options["script"] = [], more: Partial<Options> = {}) =>
  Layer.merge(
    tap(log).pipe(Layer.provide(Faults.layer({ seed: 1, script, ...more })), Layer.provide(SocketMemory.layer())),
    Crc.layer
  )

/** Accepts every text and appends it to `into`. */
export const takeTexts = (listener: Endpoint.Listener, into: Array<string> = []) =>
  Stream.runForEach(listener.peers, (peer) =>
    Effect.fork(peer.serve((incoming) =>
      Effect.gen(function*() {
        const blocks = yield* Stream.runCollect(incoming.blocks)
        into.push(Buffer.concat(Chunk.toReadonlyArray(blocks)).toString())
        yield* incoming.accept
      })
    ))).pipe(Effect.forkScoped)

/** The messages of all peers. Each stays open until its connection is over. */
export const arrivedMessages = (listener: Endpoint.Listener) =>
  Effect.gen(function*() {
    const messages = yield* Queue.unbounded<Incoming>()
    yield* Effect.forkScoped(Stream.runForEach(listener.peers, (peer) =>
      Effect.fork(peer.serve((incoming) =>
        Effect.zipRight(Queue.offer(messages, incoming), peer.closed)
      ))))
    return messages
  })

export const serving = (into?: Array<string>) =>
  Effect.flatMap(Endpoint.listen(address), (listener) => takeTexts(listener, into))
