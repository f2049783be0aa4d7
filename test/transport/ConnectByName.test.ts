/** Names with several addresses, over both wires in virtual time. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../src/net/Crc.ts"
import { Socket, SocketError } from "../../src/net/Socket.ts"
import * as Wires from "../../src/node/Wires.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import type { Options } from "../../src/testing/Faults.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import { connect, listen, type WireName } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"
import { passing } from "../suites/flockNetwork.ts"

const port = 4040
const noRoute = "fd98::9"

/** A network whose name `server` has these addresses; it records the opened sockets of clients, with their times, and the open ones. */
const network = (wire: WireName, addresses: ReadonlyArray<string>, faults: Partial<Options> = {}) => {
  const attempts: Array<string> = []
  const open = new Set<string>()
  const sockets = Layer.effect(
    Socket,
    Effect.gen(function*() {
      const inner = yield* Socket
      const clock = yield* Effect.clock
      return {
        ...inner,
        resolve: (name) => name === "server" ? Effect.succeed(addresses) : inner.resolve(name),
        connect: (peer, handler, options) => {
          attempts.push(`${peer.host} @${clock.unsafeCurrentTimeMillis()}`)
          const address = `[${peer.host}]:${peer.port}`
          if (peer.host === noRoute) {
            return Effect.fail(
              new SocketError({ reason: "Unreachable", address, message: `no route leads to ${address}` })
            )
          }
          return Effect.tap(inner.connect(peer, handler, options), () => {
            open.add(peer.host)
            return Effect.addFinalizer(() => Effect.sync(() => open.delete(peer.host)))
          })
        }
      }
    })
  ).pipe(Layer.provide(Faults.layer({ seed: 1, ...faults })), Layer.provide(SocketMemory.layer()))
  const layer = Wires.layer(wire).pipe(Layer.provideMerge(Layer.mergeAll(sockets, TcpMemory.layer(), Crc.layer, keyed)))
  return { attempts, open, layer }
}

/** An address at which every datagram is lost. */
const silent = (host: string) =>
  Effect.flatMap(Socket, (socket) => socket.bind({ host, port }, { onRun: () => undefined, onError: () => undefined }))

const connecting = (host = "server") => connect({ host, port })

describe.each(["classic", "flock"] as const)("a name with several addresses, over %s", (wire) => {
  it.effect.each([0, 1, 2, 3, 4])(
    "is reached although one has no route, at 20 % loss and a round trip of 600 ms (W15), seed %d",
    (seed) => {
      const { layer } = network(wire, [noRoute, "192.0.2.1"], { seed, loss: 0.2, delayMillis: 300 })
      return passing(Effect.scoped(Effect.gen(function*() {
        yield* listen({ host: "192.0.2.1", port })
        const session = yield* connecting()
        expect(session.peer().host).toBe("192.0.2.1")
      }))).pipe(Effect.provide(layer))
    }
  )

  it.scoped("is tried with its families in turn, 250 ms apart, each address for its full time, and each is reported", () => {
    const addresses = ["192.0.2.1", "192.0.2.2", "2001:db8::1"]
    const { attempts, layer, open } = network(wire, addresses)
    const fullMillis = wire === "classic" ? Limits.idleTimeoutMillis : Limits.handshakeMillis
    return Effect.gen(function*() {
      yield* Effect.forEach(addresses, silent)
      const fiber = yield* Effect.fork(Effect.flip(Effect.scoped(connecting())))
      yield* TestClock.adjust(fullMillis + 499)
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      expect(attempts).toEqual(["192.0.2.1 @0", "2001:db8::1 @250", "192.0.2.2 @500"])
      yield* TestClock.adjust("1 millis")
      const error = yield* Fiber.join(fiber)
      const sentence = (address: string) =>
        wire === "classic" ? `${address} has not answered within ${fullMillis / 1000} s` : `${address} does not answer`
      expect(error).toMatchObject({
        reason: "Silent",
        peer: "server:4040",
        message: `none of the 3 addresses of server:4040 can be reached: ${
          ["192.0.2.1:4040", "[2001:db8::1]:4040", "192.0.2.2:4040"].map(sentence).join("; ")
        }`
      })
      expect(open).toEqual(new Set())
    }).pipe(Effect.provide(layer))
  })

  it.scoped("goes on at once after an address without a route, and reports it with the one that was nearly reached", () => {
    const { attempts, layer } = network(wire, [noRoute, "192.0.2.1"])
    return Effect.gen(function*() {
      const error = yield* passing(Effect.flip(connecting()))
      expect(attempts).toEqual([`${noRoute} @0`, "192.0.2.1 @0"])
      expect(error).toMatchObject({
        reason: "Unreachable",
        message:
          "none of the 2 addresses of server:4040 can be reached: no route leads to [fd98::9]:4040; nothing listens at 192.0.2.1:4040"
      })
    }).pipe(Effect.provide(layer))
  })

  it.scoped("of which two answer leaves one session, and neither a socket nor a session of the other", () => {
    const { layer, open } = network(wire, ["192.0.2.1", "192.0.2.2"], { delayMillis: 300 })
    return Effect.gen(function*() {
      const first = yield* listen({ host: "192.0.2.1", port })
      const second = yield* listen({ host: "192.0.2.2", port })
      const session = yield* passing(connecting())
      expect(session.peer().host).toBe("192.0.2.1")
      yield* TestClock.adjust("4 seconds")
      expect([first.open(), second.open(), [...open]]).toEqual([1, 0, ["192.0.2.1"]])
    }).pipe(Effect.provide(layer))
  })

  it.scoped("that is interrupted leaves nothing", () => {
    const { layer, open } = network(wire, ["192.0.2.1", "192.0.2.2"], { delayMillis: 300 })
    return Effect.gen(function*() {
      const listeners = [yield* listen({ host: "192.0.2.1", port }), yield* listen({ host: "192.0.2.2", port })]
      const fiber = yield* Effect.fork(Effect.scoped(connecting()))
      yield* TestClock.adjust("500 millis")
      expect([...open]).toEqual(["192.0.2.1", "192.0.2.2"])
      const interrupted = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(interrupted)
      expect([...open, ...listeners.map((listener) => listener.open())]).toEqual([0, 0])
    }).pipe(Effect.provide(layer))
  })

  it.scoped("tries at most 16 of them", () => {
    const addresses = Array.from({ length: 100 }, (_, n) => `198.51.100.${n}`)
    const { attempts, layer } = network(wire, addresses)
    return Effect.gen(function*() {
      yield* passing(Effect.flip(connecting()))
      expect(attempts).toHaveLength(16)
    }).pipe(Effect.provide(layer))
  })
})

describe.each(["classic", "flock"] as const)("a destination that is not one machine, over %s", (wire) => {
  it.scoped.each(["224.0.0.1", "255.255.255.255", "0.0.0.0", "::", "ff02::1"])(
    "is refused before a socket is opened: %s (W17)",
    (host) => {
      const { attempts, layer } = network(wire, [])
      return Effect.gen(function*() {
        expect(yield* Effect.flip(connecting(host))).toMatchObject({ reason: "NotUnicast" })
        expect(attempts).toEqual([])
      }).pipe(Effect.provide(layer))
    }
  )

  it.scoped("is left out where a name has another address", () => {
    const { attempts, layer } = network(wire, ["224.0.0.1", "192.0.2.1"])
    return Effect.gen(function*() {
      yield* listen({ host: "192.0.2.1", port })
      const session = yield* passing(connecting())
      expect([session.peer().host, attempts]).toEqual(["192.0.2.1", ["192.0.2.1 @0"]])
    }).pipe(Effect.provide(layer))
  })

  it.scoped("is a name without an address", () => {
    const { layer } = network(wire, [])
    return Effect.gen(function*() {
      expect(yield* Effect.flip(connecting())).toMatchObject({ reason: "HostNotFound", peer: "server" })
    }).pipe(Effect.provide(layer))
  })
})
