/** Decorates a Socket with a path that reports errors and drops datagrams, as routers do. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Reason, runBytes, Socket, SocketError } from "../../src/net/Socket.ts"

export interface BrokenPath {
  /** Larger datagrams of clients do not arrive. */
  mtuBytes: number
  /** Whether a client gets `TooLarge` for them; otherwise they are lost without a report. */
  reports: boolean
  /** After so many reports the datagrams arrive: the system fragments them. */
  fragmentsAfter: number
  /** Clients get this report for each datagram, which arrives nevertheless: a forged ICMP message. */
  forged: Reason | undefined
  /** The client's sends, in bytes, including lost ones. */
  readonly sent: Array<number>
  /** How many reports were made. */
  reported: number
}

export const brokenPath = (more: Partial<BrokenPath> = {}): BrokenPath => ({
  mtuBytes: Infinity,
  reports: true,
  fragmentsAfter: Infinity,
  forged: undefined,
  sent: [],
  reported: 0,
  ...more
})

export const onPath = (path: BrokenPath): Layer.Layer<Socket, never, Socket> =>
  Layer.effect(
    Socket,
    Effect.map(Socket, (inner): typeof Socket.Service => ({
      ...inner,
      connect: (peer, handler, options) =>
        Effect.map(inner.connect(peer, handler, options), (bound) => {
          const report = (reason: Reason, segmentBytes: number | undefined): void => {
            path.reported++
            const error = new SocketError({ reason, address: `${peer.host}:${peer.port}`, message: "reported" })
            queueMicrotask(() => handler.onError(error, segmentBytes))
          }
          return {
            ...bound,
            send: (to, segmentBytes, fill) => {
              const target = new Uint8Array(runBytes(segmentBytes))
              const length = fill(target)
              if (length === 0) return "Nothing"
              const datagramBytes = Math.min(segmentBytes ?? length, length)
              path.sent.push(datagramBytes)
              if (datagramBytes > path.mtuBytes && path.reported < path.fragmentsAfter) {
                if (path.reports) report("TooLarge", datagramBytes)
                return "Sent"
              }
              if (path.forged !== undefined) report(path.forged, undefined)
              return bound.send(to, segmentBytes, (real) => {
                real.set(target.subarray(0, length))
                return length
              })
            }
          }
        })
    }))
  )
