/**
 * Stands between a program and its sockets for runs and tells of each packet of flock that goes and comes. It changes
 * nothing, and knows no session: a packet says of itself all that is told of it. It decorates any Socket layer.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { format } from "../net/Address.ts"
import { Crc } from "../net/Crc.ts"
import type { Bound, Handler } from "../net/Socket.ts"
import { cut, Socket } from "../net/Socket.ts"
import { type Crc32, crcBytes, holdsCrc } from "../protocol/flock/handshake/Protection.ts"
import type { Frame } from "../protocol/flock/wire/Frame.ts"
import { readAll } from "../protocol/flock/wire/Frame.ts"
import type { FormName } from "../protocol/flock/wire/Packet.ts"
import {
  dataHeaderBytes,
  endOf,
  firstDatagramBytes,
  formAt,
  formNames,
  lowNumberOf
} from "../protocol/flock/wire/Packet.ts"
import type { Direction } from "./Trace.ts"

export type { Direction } from "./Trace.ts"

/** A packet that went or came. */
export interface Packet {
  readonly direction: Direction
  /** `host:port` of the other side. */
  readonly peer: string
  /** Undefined when it is no packet at all: of no known form, or cut short. `bytes` is the rest of its datagram then. */
  readonly kind: FormName | undefined
  /** Of DATA: the low 32 bits of its number, as they are on the wire. */
  readonly packetNumber: number | undefined
  /** Whether its tag, a CRC-32, holds. */
  readonly isIntact: boolean
  /** Of DATA that is intact and well-formed, without PADDING; what they carry is a view: valid until the callback returns. */
  readonly frames: ReadonlyArray<Frame> | undefined
  /** The whole packet. A view too. */
  readonly bytes: Uint8Array
}

/** A Socket whose packets are told to `onPacket`, synchronously: it must not throw and must not wait. */
export const layer = (onPacket: (packet: Packet) => void): Layer.Layer<Socket, never, Socket | Crc> =>
  Layer.effect(
    Socket,
    Effect.gen(function*() {
      const inner = yield* Socket
      const { crc32 } = yield* Crc
      const tell = (direction: Direction, peer: string, datagram: Uint8Array): void => {
        for (const packet of packetsOf(crc32, datagram)) onPacket({ direction, peer, ...packet })
      }
      const heard = (handler: Handler): Handler => ({
        ...handler,
        onRun: (run) => {
          // Before it is handed over: what answers it is told after it.
          const peer = format(run.from)
          for (const datagram of cut(run, firstDatagramBytes)) tell("received", peer, datagram)
          handler.onRun(run)
        }
      })
      const told = (bound: Bound): Bound => ({
        ...bound,
        send: (to, segmentBytes, fill) =>
          bound.send(to, segmentBytes, (target) => {
            const length = fill(target)
            const peer = format(to)
            const step = segmentBytes ?? length
            for (let at = 0; at < length; at += step) {
              tell("sent", peer, target.subarray(at, Math.min(at + step, length)))
            }
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

/** The packets of a datagram, each as it reads; the last of them is what cannot be told apart any more. */
const packetsOf = (crc32: Crc32, datagram: Uint8Array): ReadonlyArray<Reading> => {
  const packets: Array<Reading> = []
  for (let at = 0; at < datagram.length;) {
    const form = formAt(datagram, at)
    const end = form === undefined ? undefined : endOf(datagram, at, datagram.length)
    const bytes = datagram.subarray(at, end)
    packets.push(form === undefined || end === undefined ? { ...unread, bytes } : read(crc32, formNames[form], bytes))
    at = end ?? datagram.length
  }
  return packets
}

type Reading = Omit<Packet, "direction" | "peer">

const unread = { kind: undefined, packetNumber: undefined, isIntact: false, frames: undefined }

const read = (crc32: Crc32, kind: FormName, bytes: Uint8Array): Reading => {
  const framesEnd = bytes.length - crcBytes
  const isIntact = holdsCrc(crc32, bytes, 0, framesEnd)
  if (kind !== "DATA") return { ...unread, kind, isIntact, bytes }
  if (framesEnd < dataHeaderBytes) return { ...unread, kind, bytes }
  const frames = isIntact ? readAll(bytes, dataHeaderBytes, framesEnd) : undefined
  return { kind, packetNumber: lowNumberOf(bytes, 0), isIntact, frames, bytes }
}

/** Whether a packet only keeps a session alive, or asks whether the other side is still there: PING alone, and no PADDING. */
export const isKeepAlive = ({ bytes, frames = [] }: Packet): boolean =>
  frames.length > 0 &&
  frames.every(({ type }) => type === "Ping") &&
  bytes.length === dataHeaderBytes + frames.length + crcBytes
