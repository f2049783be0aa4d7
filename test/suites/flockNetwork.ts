/** A network in memory for sessions in virtual time: a wire that can be cut, a server and a client on it. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../src/net/Crc.ts"
import type { Bound } from "../../src/net/Socket.ts"
import { runBytes, Socket } from "../../src/net/Socket.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import * as Endpoint from "../../src/transport/flock/FlockEndpoint.ts"
import type { SessionOptions } from "../../src/transport/flock/SessionOptions.ts"
import type { SessionStream } from "../../src/transport/SessionStream.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"

export const address = { host: "127.0.0.1", port: 4040 }

/** The state that all sockets of a network share. */
export interface Wire {
  /** While it is set, all sent runs are lost. */
  isCut: boolean
  /** Runs that are sent from these ports are lost. */
  readonly deadPorts: Set<number>
  /** Sent runs, including lost ones. */
  runs: number
  /** Runs that the listener receives in one turn of the event loop: as in a kernel's buffer, further ones are lost. */
  roomInTurn: number
  /** Runs to the listener that were lost for want of room. */
  overflows: number
}

export const newWire = (): Wire => ({ isCut: false, deadPorts: new Set(), runs: 0, roomInTurn: Infinity, overflows: 0 })

/** Takes room for a run to this port until the next turn of the event loop; false if there is none. */
const hasRoom = (wire: Wire, port: number): boolean => {
  if (wire.roomInTurn === Infinity || port !== address.port) return true
  if (wire.roomInTurn === 0) {
    wire.overflows++
    return false
  }
  wire.roomInTurn--
  setImmediate(() => wire.roomInTurn++)
  return true
}

const onWire = (wire: Wire, bound: Bound): Bound => ({
  ...bound,
  send: (to, segmentBytes, fill) => {
    wire.runs++
    const arrives = !wire.isCut && !wire.deadPorts.has(bound.local.port) && hasRoom(wire, to.port)
    if (arrives) return bound.send(to, segmentBytes, fill)
    return fill(new Uint8Array(runBytes(segmentBytes))) === 0 ? "Nothing" : "Sent"
  }
})

export const network = (wire: Wire = newWire(), options: SocketMemory.Options = {}) =>
  Layer.mergeAll(
    Layer.effect(
      Socket,
      Effect.map(Socket, (inner) => ({
        resolve: inner.resolve,
        bind: (local, handler) => Effect.map(inner.bind(local, handler), (bound) => onWire(wire, bound)),
        connect: (peer, handler) => Effect.map(inner.connect(peer, handler), (bound) => onWire(wire, bound))
      }))
    ).pipe(Layer.provide(SocketMemory.layer(options))),
    TcpMemory.layer(),
    Crc.layer,
    keyed
  )

/** Advances virtual time until `effect` has ended; in small steps at first, for effects that end soon. */
export const passing = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    for (let steps = 0; (yield* Fiber.poll(fiber))._tag === "None"; steps++) {
      yield* TestClock.adjust(steps < 40 ? "5 millis" : "100 millis")
    }
    return yield* Fiber.join(fiber)
  })

/** A listener, a client's session with it, and the listener's side of that session. */
export const pair = (options: SessionOptions = {}) =>
  Effect.gen(function*() {
    const listener = yield* Endpoint.listen({ ...address, ...options })
    const client = yield* Endpoint.connect({ ...address, ...options })
    const server: Session = yield* Effect.flatten(Stream.runHead(listener.sessions)).pipe(Effect.orDie)
    return { listener, client, server }
  })

const queues = new WeakMap<Session, Queue.Queue<SessionStream>>()

/** The first stream that the peer opens and that no earlier call has returned; it stays open until the session is over. */
export const firstStream = (session: Session): Effect.Effect<SessionStream> =>
  Effect.gen(function*() {
    const known = queues.get(session)
    if (known !== undefined) return yield* known
    const queue = yield* Queue.unbounded<SessionStream>()
    queues.set(session, queue)
    yield* Effect.forkDaemon(
      session.serveStreams((stream) => Effect.zipRight(Queue.offer(queue, stream), session.closed))
    )
    return yield* queue
  })

/** Bytes in which adjacent blocks differ. */
export const content = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, at) => (at * 31 + (at >>> 8) * 7 + (at >>> 16)) & 255)
