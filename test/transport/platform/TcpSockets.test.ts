import * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { Tcp } from "../../../src/net/Tcp.ts"
import * as TcpMemory from "../../../src/testing/TcpMemory.ts"
import * as PlatformSocket from "../../../src/transport/platform/PlatformSocket.ts"
import * as TcpSockets from "../../../src/transport/platform/TcpSockets.ts"

const address = { host: "127.0.0.1", port: 4040 }

const inMemory = <A, E>(program: Effect.Effect<A, E, Tcp | Scope.Scope>) => Effect.provide(program, TcpMemory.layer())

/** Runs a server with this handler until the scope ends. */
const serving = <E>(handler: (socket: Socket.Socket) => Effect.Effect<unknown, E>) =>
  Effect.flatMap(TcpSockets.server(address), (server) => Effect.forkScoped(server.run(handler)))

const echo = (socket: Socket.Socket) =>
  Effect.scoped(Effect.flatMap(socket.writer, (write) => socket.run((bytes) => write(bytes))))

/** Writes a text and ends its direction; returns all that it gets. */
const asked = (text: string) =>
  Effect.gen(function*() {
    const socket = yield* TcpSockets.make(address)
    const scope = yield* Scope.make()
    const write = yield* Scope.extend(socket.writer, scope)
    yield* Effect.forkScoped(Effect.zipRight(write(text), Scope.close(scope, Exit.void)))
    let answer = ""
    yield* socket.run((bytes) => void (answer += Buffer.from(bytes).toString()))
    return answer
  })

describe("a socket on TCP", () => {
  it.scoped("gets the whole answer of a server to the end of its input, each time it runs", () =>
    inMemory(Effect.gen(function*() {
      yield* serving(echo)
      expect([yield* asked("coo"), yield* asked("x".repeat(300_000))]).toEqual(["coo", "x".repeat(300_000)])
    })))

  it.scoped("cannot be opened where nothing listens", () =>
    inMemory(Effect.gen(function*() {
      expect(yield* Effect.flip(asked("coo"))).toMatchObject({ reason: "Open", cause: { reason: "Refused" } })
    })))

  it.scoped("delivers everything that was written before it closes itself", () =>
    inMemory(Effect.gen(function*() {
      const received = yield* Deferred.make<number>()
      let count = 0
      yield* serving((socket) =>
        Effect.zipRight(
          socket.run(({ length }) => void (count += length)),
          Effect.suspend(() => Deferred.succeed(received, count))
        )
      )
      const socket = yield* TcpSockets.make(address)
      const write = yield* socket.writer
      yield* Effect.fork(Effect.zipRight(write(new Uint8Array(200_000)), write(new Socket.CloseEvent())))
      yield* socket.run(() => undefined)
      expect(yield* Deferred.await(received)).toBe(200_000)
    })))

  it.scoped("fails to write after its connection was reset, and its run ends with that failure", () =>
    inMemory(Effect.gen(function*() {
      const { connect } = yield* Tcp
      const failed = yield* Deferred.make<unknown>()
      yield* serving((socket) =>
        Effect.onExit(socket.run(() => undefined), (exit) => Deferred.succeed(failed, Exit.isFailure(exit)))
      )
      const connection = yield* connect(address)
      connection.reset()
      expect(yield* Deferred.await(failed)).toBe(true)
    })))
})

describe("a server of sockets on TCP", () => {
  it.scoped("gives its handler the address of the peer, and no key", () =>
    inMemory(Effect.gen(function*() {
      const seen = yield* Deferred.make<PlatformSocket.PeerDetails | undefined>()
      yield* serving((socket) =>
        Effect.zipRight(Effect.flatMap(PlatformSocket.Peer, (peer) => Deferred.succeed(seen, peer)), echo(socket))
      )
      yield* asked("coo")
      expect(yield* Deferred.await(seen)).toEqual({
        address: { host: "127.0.0.1", port: expect.any(Number) },
        publicKey: undefined,
        isTrusted: false,
        channelBinding: undefined
      })
    })))

  it.scoped("keeps connections for its next run, and resets what its handler did not run", () =>
    inMemory(Effect.gen(function*() {
      const server = yield* TcpSockets.server(address)
      const early = yield* Effect.fork(asked("early"))
      const first = yield* Effect.fork(server.run(echo))
      expect(yield* Fiber.join(early)).toBe("early")
      yield* Fiber.interrupt(first)
      const second = yield* Effect.fork(asked("second"))
      yield* Effect.yieldNow()
      yield* Effect.fork(server.run(() => Effect.void))
      expect(yield* Effect.flip(Fiber.join(second))).toMatchObject({ reason: "Read" })
    })))

  it.scoped("opens a connection for one run only", () =>
    inMemory(Effect.gen(function*() {
      const error = yield* Deferred.make<unknown>()
      yield* serving((socket) =>
        Effect.zipRight(
          echo(socket),
          Effect.flatMap(Effect.flip(socket.run(() => undefined)), (again) => Deferred.succeed(error, again))
        )
      )
      yield* asked("coo")
      expect(yield* Deferred.await(error)).toMatchObject({ reason: "Open" })
    })))
})
