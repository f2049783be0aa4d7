import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Socket } from "../../../src/net/Socket.ts"
import * as NodeSecurity from "../../../src/node/security/NodeSecurity.ts"
import { form, formAt, resetTokenOf } from "../../../src/protocol/flock/wire/Packet.ts"
import { Keyring, KeyringError } from "../../../src/security/Keyring.ts"
import type { Options } from "../../../src/security/KeyringMemory.ts"
import { connect, listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import { make } from "../../../src/transport/flock/ServerSecurity.ts"
import { network, newWire, passing } from "../../suites/flockNetwork.ts"
import { observed, observer, place, publicOf, secret, sentOf, withKeys } from "../../suites/keyedSides.ts"

const serving = (options: Options = {}, at = place) => withKeys({ hostKey: secret(1), ...options })(listen(at))

const connecting = (identity?: Uint8Array) => passing(withKeys({ identity })(connect({ ...place, key: publicOf(1) })))

describe("the allowed keys of a server", () => {
  const allowed = [publicOf(3), publicOf(4)]

  it.scoped("are trusted; another key is NotAllowed, with the key for the operator, and no application sees the session", () =>
    Effect.gen(function*() {
      const listener = yield* serving({ allowed })
      const stranger = yield* connecting(secret(5))
      expect(yield* passing(stranger.closed)).toMatchObject({ reason: "NotAllowed", key: publicOf(5) })
      const friend = yield* connecting(secret(4))
      yield* TestClock.adjust("1 seconds")
      expect(friend.isClosed()).toBe(false)
      const [first] = Chunk.toReadonlyArray(yield* passing(Stream.runCollect(Stream.take(listener.sessions, 1))))
      expect(first?.peer()).toMatchObject({ publicKey: publicOf(4), isTrusted: true })
      expect([listener.open(), listener.counters()]).toMatchObject([1, { notAllowed: 1, turnedAway: 0 }])
    }).pipe(Effect.provide(observed())))

  it.scoped("exclude anonymous clients, which have no key to hand to the operator", () =>
    Effect.gen(function*() {
      yield* serving({ allowed })
      const error = yield* passing(Effect.flatMap(connecting(), ({ closed }) => closed))
      expect([error.reason, error.key]).toEqual(["NotAllowed", undefined])
      expect(error.message).toContain("this side has shown none")
    }).pipe(Effect.provide(observed())))
})

describe("a server that was started again with the same host key", () => {
  it.scoped("ends the sessions from before within a round trip, as PeerRestarted", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const scope = yield* Scope.make()
      yield* Scope.extend(serving(), scope)
      const session = yield* connecting()
      const stream = yield* session.openStream
      yield* TestClock.adjust("1 seconds")
      // Killed without a word.
      wire.deadPorts.add(place.port)
      yield* passing(Scope.close(scope, Exit.void))
      wire.deadPorts.clear()
      yield* serving()
      expect(session.isClosed()).toBe(false)
      yield* stream.write(Uint8Array.of(1))
      // Datagrams take no time here: a timer would.
      yield* TestClock.adjust("1 millis")
      expect(session.isClosed()).toBe(true)
      expect(yield* session.closed).toMatchObject({ reason: "PeerRestarted" })
    }).pipe(Effect.provide(network(wire)))
  })

  it.scoped("with another host key ends none: its RESETs have other tokens", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const scope = yield* Scope.make()
      yield* Scope.extend(serving(), scope)
      const client = yield* Scope.make()
      const session = yield* Scope.extend(connecting(), client)
      const stream = yield* Scope.extend(session.openStream, client)
      wire.deadPorts.add(place.port)
      yield* passing(Scope.close(scope, Exit.void))
      wire.deadPorts.clear()
      yield* serving({ hostKey: secret(2) })
      yield* stream.write(Uint8Array.of(1))
      yield* TestClock.adjust("1 seconds")
      expect([session.isClosed(), session.statistics().dropped["forgedResets"]]).toEqual([false, expect.any(Number)])
      expect(session.statistics().dropped["forgedResets"]).toBeGreaterThan(0)
      // Nobody answers its CLOSE.
      yield* passing(Scope.close(client, Exit.void))
    }).pipe(Effect.provide(network(wire)))
  })
})

describe("a second server with the same host key", () => {
  /** The answer of a server at this port to a packet of an unknown session. */
  const askedAt = (port: number, packet: Uint8Array) =>
    Effect.gen(function*() {
      const answers: Array<Uint8Array> = []
      const { bind } = yield* Socket
      const { send } = yield* bind({ host: "192.0.2.66", port: 0 }, {
        onRun: ({ bytes }) => void answers.push(bytes.slice()),
        onError: () => undefined
      })
      send({ host: place.host, port }, undefined, (target) => {
        target.set(packet)
        return packet.length
      })
      yield* TestClock.adjust("1 millis")
      return answers[0] ?? new Uint8Array(1)
    })

  it.scoped("at another port gives away no token of the first one's sessions: it is no oracle", () => {
    const seen = observer()
    return Effect.gen(function*() {
      yield* serving()
      yield* serving({}, { ...place, port: 4041 })
      const session = yield* connecting()
      yield* Effect.flatMap(session.openStream, (stream) => stream.write(new Uint8Array(100)))
      yield* TestClock.adjust("1 seconds")
      const packet = sentOf(seen, "data")[0] ?? new Uint8Array(0)
      // The first server knows the session, and does not answer what is not authentic.
      const forged = packet.slice().fill(0, 20)
      expect(yield* askedAt(place.port, forged)).toEqual(new Uint8Array(1))
      const reset = yield* askedAt(4041, forged)
      expect([formAt(reset, 0), resetTokenOf(reset, 0, reset.length)?.length]).toEqual([form.reset, 16])
      seen.inject(reset, place)
      expect([session.isClosed(), session.statistics().dropped]).toEqual([
        false,
        expect.objectContaining({ forgedResets: 1 })
      ])
    }).pipe(Effect.provide(observed(seen)))
  })
})

describe("the reset token of a session", () => {
  it.effect("is that of the local address which its client has reached, and of the port", () =>
    Effect.gen(function*() {
      const { resetToken } = yield* make({}, "0.0.0.0:4040")
      const bound = { host: "0.0.0.0", port: 4040 }
      const from = { host: "192.0.2.9", port: 5000 }
      const token = resetToken(7, { ...from, local: "192.0.2.1" }, bound)
      expect(resetToken(7, { host: "192.0.2.8", port: 1, local: "192.0.2.1" }, bound)).toEqual(token)
      expect(resetToken(7, { ...from, local: "192.0.2.2" }, bound)).not.toEqual(token)
      expect(resetToken(8, { ...from, local: "192.0.2.1" }, bound)).not.toEqual(token)
      // A socket at one address reports none.
      expect(resetToken(7, from, { host: "192.0.2.1", port: 4040 })).toEqual(token)
    }).pipe(withKeys({ hostKey: secret(1) }), Effect.provide(observed())))
})

describe("a listener whose keys cannot be used", () => {
  it.scoped("is not opened: Keys", () => {
    const keys = NodeSecurity.layerMemory()
    const refused = new KeyringError({ message: "others can read the host key" })
    const unreadable = Effect.map(Keyring, (keyring) => ({ ...keyring, host: refused }))
    const failing = Layer.merge(keys, Layer.provide(Layer.effect(Keyring, unreadable), keys))
    return Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.provide(listen(place), failing))
      expect(error).toMatchObject({ reason: "Keys", peer: "192.0.2.1:4040", message: "others can read the host key" })
      yield* serving()
    }).pipe(Effect.provide(observed()))
  })
})
