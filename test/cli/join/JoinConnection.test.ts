import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as JoinConnection from "../../../src/cli/join/JoinConnection.ts"
import { Tcp, type TcpConnection, type TcpShape } from "../../../src/net/Tcp.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as TcpMemory from "../../../src/testing/TcpMemory.ts"

/** An address that does not answer. */
const silentHost = "192.0.2.9"

/** A network in which the name `server` has these addresses, one of them perhaps silent. */
const network = (...hosts: ReadonlyArray<string>) => {
  const tried: Array<string> = []
  const abandoned: Array<string> = []
  const named = Effect.map(Tcp, (tcp): TcpShape => ({
    ...tcp,
    resolve: () => Effect.succeed(hosts),
    connect: (peer) =>
      Effect.suspend(() => {
        tried.push(peer.host)
        if (peer.host !== silentHost) return tcp.connect(peer)
        const onEnd = () => Effect.sync(() => void abandoned.push(peer.host))
        return Effect.zipRight(Effect.acquireRelease(Effect.void, onEnd), Effect.never)
      })
  }))
  const layer = Layer.provide(Layer.effect(Tcp, named), TcpMemory.layer())
  return { abandoned, layer: Layer.merge(layer, SocketMemory.layer()), tried }
}

const server = { transport: "tcp", host: "server", port: 8005 } as const

const listen = (host: string) =>
  Effect.flatMap(Tcp, (tcp) =>
    tcp.listen({ host, port: server.port }, (connection: TcpConnection) =>
      connection.start({
        onBytes: (bytes) => void connection.write(bytes),
        onEnd: () => connection.finish(),
        onDrain: () => undefined,
        onClose: () => undefined
      })))

/** The failure of an attempt, after this time. */
const failureAfter = (millis: number) =>
  Effect.gen(function*() {
    const opening = yield* Effect.fork(Effect.flip(Effect.scoped(JoinConnection.open(server))))
    yield* TestClock.adjust(millis)
    return yield* Fiber.join(opening)
  })

describe("a connection over TCP", () => {
  it.effect("does not wait for an address that is silent: the next one is tried a quarter of a second later", () => {
    const { abandoned, layer, tried } = network(silentHost, "192.0.2.1")
    return Effect.gen(function*() {
      yield* listen("192.0.2.1")
      const scope = yield* Scope.make()
      const opening = yield* Effect.fork(Scope.extend(JoinConnection.open(server), scope))
      yield* TestClock.adjust("249 millis")
      expect(tried).toEqual([silentHost])
      yield* TestClock.adjust("1 millis")
      const { peer, read, write } = yield* Fiber.join(opening)
      expect([peer, tried]).toEqual([{ host: "192.0.2.1", port: 8005 }, [silentHost, "192.0.2.1"]])
      yield* TestClock.adjust(0)
      expect(abandoned).toEqual([silentHost])
      yield* write(new Uint8Array([1, 2]))
      expect(yield* read).toEqual({ _tag: "Bytes", bytes: new Uint8Array([1, 2]) })
      yield* Scope.close(scope, Exit.void)
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("that is refused by the only address fails with its refusal", () =>
    Effect.gen(function*() {
      expect(yield* failureAfter(0)).toMatchObject({
        code: "Refused",
        exitCode: 3,
        message: "nothing listens at 192.0.2.1:8005"
      })
    }).pipe(Effect.provide(network("192.0.2.1").layer)))

  it.effect("that no address accepts fails with the reasons of all, and with the code of a refusal", () =>
    Effect.gen(function*() {
      expect(yield* failureAfter(10_000)).toMatchObject({
        code: "Refused",
        exitCode: 3,
        message: "none of the 2 addresses of server:8005 can be reached: 192.0.2.9:8005 does not answer; " +
          "nothing listens at 192.0.2.1:8005"
      })
    }).pipe(Effect.provide(network(silentHost, "192.0.2.1").layer)))

  it.effect("to a silent server fails after ten seconds, and to a name without addresses at once", () =>
    Effect.gen(function*() {
      const silent = yield* Effect.provide(failureAfter(10_000), network(silentHost).layer)
      expect(silent).toMatchObject({ code: "Silent", exitCode: 3, message: "192.0.2.9:8005 does not answer" })
      const unknown = yield* Effect.provide(failureAfter(0), network().layer)
      expect(unknown).toMatchObject({ code: "HostNotFound", exitCode: 3, message: "the name server has no address" })
    }))
})
