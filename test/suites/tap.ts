/** Records every frame that is sent over a `Socket`, with the virtual time. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Bound } from "../../src/net/Socket.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as Timing from "../../src/transport/Timing.ts"

/** A sent frame. */
export interface Tapped {
  /** Kind and sequence number, for example `DAT 3`. */
  readonly label: string
  readonly atMillis: number
  /** `bind` for a server's socket, `connect` for a client's. */
  readonly by: "bind" | "connect"
}

const labelOf = (bytes: Uint8Array): string => {
  const frame = Frame.decode(bytes)
  return typeof frame === "string" ? frame : `${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`
}

/** A `Socket` layer that appends every sent frame to `log`. */
export const tap = (log: Array<Tapped>): Layer.Layer<Socket, never, Socket> =>
  Layer.effect(
    Socket,
    Effect.gen(function*() {
      const inner = yield* Socket
      const clock = yield* Effect.clock
      const tapped = (bound: Bound, by: Tapped["by"]): Bound => ({
        ...bound,
        send: (to, segmentBytes, fill) =>
          bound.send(to, segmentBytes, (target) => {
            const length = fill(target)
            const atMillis = Timing.nanosToMillis(clock.unsafeCurrentTimeNanos())
            if (length > 0) log.push({ label: labelOf(target.subarray(0, length)), atMillis, by })
            return length
          })
      })
      return {
        resolve: inner.resolve,
        bind: (local, handler, options) =>
          Effect.map(inner.bind(local, handler, options), (bound) => tapped(bound, "bind")),
        connect: (peer, handler, options) =>
          Effect.map(inner.connect(peer, handler, options), (bound) => tapped(bound, "connect"))
      }
    })
  )

/** The clients' frames with their times in milliseconds, for example `DAT 3 @1020`. */
export const sentByClients = (log: ReadonlyArray<Tapped>): ReadonlyArray<string> =>
  log.filter(({ by }) => by === "connect").map(({ atMillis, label }) => `${label} @${atMillis}`)
