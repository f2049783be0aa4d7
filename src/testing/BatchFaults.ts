/**
 * The faults of `Faults` for sockets that send and receive runs: every datagram of a run meets its own. It decorates any
 * BatchSocket layer.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Bound, Handler } from "../net/BatchSocket.ts"
import { BatchSocket, cut, runBytes } from "../net/BatchSocket.ts"
import type { SocketError } from "../net/Socket.ts"
import { firstDatagramBytes, form, formAt, formNames, lowNumberOf } from "../protocol/flock/wire/Packet.ts"
import type { Describe, Gate, Options } from "./FaultyLink.ts"
import { FaultyLink } from "./FaultyLink.ts"

/** A BatchSocket whose datagrams meet the faults of `options`, in both directions. */
export const layer = (options: Options): Layer.Layer<BatchSocket, never, BatchSocket> =>
  Layer.scoped(
    BatchSocket,
    Effect.gen(function*() {
      const inner = yield* BatchSocket
      const runtime = yield* Effect.runtime<never>()
      const scope = yield* Effect.scope
      const clock = yield* Effect.clock
      const later = (millis: number, action: () => void): void => {
        Runtime.runFork(runtime)(Effect.delay(Effect.sync(action), millis), { scope })
      }
      const link = new FaultyLink(options, later, () => Number(clock.unsafeCurrentTimeNanos()) / 1e6, describe)
      const open = (handler: Handler, socket: (handler: Handler) => Effect.Effect<Bound, SocketError, Scope.Scope>) =>
        Effect.gen(function*() {
          const gate = { isOpen: true }
          const room = { isFull: false }
          const bound = yield* socket(faultyHandler(link, handler, gate, room))
          yield* Effect.addFinalizer(() =>
            Effect.sync(() => {
              // What was sent is on its way, whatever becomes of its socket: a last CLOSE among it.
              link.hurry(gate)
              gate.isOpen = false
            })
          )
          return faulty(link, bound, gate, room)
        })
      return {
        resolve: inner.resolve,
        bind: (local, handler) => open(handler, (guarded) => inner.bind(local, guarded)),
        connect: (peer, handler) => open(handler, (guarded) => inner.connect(peer, guarded))
      }
    })
  )

/** Whether the socket below has no room: then nothing is asked of the sender. */
interface Room {
  isFull: boolean
}

const faulty = (link: FaultyLink, bound: Bound, gate: Gate, room: Room): Bound => ({
  ...bound,
  send: (to, datagramBytes, fill) => {
    if (room.isFull) return "Full"
    const buffer = new Uint8Array(runBytes(datagramBytes))
    const length = fill(buffer)
    for (let at = 0; at < length; at += datagramBytes) {
      link.pass("sent", buffer.subarray(at, Math.min(at + datagramBytes, length)), (bytes) => {
        if (!gate.isOpen) return
        const sent = bound.send(to, bytes.length, (target) => {
          target.set(bytes)
          return bytes.length
        })
        // The datagram is lost, as on a network; the next one waits.
        if (sent === "Full") room.isFull = true
      }, gate)
    }
    return length === 0 ? "Nothing" : "Sent"
  }
})

const faultyHandler = (link: FaultyLink, handler: Handler, gate: Gate, room: Room): Handler => ({
  onError: handler.onError,
  onPause: handler.onPause,
  onDrain: () => {
    room.isFull = false
    handler.onDrain()
  },
  onRun: (run) => {
    let isNow = true
    for (const datagram of cut(run, firstDatagramBytes)) {
      link.pass("received", datagram, (bytes) => {
        if (!gate.isOpen || bytes.length === 0) return
        handler.onRun({ bytes, from: run.from, stride: bytes.length })
        // What comes later comes alone.
        if (!isNow) handler.onPause()
      })
    }
    isNow = false
  }
})

const describe: Describe = (bytes) => {
  const packetForm = formAt(bytes, 0)
  if (packetForm === undefined) return { kind: undefined, sequenceNumber: undefined }
  return { kind: formNames[packetForm], sequenceNumber: packetForm === form.data ? lowNumberOf(bytes, 0) : undefined }
}
