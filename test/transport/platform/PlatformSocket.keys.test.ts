import type * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Options } from "../../../src/security/KeyringMemory.ts"
import * as Router from "../../../src/transfer/Router.ts"
import type { PeerDetails } from "../../../src/transport/platform/PlatformSocket.ts"
import * as PlatformSocket from "../../../src/transport/platform/PlatformSocket.ts"
import { connect, listen } from "../../../src/transport/Transport.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { ended, observed, observer, onFlock, place, publicOf, secret, sentOf } from "../../suites/keyedSides.ts"

/** A server that notes the peer of each socket, and echoes. */
const serving = (keys: Options = {}) =>
  Effect.gen(function*() {
    const peers: Array<PeerDetails | undefined> = []
    const listener = yield* onFlock({ hostKey: secret(1), ...keys })(listen(place))
    const { handler, streams } = yield* Router.streams("echo")
    yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [handler])))
    const server = yield* PlatformSocket.fromStreams(streams, listener.local)
    yield* Effect.forkScoped(server.run((socket) =>
      Effect.scoped(Effect.gen(function*() {
        peers.push(yield* PlatformSocket.Peer)
        const write = yield* socket.writer
        yield* socket.run((bytes) => write(bytes))
      }))
    ))
    return { listener, peers }
  })

/** Writes a byte, and waits for its echo. */
const echoed = (socket: Socket.Socket) =>
  Effect.scoped(Effect.gen(function*() {
    const answer = yield* Deferred.make<Uint8Array, Socket.SocketError>()
    const write = yield* socket.writer
    yield* Effect.forkScoped(write(Uint8Array.of(7)))
    const running = socket.run((bytes) => Deferred.succeed(answer, bytes))
    yield* Effect.forkScoped(Effect.onError(running, (cause) => Deferred.failCause(answer, cause)))
    return yield* Deferred.await(answer)
  }))

describe("a server of sockets", () => {
  it.effect("gives its handler the client's identity, whether it is allowed, and the channel binding of the session", () =>
    Effect.gen(function*() {
      const { peers } = yield* serving({ allowed: [publicOf(3)] })
      const session = yield* passing(onFlock({ acceptNew: true, identity: secret(3) })(connect(place)))
      yield* passing(echoed(PlatformSocket.fromSession(session, "echo")))
      expect(peers).toEqual([{
        address: { host: "127.0.0.1", port: expect.any(Number) },
        publicKey: publicOf(3),
        isTrusted: true,
        channelBinding: session.channelBinding
      }])
      expect(session.channelBinding?.length).toBe(32)
    }).pipe(ended, Effect.provide(observed())))

  it.effect("gives it the same for streams of a listener, and no key of an anonymous client", () =>
    Effect.gen(function*() {
      const peers: Array<PeerDetails | undefined> = []
      const server = yield* PlatformSocket.fromListener(yield* onFlock({ hostKey: secret(1) })(listen(place)))
      yield* Effect.forkScoped(server.run(() => Effect.map(PlatformSocket.Peer, (peer) => void peers.push(peer))))
      const session = yield* passing(onFlock({ acceptNew: true })(connect(place)))
      yield* passing(Effect.ignore(Effect.scoped(
        Effect.flatMap(session.openStream, (stream) => Effect.zipRight(stream.write(Uint8Array.of(1)), stream.read()))
      )))
      expect(peers).toMatchObject([{ isTrusted: false, channelBinding: session.channelBinding }])
      expect(peers[0]?.publicKey).toBeUndefined()
    }).pipe(ended, Effect.provide(observed())))
})

describe("a socket with a pinned key", () => {
  const socketTo = (key: Uint8Array) => onFlock()(PlatformSocket.make({ ...place, key, service: "echo" }))

  it.effect("connects to the server that has it", () =>
    Effect.gen(function*() {
      yield* serving()
      expect(yield* passing(Effect.flatMap(socketTo(publicOf(1)), echoed))).toEqual(Uint8Array.of(7))
    }).pipe(ended, Effect.provide(observed())))

  it.effect("fails to open at another server, before a byte is sent", () => {
    const seen = observer()
    return Effect.gen(function*() {
      const { listener, peers } = yield* serving()
      const error = yield* passing(Effect.flip(Effect.flatMap(socketTo(publicOf(2)), echoed)))
      expect(error).toMatchObject({ reason: "Open", cause: { reason: "ChangedKey", key: publicOf(1) } })
      expect([sentOf(seen, "hello3").length, sentOf(seen, "data").length]).toEqual([0, 0])
      expect([listener.open(), peers]).toEqual([0, []])
    }).pipe(ended, Effect.provide(observed(seen)))
  })
})
