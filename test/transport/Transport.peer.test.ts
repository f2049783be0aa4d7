import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { address, network, passing } from "../suites/flockNetwork.ts"
import { ended, withKeys } from "../suites/keyedSides.ts"

const wires = {
  "classic": ClassicTransport.layer(),
  "flock with crc": FlockTransport.layer({ protection: "crc" }),
  "flock": FlockTransport.layer()
}

/** Both sides of two sessions. */
const twoSessions = Effect.gen(function*() {
  const listener = yield* listen(address)
  const serving = yield* Effect.fork(Stream.runCollect(Stream.take(listener.sessions, 2)))
  const one = yield* passing(connect({ ...address, isProbed: true }))
  const two = yield* passing(connect({ ...address, isProbed: true }))
  const [first, second] = [...(yield* passing(Fiber.join(serving)))]
  return { listener, clients: [one, two], servers: [first, second].filter((session) => session !== undefined) }
})

const bindings = (sessions: ReadonlyArray<Session>) => sessions.map(({ channelBinding }) => channelBinding)

describe("the channel binding of a session", () => {
  it.effect("is the same on both sides, and another one in each session, on a wire with keys", () =>
    Effect.gen(function*() {
      const { clients, servers } = yield* twoSessions
      expect(bindings(clients)).toEqual(bindings(servers))
      expect(bindings(clients)[0]).not.toEqual(bindings(clients)[1])
      expect(bindings(clients).map((bytes) => bytes?.length)).toEqual([32, 32])
    }).pipe(ended, Effect.provide(Layer.provide(wires.flock, network()))))

  it.effect.each(["classic", "flock with crc"] as const)(
    "is undefined over %s, which has no keys",
    (wire) =>
      Effect.gen(function*() {
        const { clients, servers } = yield* twoSessions
        expect(bindings([...clients, ...servers])).toEqual([undefined, undefined, undefined, undefined])
      }).pipe(ended, Effect.provide(Layer.provide(wires[wire], network())))
  )
})

describe("the peer of a session", () => {
  it.effect("has the server's key for a client, and that of an identity for the server, on a wire with keys", () =>
    Effect.gen(function*() {
      const { clients, listener, servers } = yield* twoSessions
      for (const client of clients) {
        expect(client.peer()).toMatchObject({ ...address, publicKey: listener.publicKey, isTrusted: true })
      }
      for (const server of servers) {
        expect(server.peer()).toMatchObject({ host: "127.0.0.1", isTrusted: false })
        expect(server.peer().publicKey).toBeUndefined()
      }
      expect(listener.publicKey?.length).toBe(32)
    }).pipe(ended, Effect.provide(Layer.provide(wires.flock, network()))))

  it.effect.each(["classic", "flock with crc"] as const)(
    "is an address alone over %s",
    (wire) =>
      Effect.gen(function*() {
        const { clients, listener, servers } = yield* twoSessions
        for (const session of [...clients, ...servers]) {
          expect([session.peer().publicKey, session.peer().isTrusted]).toEqual([undefined, false])
        }
        expect(listener.publicKey).toBeUndefined()
      }).pipe(ended, Effect.provide(Layer.provide(wires[wire], network())))
  )
})

describe("a pinned key", () => {
  it.effect.each(["classic", "flock with crc"] as const)(
    "over %s is Unsupported, before a datagram is sent",
    (wire) =>
      Effect.gen(function*() {
        const error = yield* passing(Effect.flip(connect({ ...address, key: new Uint8Array(32) })))
        expect(error).toMatchObject({ reason: "Unsupported", detail: "Key" })
      }).pipe(ended, Effect.provide(Layer.provide(wires[wire], network())))
  )

  it.effect.each([0, 31, 33])("of %i bytes is Unsupported", (length) =>
    Effect.gen(function*() {
      const error = yield* passing(Effect.flip(connect({ ...address, key: new Uint8Array(length) })))
      expect(error).toMatchObject({ reason: "Unsupported", detail: "Key" })
    }).pipe(ended, withKeys(), Effect.provide(Layer.provide(wires.flock, network()))))
})
