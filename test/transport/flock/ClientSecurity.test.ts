import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { crc32 } from "node:zlib"
import { Socket } from "../../../src/net/Socket.ts"
import * as NodeSecurity from "../../../src/node/security/NodeSecurity.ts"
import { otherKeyMillis } from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { read } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake } from "../../../src/protocol/flock/handshake/ServerHandshake.ts"
import type { ServerKey } from "../../../src/security/Keyring.ts"
import { Keyring, KeyringError } from "../../../src/security/Keyring.ts"
import type { Options } from "../../../src/security/KeyringMemory.ts"
import { connect, type ConnectOptions, listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import * as ServerSecurity from "../../../src/transport/flock/ServerSecurity.ts"
import { parameters } from "../../protocol/flock/pair.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { observed, observer, place, publicOf, secret, sentOf, withKeys } from "../../suites/keyedSides.ts"

/** A server with the host key 1. */
const serving = (options: Options = {}, at = place) => withKeys({ hostKey: secret(1), ...options })(listen(at))

/** A client with a Keyring of its own. */
const connecting = (keys: Options = {}, options: Partial<ConnectOptions> = {}) =>
  passing(withKeys(keys)(connect({ ...place, ...options })))

const known = (key: Uint8Array, next?: Uint8Array): Map<string, ServerKey> =>
  new Map([["192.0.2.1:4040", { key, next }]])

describe("a pinned key", () => {
  it.scoped("is accepted, and nothing is stored", () =>
    Effect.gen(function*() {
      yield* serving()
      const servers = known(publicOf(9))
      const session = yield* connecting({ known: servers }, { key: publicOf(1) })
      expect(session.peer()).toMatchObject({ publicKey: publicOf(1), isTrusted: true })
      expect(servers).toEqual(known(publicOf(9)))
    }).pipe(Effect.provide(observed())))

  it.scoped("refuses another key before HELLO3: the server never opens a session (C7)", () => {
    const seen = observer()
    return Effect.gen(function*() {
      const listener = yield* serving()
      const error = yield* Effect.flip(connecting({ acceptNew: true }, { key: publicOf(2) }))
      expect(error).toMatchObject({ reason: "ChangedKey", key: publicOf(1), peer: "192.0.2.1:4040" })
      yield* TestClock.adjust("1 minutes")
      expect([sentOf(seen, "hello3").length, listener.open()]).toEqual([0, 0])
    }).pipe(Effect.provide(observed(seen)))
  })

  it.scoped("is not possible with the protection crc, which has no keys", () =>
    Effect.gen(function*() {
      yield* serving()
      const error = yield* Effect.flip(connecting({}, { key: publicOf(1), protection: "crc" }))
      expect(error).toMatchObject({ reason: "Unsupported", detail: "Key" })
    }).pipe(Effect.provide(observed())))
})

describe("without a pinned key, the Keyring decides:", () => {
  it.scoped("an unknown key is UnknownKey, and the server gets no HELLO3", () => {
    const seen = observer()
    return Effect.gen(function*() {
      const listener = yield* serving()
      const servers = new Map<string, ServerKey>()
      const error = yield* Effect.flip(connecting({ known: servers }))
      expect(error).toMatchObject({ reason: "UnknownKey", key: publicOf(1) })
      yield* TestClock.adjust("1 minutes")
      expect([sentOf(seen, "hello3").length, listener.open(), servers.size]).toEqual([0, 0, 0])
    }).pipe(Effect.provide(observed(seen)))
  })

  it.scoped("the first key is accepted if it wants so, and learned before HELLO3 is sent", () => {
    const seen = observer()
    const sentBefore: Array<number> = []
    class Noting extends Map<string, ServerKey> {
      override set(name: string, key: ServerKey): this {
        sentBefore.push(sentOf(seen, "hello3").length)
        return super.set(name, key)
      }
    }
    return Effect.gen(function*() {
      yield* serving()
      const servers = new Noting()
      yield* connecting({ acceptNew: true, known: servers })
      expect([...servers]).toEqual([...known(publicOf(1))])
      expect(sentBefore).toEqual([0])
      // The second time it is known.
      yield* connecting({ acceptNew: true, known: servers })
      expect(sentBefore).toEqual([0])
      expect(sentOf(seen, "hello3").length).toBeGreaterThan(0)
    }).pipe(Effect.provide(observed(seen)))
  })

  it.scoped("a key that cannot be learned opens no session", () => {
    const seen = observer()
    const keys = NodeSecurity.layerMemory({ acceptNew: true })
    const full = Effect.map(Keyring, (keyring) => ({
      ...keyring,
      learn: () => new KeyringError({ message: "the disk is full" })
    }))
    const failing = Layer.merge(keys, Layer.provide(Layer.effect(Keyring, full), keys))
    return Effect.gen(function*() {
      yield* serving()
      const error = yield* Effect.flip(passing(Effect.provide(connect(place), failing)))
      expect(error).toMatchObject({ reason: "Keys", message: "the disk is full" })
      expect(sentOf(seen, "hello3").length).toBe(0)
    }).pipe(Effect.provide(observed(seen)))
  })

  it.scoped("another key than the known one is ChangedKey, although first keys are accepted", () =>
    Effect.gen(function*() {
      yield* serving()
      const servers = known(publicOf(2))
      const error = yield* Effect.flip(connecting({ acceptNew: true, known: servers }))
      expect(error).toMatchObject({ reason: "ChangedKey", key: publicOf(1) })
      expect(servers).toEqual(known(publicOf(2)))
    }).pipe(Effect.provide(observed())))

  it.scoped("the own host key is trusted on loopback without a question, and not learned; elsewhere it is unknown", () =>
    Effect.gen(function*() {
      const loopback = { host: "127.0.0.1", port: 4040 }
      yield* serving({}, loopback)
      yield* serving()
      const servers = new Map<string, ServerKey>()
      const own = { hostKey: secret(1), known: servers }
      expect((yield* connecting(own, loopback)).peer().isTrusted).toBe(true)
      expect(servers.size).toBe(0)
      expect(yield* Effect.flip(connecting(own))).toMatchObject({ reason: "UnknownKey" })
      expect(yield* Effect.flip(connecting({ hostKey: secret(2) }, loopback))).toMatchObject({ reason: "UnknownKey" })
    }).pipe(Effect.provide(observed())))

  it.scoped("the announced next key is learned, accepted, and replaces the first one", () =>
    Effect.gen(function*() {
      const servers = known(publicOf(1))
      yield* Effect.scoped(Effect.zipRight(serving({ nextHostKey: publicOf(2) }), connecting({ known: servers })))
      expect(servers).toEqual(known(publicOf(1), publicOf(2)))
      yield* serving({ hostKey: secret(2) })
      expect((yield* connecting({ known: servers })).peer().publicKey).toEqual(publicOf(2))
      expect(servers).toEqual(known(publicOf(2)))
    }).pipe(Effect.provide(observed())))
})

describe("the key of the client", () => {
  it.scoped("is shown to the server if it has an identity; otherwise it is anonymous", () =>
    Effect.gen(function*() {
      const listener = yield* serving()
      yield* connecting({ acceptNew: true, identity: secret(3) })
      yield* connecting({ acceptNew: true })
      const sessions = yield* passing(Stream.runCollect(Stream.take(listener.sessions, 2)))
      expect([...sessions].map((session) => [session.peer().publicKey, session.peer().isTrusted])).toEqual([
        [publicOf(3), false],
        [undefined, false]
      ])
      expect([...sessions].every(({ channelBinding }) => channelBinding?.length === 32)).toBe(true)
    }).pipe(Effect.provide(observed())))
})

describe("a HELLO2 of another host that has seen HELLO", () => {
  /** Answers each HELLO of a client at once, with a host key of its own. */
  const racing = (seen: ReturnType<typeof observer>) =>
    Effect.gen(function*() {
      const security = yield* ServerSecurity.make({}, "192.0.2.66:4040")
      const theirs = new ServerHandshake({
        crc32,
        ...security.handshake,
        resetToken: () => new Uint8Array(16),
        local: () => parameters,
        random: () => 0.5
      })
      seen.onSent = (datagram) => {
        const packet = read(crc32, datagram, 0, datagram.length)
        const answer = packet === undefined
          ? undefined
          : theirs.handlePacket(packet, { host: "127.0.0.1", port: 50_000 }, 0)
        // Before the genuine answer, which takes the network.
        if (answer?._tag === "Answer") queueMicrotask(() => seen.inject(answer.bytes, place))
      }
    }).pipe(withKeys({ hostKey: secret(6) }))

  it.scoped("does not read as ChangedKey: the client waits for the expected key", () => {
    const seen = observer()
    return Effect.gen(function*() {
      yield* racing(seen)
      yield* serving()
      const session = yield* connecting({ known: known(publicOf(1)) })
      expect(session.peer().publicKey).toEqual(publicOf(1))
      expect((yield* connecting({}, { key: publicOf(1) })).peer().publicKey).toEqual(publicOf(1))
    }).pipe(Effect.provide(observed(seen)))
  })

  it.scoped("is ChangedKey where no other answer comes", () => {
    const seen = observer()
    return Effect.gen(function*() {
      yield* racing(seen)
      // The server is there, and its answers are lost.
      yield* Effect.flatMap(Socket, ({ bind }) => bind(place, { onRun: () => undefined, onError: () => undefined }))
      const error = yield* Effect.fork(Effect.flip(withKeys({ known: known(publicOf(1)) })(connect(place))))
      yield* TestClock.adjust(otherKeyMillis - 1)
      expect(error.unsafePoll()).toBeNull()
      yield* TestClock.adjust("10 millis")
      expect(yield* error).toMatchObject({ reason: "ChangedKey", key: publicOf(6) })
    }).pipe(Effect.provide(observed(seen)))
  })
})
