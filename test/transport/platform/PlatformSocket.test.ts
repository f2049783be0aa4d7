import * as Socket from "@effect/platform/Socket"
import * as SocketServer from "@effect/platform/SocketServer"
import * as Rpc from "@effect/rpc/Rpc"
import * as RpcClient from "@effect/rpc/RpcClient"
import * as RpcGroup from "@effect/rpc/RpcGroup"
import * as RpcSerialization from "@effect/rpc/RpcSerialization"
import * as RpcServer from "@effect/rpc/RpcServer"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../../src/net/Crc.ts"
import type * as HolubSocket from "../../../src/net/Socket.ts"
import * as OffloadSocket from "../../../src/node/net/OffloadSocket.ts"
import * as OverwrittenRuns from "../../../src/testing/OverwrittenRuns.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import * as PlatformSocket from "../../../src/transport/platform/PlatformSocket.ts"
import { keyed } from "../../security/keyed.ts"
import { network, pair, passing } from "../../suites/flockNetwork.ts"

class Refused extends Schema.TaggedError<Refused>()("Refused", { why: Schema.String }) {}

class Group extends RpcGroup.make(
  Rpc.make("Double", { payload: { value: Schema.Number }, success: Schema.Number, error: Refused }),
  Rpc.make("Count", { payload: { upTo: Schema.Number }, success: Schema.Number, stream: true }),
  Rpc.make("Echo", { payload: { text: Schema.String }, success: Schema.String })
) {}

/** The handlers; `stopped` is completed when an endless `Count` is interrupted. */
const handlersOf = (stopped: Deferred.Deferred<void>) =>
  Group.toLayer({
    Double: ({ value }) => value < 0 ? new Refused({ why: "negative" }) : Effect.succeed(2 * value),
    Count: ({ upTo }) =>
      Stream.range(1, upTo).pipe(
        upTo === Infinity ? Stream.ensuring(Deferred.succeed(stopped, undefined)) : (numbers) => numbers
      ),
    Echo: ({ text }) => Effect.succeed(text)
  })

const calls = (sockets: Layer.Layer<HolubSocket.Socket>) =>
  Effect.gen(function*() {
    const stopped = yield* Deferred.make<void>()
    const wire = Layer.provide(FlockTransport.layer(), Layer.mergeAll(sockets, Crc.layer, keyed))
    const services = yield* Layer.build(Layer.merge(wire, RpcSerialization.layerMsgPack))
    const server = yield* Layer.build(
      PlatformSocket.layerServerConfig({ host: Config.string("HOST"), port: Config.integer("PORT") }).pipe(
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["HOST", "127.0.0.1"], ["PORT", "0"]])))),
        Layer.provide(Layer.succeedContext(services))
      )
    )
    const { address } = yield* Effect.provide(SocketServer.SocketServer, server)
    if (address._tag !== "TcpAddress") return expect(address._tag).toBe("TcpAddress")
    yield* Layer.build(
      RpcServer.layer(Group).pipe(
        Layer.provide(handlersOf(stopped)),
        Layer.provide(RpcServer.layerProtocolSocketServer),
        Layer.provide(Layer.succeedContext(server)),
        Layer.provide(Layer.succeedContext(services))
      )
    )
    const protocol = yield* Layer.build(
      RpcClient.layerProtocolSocket().pipe(
        Layer.provide(PlatformSocket.layerConfig({
          host: Config.succeed(address.hostname),
          port: Config.succeed(address.port)
        })),
        Layer.provide(Layer.succeedContext(services))
      )
    )
    const client = yield* Effect.provide(RpcClient.make(Group), protocol)

    const values = Array.from({ length: 100 }, (_, number) => number)
    const doubles = Effect.forEach(values, (value) => client.Double({ value }), { concurrency: "unbounded" })
    expect(yield* doubles).toEqual(values.map((value) => 2 * value))
    expect(yield* Effect.flip(client.Double({ value: -1 }))).toEqual(new Refused({ why: "negative" }))
    const text = "holub ".repeat(100_000)
    expect((yield* client.Echo({ text })) === text).toBe(true)
    const counted = Stream.runFold(client.Count({ upTo: 5000 }), 0, (sum, number) => sum + number)
    expect(yield* Effect.all([counted, client.Double({ value: 4 })], { concurrency: 2 })).toEqual([12_502_500, 8])
    const first = yield* Stream.runCollect(Stream.take(client.Count({ upTo: Infinity }), 3))
    expect(Chunk.toReadonlyArray(first)).toEqual([1, 2, 3])
    yield* Deferred.await(stopped)
  }).pipe(Effect.scoped)

describe("Effect RPC", () => {
  it.live("calls and streams over sessions in memory", () => calls(SocketMemory.layer()))
  it.live("calls and streams over real sockets", () => calls(Layer.provide(OverwrittenRuns.layer, OffloadSocket.layer)))
})

/** A client's socket, and the events of the server's sockets. */
const sockets = <E>(handler: (socket: Socket.Socket) => Effect.Effect<void, E>) =>
  Effect.gen(function*() {
    const listening = yield* pair()
    // `pair` has read the server's session from the listener, so the listener's Stream is replaced by that session.
    const listener = { ...listening.listener, sessions: Stream.concat(Stream.make(listening.server), Stream.never) }
    const server = yield* PlatformSocket.fromListener(listener)
    yield* Effect.forkScoped(server.run(handler))
    return { socket: PlatformSocket.fromSession(listening.client), session: listening.client }
  })

const echo = (socket: Socket.Socket) =>
  Effect.scoped(Effect.gen(function*() {
    const write = yield* socket.writer
    yield* socket.run((bytes) => write(bytes))
  }))

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe("a socket", () => {
  it.scoped("opens a stream each time it runs, and writes wait for one", () =>
    Effect.gen(function*() {
      const { socket } = yield* sockets(echo)
      for (const word of ["one", "two"]) {
        const received = yield* Deferred.make<string>()
        const write = yield* socket.writer
        const writing = yield* Effect.fork(write(word))
        yield* Effect.yieldNow()
        expect(yield* Fiber.poll(writing)).toMatchObject({ _tag: "None" })
        const running = yield* Effect.fork(socket.run((bytes) => Deferred.succeed(received, text(bytes))))
        expect(yield* passing(Deferred.await(received))).toBe(word)
        yield* Fiber.join(writing)
        yield* Fiber.interrupt(running)
      }
    }).pipe(Effect.provide(network())))

  it.scoped("ends its run when the peer has closed its socket, after all written bytes", () =>
    Effect.gen(function*() {
      const { socket } = yield* sockets((theirs) =>
        Effect.scoped(Effect.gen(function*() {
          const write = yield* theirs.writer
          yield* theirs.run((bytes) => Effect.zipRight(write(`${text(bytes)}, bye`), write(new Socket.CloseEvent())))
        }))
      )
      const received: Array<string> = []
      const write = yield* socket.writer
      yield* Effect.fork(write("hello"))
      yield* passing(socket.run((bytes) => void received.push(text(bytes))))
      expect(received.join("")).toBe("hello, bye")
    }).pipe(Effect.provide(network())))

  it.scoped("fails with the code of an abnormal close, and with the error of its handler", () =>
    Effect.gen(function*() {
      const { socket } = yield* sockets(echo)
      const write = yield* socket.writer
      yield* Effect.fork(write(new Socket.CloseEvent(4000, "enough")))
      expect(yield* Effect.flip(socket.run(() => undefined))).toMatchObject({ reason: "Close", code: 4000 })
      yield* Effect.fork(write("x"))
      expect(yield* passing(Effect.flip(socket.run(() => Effect.fail("a failure"))))).toBe("a failure")
    }).pipe(Effect.provide(network())))

  it.scoped("whose handler fails at the server ends, and no other", () =>
    Effect.gen(function*() {
      const failures = yield* Ref.make(0)
      const { socket } = yield* sockets((theirs) =>
        Effect.gen(function*() {
          if ((yield* Ref.getAndUpdate(failures, (count) => count + 1)) === 0) return yield* Effect.die("unheard of")
          return yield* echo(theirs)
        })
      )
      const write = yield* socket.writer
      yield* Effect.fork(write("x"))
      yield* passing(socket.run(() => undefined))
      const received = yield* Deferred.make<string>()
      yield* Effect.fork(write("y"))
      yield* Effect.fork(socket.run((bytes) => Deferred.succeed(received, text(bytes))))
      expect(yield* passing(Deferred.await(received))).toBe("y")
    }).pipe(Effect.provide(network())))

  it.scoped("of a closed session cannot be opened", () =>
    Effect.gen(function*() {
      const { session, socket } = yield* sockets(echo)
      const running = yield* Effect.fork(socket.run(() => undefined))
      yield* TestClock.adjust("1 seconds")
      yield* session.close()
      expect(yield* passing(Fiber.await(running))).toEqual(Exit.void)
      expect(yield* Effect.flip(socket.run(() => undefined))).toMatchObject({
        reason: "Open",
        cause: { reason: "Left" }
      })
    }).pipe(Effect.provide(network())))
})
