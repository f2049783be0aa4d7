import * as Socket from "@effect/platform/Socket"
import * as Rpc from "@effect/rpc/Rpc"
import * as RpcClient from "@effect/rpc/RpcClient"
import * as RpcGroup from "@effect/rpc/RpcGroup"
import * as RpcSerialization from "@effect/rpc/RpcSerialization"
import * as RpcServer from "@effect/rpc/RpcServer"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Router from "../../../src/transfer/Router.ts"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import * as PlatformSocket from "../../../src/transport/platform/PlatformSocket.ts"
import type { Transport } from "../../../src/transport/Transport.ts"
import { connect, listen } from "../../../src/transport/Transport.ts"
import type { Wire } from "../../suites/flockNetwork.ts"
import { address, network, newWire, passing } from "../../suites/flockNetwork.ts"

/** Flock over a network in memory that `wire` can cut. */
const flock = (wire: Wire = newWire()) => Layer.provide(FlockTransport.layer(), network(wire))

/** Runs a server until the returned effect ends it, or the scope of the test. */
const started = <E, R>(server: Effect.Effect<unknown, E, R | Scope.Scope>) =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    yield* Scope.extend(server, scope)
    return passing(Scope.close(scope, Exit.void))
  })

/** Closes the scope of a test, in virtual time. */
const ended = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    return yield* Effect.onExit(Scope.extend(test, scope), (exit) => passing(Scope.close(scope, exit)))
  })

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const echo = (socket: Socket.Socket) =>
  Effect.scoped(Effect.gen(function*() {
    const write = yield* socket.writer
    yield* socket.run((bytes) => write(bytes))
  }))

/** Answers with the address of the peer, and whether it has a port. */
const whoAmI = (socket: Socket.Socket) =>
  Effect.scoped(Effect.gen(function*() {
    const peer = yield* PlatformSocket.Peer
    const write = yield* socket.writer
    yield* socket.run(() => write(`${peer?.address.host}:${(peer?.address.port ?? 0) > 0}`))
  }))

const echoServer = Effect.gen(function*() {
  const server = yield* PlatformSocket.fromListener(yield* listen(address))
  yield* Effect.forkScoped(server.run(echo))
})

/** Writes a word to the socket, and returns the first answer. */
const asked = (socket: Socket.Socket, word: string) =>
  Effect.scoped(Effect.gen(function*() {
    const answer = yield* Deferred.make<string, Socket.SocketError>()
    const write = yield* socket.writer
    yield* Effect.forkScoped(write(word))
    const running = socket.run((bytes) => Deferred.succeed(answer, textOf(bytes)))
    yield* Effect.forkScoped(Effect.onError(running, (cause) => Deferred.failCause(answer, cause)))
    return yield* Deferred.await(answer)
  }))

describe("a socket that connects itself", () => {
  it.effect("connects anew with each run: its server may start later, and may be restarted", () =>
    Effect.gen(function*() {
      const socket = yield* PlatformSocket.make(address)
      expect(yield* passing(Effect.flip(asked(socket, "zero")))).toMatchObject({ reason: "Open" })
      const stop = yield* started(echoServer)
      expect(yield* passing(asked(socket, "one"))).toBe("one")
      const running = yield* Effect.fork(socket.run(() => undefined))
      expect(yield* passing(asked(socket, "two"))).toBe("two")
      yield* stop
      expect(yield* passing(Fiber.await(running))).toEqual(Exit.void)
      expect(yield* passing(Effect.flip(asked(socket, "three")))).toMatchObject({ reason: "Open" })
      yield* started(echoServer)
      expect(yield* passing(asked(socket, "four"))).toBe("four")
    }).pipe(ended, Effect.provide(flock())))

  it.effect("delivers what was written before its run ends, and leaves no session", () =>
    Effect.gen(function*() {
      const received = yield* Deferred.make<number>()
      const listener = yield* listen(address)
      const server = yield* PlatformSocket.fromListener(listener)
      let bytes = 0
      yield* Effect.forkScoped(server.run((theirs) =>
        Effect.zipRight(
          theirs.run((block) => void (bytes += block.length)),
          Effect.suspend(() => Deferred.succeed(received, bytes))
        )
      ))
      const socket = yield* PlatformSocket.make(address)
      const write = yield* socket.writer
      yield* Effect.fork(Effect.zipRight(write(new Uint8Array(500_000)), write(new Socket.CloseEvent())))
      yield* passing(socket.run(() => undefined))
      expect(yield* passing(Deferred.await(received))).toBe(500_000)
      expect(yield* passing(Effect.repeat(Effect.sync(listener.open), { until: (open) => open === 0 }))).toBe(0)
    }).pipe(ended, Effect.provide(flock())))

  it.effect("opens a service of the peer's Router", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const { handler, streams } = yield* Router.streams("who")
      yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [handler])))
      const server = yield* PlatformSocket.fromStreams(streams, listener.local)
      yield* Effect.forkScoped(server.run(whoAmI))
      const socket = yield* PlatformSocket.make({ ...address, service: "who" })
      expect(yield* passing(asked(socket, "who?"))).toBe("127.0.0.1:true")
      const unknown = yield* PlatformSocket.make({ ...address, service: "other" })
      expect(yield* passing(Effect.flip(asked(unknown, "hello")))).toMatchObject({ cause: { reason: "Declined" } })
    }).pipe(ended, Effect.provide(flock())))
})

describe("a server of sockets", () => {
  it.effect("runs again: streams wait between its runs, those of a session that the first run has served as well", () =>
    Effect.gen(function*() {
      const server = yield* PlatformSocket.fromListener(yield* listen(address))
      const socket = PlatformSocket.fromSession(yield* passing(connect(address)))
      const first = yield* Effect.fork(server.run(echo))
      expect(yield* passing(asked(socket, "one"))).toBe("one")
      yield* passing(Fiber.interrupt(first))
      const waiting = yield* Effect.fork(asked(socket, "two"))
      yield* passing(Effect.sleep("1 seconds"))
      yield* Effect.fork(server.run(echo))
      expect(yield* passing(Fiber.join(waiting))).toBe("two")
    }).pipe(ended, Effect.provide(flock())))

  it.effect("fails with the cause when its listener has ended", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const listener = yield* Scope.extend(listen(address), scope)
      const server = yield* PlatformSocket.fromListener(listener)
      const running = yield* Effect.fork(Effect.flip(server.run(echo)))
      yield* passing(Scope.close(scope, Exit.void))
      const { cause } = yield* passing(Fiber.join(running))
      expect(String(cause)).toContain("the listener was closed")
    }).pipe(ended, Effect.provide(flock())))

  it.effect("gives its handler the address of the peer; elsewhere there is none", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const server = yield* PlatformSocket.fromListener(listener)
      yield* Effect.forkScoped(server.run(whoAmI))
      expect(yield* passing(asked(yield* PlatformSocket.make(address), "who?"))).toBe("127.0.0.1:true")
      expect(yield* PlatformSocket.Peer).toBeUndefined()
    }).pipe(ended, Effect.provide(flock())))
})

class Group extends RpcGroup.make(
  Rpc.make("Echo", { payload: { text: Schema.String }, success: Schema.String }),
  Rpc.make("WhoAmI", { success: Schema.String })
) {}

const rpcServer = RpcServer.layer(Group).pipe(
  Layer.provide(Group.toLayer({
    Echo: ({ text }) => Effect.succeed(text),
    WhoAmI: () => Effect.map(PlatformSocket.Peer, (peer) => peer?.address.host ?? "a stranger")
  })),
  Layer.provide(RpcServer.layerProtocolSocketServer),
  Layer.provide(PlatformSocket.layerServer(address)),
  Layer.provide(RpcSerialization.layerNdjson),
  Layer.build
)

const rpcClient = Effect.gen(function*() {
  const protocol = yield* Layer.build(
    RpcClient.layerProtocolSocket().pipe(
      Layer.provide(PlatformSocket.layer(address)),
      Layer.provide(RpcSerialization.layerNdjson)
    )
  )
  return yield* Effect.provide(RpcClient.make(Group), protocol)
})

describe("Effect RPC", () => {
  const onWire = (test: (wire: Wire) => Effect.Effect<void, unknown, Transport | Scope.Scope>) => () => {
    const wire = newWire()
    return test(wire).pipe(ended, Effect.provide(flock(wire)))
  }
  const soon = Schedule.spaced("100 millis")

  it.effect(
    "over sockets goes on after its server was restarted, within two seconds (L2)",
    onWire(() =>
      Effect.gen(function*() {
        const stop = yield* started(rpcServer)
        const client = yield* rpcClient
        expect(yield* passing(client.Echo({ text: "before" }))).toBe("before")
        yield* stop
        yield* started(rpcServer)
        const again = client.Echo({ text: "after" }).pipe(Effect.retry(soon), Effect.timeout("2 seconds"))
        expect(yield* passing(again)).toBe("after")
      })
    )
  )

  it.effect(
    "over sockets goes on after its server was killed without a word, before the session counts as lost",
    onWire((wire) =>
      Effect.gen(function*() {
        const stop = yield* started(rpcServer)
        const client = yield* rpcClient
        expect(yield* passing(client.Echo({ text: "before" }))).toBe("before")
        wire.deadPorts.add(address.port)
        yield* stop
        wire.deadPorts.clear()
        yield* started(rpcServer)
        const again = client.Echo({ text: "after" }).pipe(Effect.retry(soon), Effect.timeout("29 seconds"))
        expect(yield* passing(again)).toBe("after")
      })
    )
  )

  it.effect(
    "gives its handlers the address of the caller",
    onWire(() =>
      Effect.gen(function*() {
        yield* started(rpcServer)
        expect(yield* passing((yield* rpcClient).WhoAmI())).toBe("127.0.0.1")
      })
    )
  )
})
