/**
 * Stands between a program and its sockets and does what networks do: loses, doubles, delays, reorders, damages and cuts
 * datagrams. By chance, seeded, or by a script. It decorates any Socket layer.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Bound, Handler, SocketError } from "../net/Socket.ts"
import { Socket } from "../net/Socket.ts"
import * as Frame from "../protocol/classic/ClassicFrame.ts"
import type { Describe, Gate, Options } from "./FaultyLink.ts"
import { FaultyLink } from "./FaultyLink.ts"

export type { Direction, Fate, Fault, Options, Rule } from "./FaultyLink.ts"

/** A Socket whose datagrams meet the faults of `options`, in both directions. */
export const layer = (options: Options): Layer.Layer<Socket, never, Socket> =>
  Layer.scoped(
    Socket,
    Effect.gen(function*() {
      const inner = yield* Socket
      const runtime = yield* Effect.runtime<never>()
      const scope = yield* Effect.scope
      const later = (millis: number, action: () => void): void => {
        Runtime.runFork(runtime)(Effect.delay(Effect.sync(action), millis), { scope })
      }
      const clock = yield* Effect.clock
      const link = new FaultyLink(options, later, () => Number(clock.unsafeCurrentTimeNanos()) / 1e6, describe)
      const open = (handler: Handler, socket: (handler: Handler) => Effect.Effect<Bound, SocketError, Scope.Scope>) =>
        Effect.gen(function*() {
          const gate = { isOpen: true }
          const bound = yield* socket(faultyHandler(link, handler, gate))
          yield* Effect.addFinalizer(() =>
            Effect.sync(() => {
              // What was sent is on its way, whatever becomes of its socket: a last FIN among it.
              link.hurry(gate)
              gate.isOpen = false
            })
          )
          return faulty(link, bound, gate)
        })
      return {
        resolve: inner.resolve,
        bind: (local, handler) => open(handler, (guarded) => inner.bind(local, guarded)),
        connect: (peer, handler) => open(handler, (guarded) => inner.connect(peer, guarded))
      }
    })
  )

const faulty = (link: FaultyLink, bound: Bound, gate: Gate): Bound => ({
  local: bound.local,
  send: (to, fill) => {
    const buffer = new Uint8Array(Frame.maxReadBytes)
    const length = fill(buffer)
    if (length === 0) return false
    link.pass("sent", buffer.subarray(0, length), (bytes) => {
      if (!gate.isOpen) return
      bound.send(to, (target) => {
        target.set(bytes)
        return bytes.length
      })
    }, gate)
    return true
  }
})

const faultyHandler = (link: FaultyLink, handler: Handler, gate: Gate): Handler => ({
  onError: handler.onError,
  onDatagrams: (batch) => {
    for (const { bytes, from } of batch) {
      link.pass("received", bytes, (passed) => {
        if (gate.isOpen) handler.onDatagrams([{ bytes: passed, from }])
      })
    }
  }
})

const describe: Describe = (bytes) => {
  const frame = Frame.decode(bytes)
  return typeof frame === "string"
    ? { kind: undefined, sequenceNumber: undefined }
    : { kind: Frame.kindNames[frame.kind], sequenceNumber: frame.sequenceNumber }
}
