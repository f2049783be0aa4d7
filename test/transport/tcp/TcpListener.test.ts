import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { halfOpenMillis } from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { framed } from "../../../src/protocol/tcp/Records.ts"
import { tcpClientHandshake } from "../../../src/security/TcpHandshake.ts"
import { connect } from "../../../src/transport/tcp/TcpClient.ts"
import { listen } from "../../../src/transport/tcp/TcpListener.ts"
import { parametersOf } from "../../../src/transport/tcp/TcpOptions.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { publicOf, secret, withKeys } from "../../suites/keyedSides.ts"
import { address, cryptography as crypto, network, pair, stranger } from "../../suites/tcpNetwork.ts"

const hello = () =>
  tcpClientHandshake({ crypto, local: crypto.keyPair(secret(5)), isIdentity: false, parameters: parametersOf({}) })

describe("a listener of tcp", () => {
  it.scoped("gives both sides the keys of the other, and one binding", () =>
    Effect.gen(function*() {
      const { client, listener, server } = yield* pair()
      expect(client.peer().publicKey).toEqual(listener.publicKey)
      expect(client.channelBinding).toEqual(server.channelBinding)
      expect(client.channelBinding?.length).toBe(32)
      expect([server.peer().publicKey, server.peer().isTrusted, listener.open()]).toEqual([undefined, false, 1])
    }).pipe(Effect.provide(network())))

  it.scoped("opens sessions for allowed keys only, and says so to others", () =>
    Effect.gen(function*() {
      const listener = yield* withKeys({ hostKey: secret(1), allowed: [publicOf(3)] })(listen(address, {}))
      const connecting = (identity?: Uint8Array) =>
        withKeys({ acceptNew: true, identity })(connect({ ...address, key: publicOf(1) }, {}))
      const refused = yield* connecting(secret(4))
      expect(yield* passing(refused.closed)).toMatchObject({ reason: "NotAllowed", key: publicOf(4) })
      expect((yield* passing(Effect.flatMap(connecting(), ({ closed }) => closed))).reason).toBe("NotAllowed")
      const friend = yield* connecting(secret(3))
      yield* TestClock.adjust("5 seconds")
      expect([friend.isClosed(), listener.open(), listener.counters()]).toMatchObject([false, 1, { notAllowed: 2 }])
    }).pipe(Effect.provide(network())))

  it.scoped("that is full or drains turns clients away", () =>
    Effect.gen(function*() {
      const { listener } = yield* pair({ sessions: 1 })
      const second = yield* connect(address, {})
      expect((yield* passing(second.closed)).reason).toBe("ServerFull")
      yield* listener.drain
      expect((yield* passing(Effect.flatMap(connect(address, {}), ({ closed }) => closed))).reason).toBe("ServerFull")
      expect([listener.isDraining(), listener.counters().turnedAway]).toEqual([true, 2])
    }).pipe(Effect.provide(network())))

  it.scoped.each([
    ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed"],
    ["\u0000\u0003abc", "malformed"],
    [`\u0000\u0020${"\u0000".repeat(32)}`, "forged"]
  ])("resets a connection that begins with %j", ([text = "", counter = ""]) =>
    Effect.gen(function*() {
      const listener = yield* listen(address, {})
      const { connection, ...seen } = yield* stranger.pipe(Effect.map((one) => ({ ...one, of: one })))
      connection.write(new TextEncoder().encode(text))
      yield* TestClock.adjust("1 millis")
      expect([seen.of.end, seen.of.bytes, listener.open()]).toEqual(["closed", [], 0])
      expect(Object.entries(listener.counters()).find(([name]) => name === counter)?.[1]).toBe(1)
    }).pipe(Effect.provide(network())))

  it.scoped("gives up a handshake that stalls, before and after its answer, and a forged end", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address, {})
      const [silent, stalled, forged] = [yield* stranger, yield* stranger, yield* stranger]
      stalled.connection.write(framed(hello().first))
      forged.connection.write(framed(hello().first))
      yield* TestClock.adjust("1 millis")
      expect(stalled.bytes.length).toBeGreaterThan(80)
      forged.connection.write(framed(new Uint8Array(90)))
      yield* TestClock.adjust(halfOpenMillis - 2)
      expect([silent.end, stalled.end, forged.end]).toEqual([undefined, undefined, "closed"])
      yield* TestClock.adjust(1)
      expect([silent.end, stalled.end]).toEqual(["closed", "closed"])
      expect(listener.counters()).toMatchObject({ timedOut: 2, forged: 1 })
    }).pipe(Effect.provide(network())))

  it.scoped("closes its sessions with its scope, and is not there twice", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { client } = yield* Scope.extend(pair(), scope)
      expect(yield* Effect.flip(listen(address, {}))).toMatchObject({ reason: "AddressInUse" })
      expect(yield* Effect.flip(listen({ host: "239.1.2.3", port: 1 }, {}))).toMatchObject({ reason: "NotUnicast" })
      yield* passing(Scope.close(scope, Exit.void))
      expect(client.isClosed()).toBe(true)
      yield* listen(address, {})
    }).pipe(Effect.provide(network())))
})
