import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { format } from "../../../src/net/Address.ts"
import { Socket } from "../../../src/net/Socket.ts"
import { Connection } from "../../../src/protocol/flock/Connection.ts"
import { Streams } from "../../../src/protocol/flock/streams/Streams.ts"
import { form, writeHeader } from "../../../src/protocol/flock/wire/Packet.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { connect } from "../../../src/transport/flock/FlockEndpoint.ts"
import type { Listener, Session } from "../../../src/transport/Transport.ts"
import { address, content, firstStream, network, newWire, pair, passing } from "../../suites/flockNetwork.ts"

/** Two clients of one listener, and the listener's sessions with them. */
const twoPairs = Effect.gen(function*() {
  const one = yield* pair()
  const other = yield* connect(address)
  const server = yield* Effect.flatten(Stream.runHead(one.listener.sessions))
  return { listener: one.listener, one: { client: one.client, server: one.server }, other: { client: other, server } }
})

/** Checks that a session carries a byte. */
const works = ({ client, server }: { readonly client: Session; readonly server: Session }) =>
  passing(Effect.gen(function*() {
    const stream = yield* client.openStream
    yield* stream.write(Uint8Array.of(42))
    expect(yield* Effect.flatMap(firstStream(server), (theirs) => theirs.read())).toEqual(Uint8Array.of(42))
  }))

/** Makes a method of the core throw while `body` runs, for the connections that match `isHis`. */
const failing = <This extends object, E, R>(
  prototype: This,
  name: string,
  isHis: (self: This, first: unknown) => boolean,
  body: Effect.Effect<void, E, R>
): Effect.Effect<void, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const original: unknown = Reflect.get(prototype, name)
      if (typeof original !== "function") throw new Error(`there is no ${name}`)
      Reflect.set(prototype, name, function(this: This, ...given: ReadonlyArray<unknown>): unknown {
        if (isHis(this, given[0])) throw new Error("a defect")
        return Reflect.apply(original, this, given)
      })
      return original
    }),
    () => body,
    (original) => Effect.sync(() => Reflect.set(prototype, name, original))
  )

const endsAlone = (
  listener: Listener,
  broken: { readonly client: Session; readonly server: Session },
  whole: { readonly client: Session; readonly server: Session }
) =>
  Effect.gen(function*() {
    yield* TestClock.adjust("10 seconds")
    expect(listener.counters().defects).toBe(1)
    expect(yield* broken.server.closed).toMatchObject({ reason: "Defect", code: 1 })
    expect(yield* broken.client.closed).toMatchObject({ reason: "Defect", code: 1 })
    expect(listener.open()).toBe(1)
    yield* works(whole)
  })

describe("a defect", () => {
  it.scoped("in the handling of a packet ends that session only", () =>
    Effect.gen(function*() {
      const { listener, one, other } = yield* twoPairs
      const stream = yield* one.client.openStream
      yield* failing(
        Streams.prototype,
        "onStreamFrame",
        () => true,
        Effect.zipRight(stream.write(Uint8Array.of(1)), TestClock.adjust("1 seconds"))
      )
      yield* endsAlone(listener, one, other)
    }).pipe(Effect.provide(network())))

  it.scoped.each(["nextTransmit", "fill", "pollEvents"])(
    "in %s ends the sending session only",
    (verb) =>
      Effect.gen(function*() {
        const { listener, one, other } = yield* twoPairs
        const mine = format(one.server.peer())
        let failures = 0
        const stream = yield* one.client.openStream
        yield* failing(
          Connection.prototype,
          verb,
          (self) => format(self.path) === mine && failures++ === 0,
          Effect.zipRight(stream.write(Uint8Array.of(1)), TestClock.adjust("1 seconds"))
        )
        yield* endsAlone(listener, one, other)
      }).pipe(Effect.provide(network()))
  )
})

describe("a driver", () => {
  it.scoped("counts packets with unknown connection ids, and malformed datagrams", () =>
    Effect.gen(function*() {
      const { listener, ...both } = yield* pair()
      const socket = yield* Socket
      const stranger = yield* socket.connect(address, {
        onRun: () => undefined,
        onPause: () => undefined,
        onError: () => undefined,
        onDrain: () => undefined
      })
      const send = (bytes: Uint8Array): void =>
        void stranger.send(address, bytes.length, (target) => {
          target.set(bytes)
          return bytes.length
        })
      const stray = new Uint8Array(40)
      writeHeader(stray, 0, form.data, 12_345, stray.length)
      send(stray)
      send(new Uint8Array(40))
      send(Uint8Array.of(form.data))
      yield* TestClock.adjust("1 millis")
      expect(listener.counters()).toMatchObject({ strays: 1, malformed: 2, defects: 0 })
      yield* works(both)
    }).pipe(Effect.provide(network())))

  it.scoped("accepts runs that the kernel has merged", () =>
    Effect.gen(function*() {
      const both = yield* pair()
      const stream = yield* both.client.openStream
      yield* Effect.fork(Effect.zipRight(stream.write(content(400_000)), stream.finish))
      const theirs = yield* firstStream(both.server)
      const bytes = yield* passing(Stream.runFold(theirs.bytes, 0, (sum, { length }) => sum + length))
      expect([bytes, both.listener.counters().malformed]).toEqual([400_000, 0])
      expect(both.server.statistics()).toMatchObject({ dropped: { damaged: 0, duplicates: 0 } })
    }).pipe(Effect.provide(network(newWire(), { merges: true, mtuBytes: 1400 }))))

  it.scoped("reduces the datagram size when the network reports it as too large", () =>
    Effect.gen(function*() {
      const both = yield* pair()
      const stream = yield* both.client.openStream
      yield* stream.write(content(400_000))
      yield* TestClock.adjust("1 seconds")
      expect(both.client.statistics().congestion?.datagramBytes).toBeLessThanOrEqual(3000)
      expect(both.client.statistics().congestion?.datagramBytes).toBeGreaterThan(3000 - Limits.mtuStepBytes)
    }).pipe(Effect.provide(network(newWire(), { mtuBytes: 3000 }))))
})
