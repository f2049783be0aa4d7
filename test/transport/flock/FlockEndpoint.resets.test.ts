import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { Socket } from "../../../src/net/Socket.ts"
import { form, resetBytes } from "../../../src/protocol/flock/wire/Packet.ts"
import { connect, listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import { address, network, passing } from "../../suites/flockNetwork.ts"

const isHello3 = (bytes: Uint8Array): boolean => bytes[0] === form.hello3

/** A forged packet of DATA to the session of a HELLO3. */
const forgedTo = (hello3: Uint8Array): Uint8Array => {
  const bytes = hello3.slice()
  bytes[0] = form.data
  return bytes
}

/** The same with an id of no session. */
const forgedElsewhere = (hello3: Uint8Array): Uint8Array => {
  const bytes = forgedTo(hello3)
  bytes[8] = (bytes[8] ?? 0) ^ 1
  return bytes
}

/** Keeps the first runs that clients send, and loses what `isLost` chooses. */
const watched = (sent: Array<Uint8Array>, isLost: (bytes: Uint8Array) => boolean = () => false) =>
  Layer.effect(
    Socket,
    Effect.map(Socket, (inner) => ({
      ...inner,
      connect: (peer, handler, options) =>
        Effect.map(inner.connect(peer, handler, options), (bound) => ({
          ...bound,
          send: (to, segmentBytes, fill) => {
            const scratch = new Uint8Array(65_536)
            const length = fill(scratch)
            const bytes = scratch.slice(0, length)
            sent.push(bytes)
            if (isLost(bytes)) return "Sent"
            return bound.send(to, segmentBytes, (target) => {
              target.set(bytes)
              return length
            })
          }
        }))
    }))
  ).pipe(Layer.provideMerge(network()))

/** A stranger that sends datagrams to the server; the lengths of its answers. */
const stranger = Effect.gen(function*() {
  const socket = yield* Socket
  const answers: Array<number> = []
  const bound = yield* socket.connect(address, {
    onRun: ({ bytes }) => answers.push(bytes.length),
    onPause: () => undefined,
    onError: () => undefined,
    onDrain: () => undefined
  })
  const says = (bytes: Uint8Array) => {
    bound.send(address, bytes.length, (target) => {
      target.set(bytes)
      return bytes.length
    })
    return TestClock.adjust("1 millis")
  }
  return { answers, says }
})

const hello3Of = (sent: ReadonlyArray<Uint8Array>): Uint8Array => sent.find(isHello3) ?? new Uint8Array(0)

describe("a RESET", () => {
  it.scoped("answers packets of sessions that are not there, damaged or not", () => {
    const sent: Array<Uint8Array> = []
    return Effect.gen(function*() {
      yield* listen(address)
      yield* passing(connect(address))
      const { answers, says } = yield* stranger
      const packet = forgedElsewhere(hello3Of(sent))
      yield* says(packet)
      yield* says(packet.slice(0, 40))
      expect(answers).toEqual([resetBytes, resetBytes])
    }).pipe(Effect.provide(watched(sent)))
  })

  it.scoped("answers no packet of an open session: a damaged or forged one must not end it, and must not get its token", () => {
    const sent: Array<Uint8Array> = []
    return Effect.gen(function*() {
      yield* listen(address)
      const client = yield* passing(connect(address))
      const { answers, says } = yield* stranger
      const packet = forgedTo(hello3Of(sent))
      yield* says(packet)
      // The length in its header exceeds its datagram.
      yield* says(packet.slice(0, 40))
      expect([answers, client.isClosed()]).toEqual([[], false])
    }).pipe(Effect.provide(watched(sent)))
  })

  it.scoped("answers no packet of a handshake that is incomplete: DATA may overtake HELLO3", () => {
    const sent: Array<Uint8Array> = []
    let isCut = true
    return Effect.gen(function*() {
      yield* listen(address)
      const client = yield* passing(connect(address))
      const { answers, says } = yield* stranger
      yield* says(forgedTo(hello3Of(sent)))
      expect([answers, client.isClosed()]).toEqual([[], false])
      isCut = false
      yield* TestClock.adjust("2 seconds")
      expect(client.isClosed()).toBe(false)
    }).pipe(Effect.provide(watched(sent, (bytes) => isCut && isHello3(bytes))))
  })
})
