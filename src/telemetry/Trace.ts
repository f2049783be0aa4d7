/**
 * Stands between a program and its sockets and tells of each datagram that goes and comes, read as a classic frame. It
 * changes nothing. It decorates any Socket layer.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { format } from "../net/Address.ts"
import { Crc } from "../net/Crc.ts"
import type { Bound, Handler } from "../net/Socket.ts"
import { Socket } from "../net/Socket.ts"
import * as Frame from "../protocol/classic/ClassicFrame.ts"

export type Direction = "sent" | "received"

/** A datagram that went or came. */
export interface Datagram {
  readonly direction: Direction
  /** `host:port` of the other side. */
  readonly peer: string
  /** As read; undefined when it is no frame at all. A view: valid until the callback returns. */
  readonly frame: Frame.Frame | undefined
  /** Whether its CRC holds; true for kinds that have none. */
  readonly isIntact: boolean
  /** The whole datagram. A view too. */
  readonly bytes: Uint8Array
}

/** A Socket whose datagrams are told to `onDatagram`, synchronously: it must not throw and must not wait. */
export const layer = (onDatagram: (datagram: Datagram) => void): Layer.Layer<Socket, never, Socket | Crc> =>
  Layer.effect(
    Socket,
    Effect.gen(function*() {
      const inner = yield* Socket
      const { crc32 } = yield* Crc
      const tell = (direction: Direction, peer: string, bytes: Uint8Array): void => {
        const read = Frame.decode(bytes)
        const frame = typeof read === "string" ? undefined : read
        onDatagram({
          direction,
          peer,
          frame,
          isIntact: frame !== undefined && Frame.isIntact(frame, crc32),
          bytes
        })
      }
      const heard = (handler: Handler): Handler => ({
        ...handler,
        onRun: (run) => {
          tell("received", format(run.from), run.bytes)
          handler.onRun(run)
        }
      })
      const told = (bound: Bound): Bound => ({
        ...bound,
        send: (to, segmentBytes, fill) =>
          bound.send(to, segmentBytes, (target) => {
            const length = fill(target)
            if (length > 0) tell("sent", format(to), target.subarray(0, length))
            return length
          })
      })
      return {
        resolve: inner.resolve,
        bind: (local, handler, options) => Effect.map(inner.bind(local, heard(handler), options), told),
        connect: (peer, handler, options) => Effect.map(inner.connect(peer, heard(handler), options), told)
      }
    })
  )

/** Whether a frame only keeps a connection alive or ends it: KPA, its answers, FIN. */
export const isOfConnection = (frame: Frame.Frame): boolean => Frame.isOfConnection(frame)
