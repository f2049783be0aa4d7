/**
 * Simulates a bad network between a program and its sockets: loses, duplicates, delays, reorders, damages and cuts
 * datagrams, by chance (seeded) or by a script. It decorates any Socket layer; each datagram of a run meets its own fault.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Bound, Handler, Path, SocketError } from "../net/Socket.ts"
import { cut, runBytes, Socket } from "../net/Socket.ts"
import * as Frame from "../protocol/classic/ClassicFrame.ts"
import { endOf, firstDatagramBytes, form, formAt, formNames, lowNumberOf } from "../protocol/flock/wire/Packet.ts"
import { notWhole, outOfRange } from "../transport/OptionRange.ts"
import type { Describe, Gate, Options } from "./FaultyLink.ts"
import { FaultyLink } from "./FaultyLink.ts"
import { overwriting } from "./OverwrittenRuns.ts"

export type { Direction, Fate, Fault, Options, Rule } from "./FaultyLink.ts"

/** A Socket whose datagrams meet the faults of `options`, in both directions. */
export const layer = (options: Options): Layer.Layer<Socket, never, Socket> =>
  Layer.scoped(
    Socket,
    Effect.gen(function*() {
      const problem = problemOf(options)
      if (problem !== undefined) return yield* Effect.die(new RangeError(problem))
      const inner = yield* Socket
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
          const bound = yield* socket(faultyHandler(link, overwriting(handler), gate, room))
          yield* Effect.addFinalizer(() =>
            Effect.sync(() => {
              // A sent datagram is in transit when its socket closes, for example a last FIN or CLOSE.
              link.hurry(gate)
              gate.isOpen = false
            })
          )
          return faulty(link, bound, gate, room)
        })
      return {
        resolve: inner.resolve,
        bind: (local, handler, more) => open(handler, (guarded) => inner.bind(local, guarded, more)),
        connect: (peer, handler, more) => open(handler, (guarded) => inner.connect(peer, guarded, more))
      }
    })
  )

const problemOf = (
  { cut: cutting, damage, delayMillis, duplicate, loss, reorder, reorderMillis, seed }: Options
): string | undefined =>
  notWhole("seed", seed, Number.MIN_SAFE_INTEGER) ??
    outOfRange("loss", loss, 0, 1) ??
    outOfRange("duplicate", duplicate, 0, 1) ??
    outOfRange("reorder", reorder, 0, 1) ??
    outOfRange("damage", damage, 0, 1) ??
    outOfRange("cut", cutting, 0, 1) ??
    outOfRange("delayMillis", delayMillis, 0) ??
    outOfRange("reorderMillis", reorderMillis, 0)

/** Whether the decorated socket has no room; until it drains, sends return `Full`. */
interface Room {
  isFull: boolean
}

const faulty = (link: FaultyLink, bound: Bound, gate: Gate, room: Room): Bound => ({
  ...bound,
  send: (to, segmentBytes, fill) => {
    if (room.isFull) return "Full"
    const buffer = new Uint8Array(runBytes(segmentBytes))
    const length = fill(buffer)
    const step = segmentBytes ?? length
    for (let at = 0; at < length; at += step) {
      link.pass("sent", buffer.subarray(at, Math.min(at + step, length)), (bytes) => {
        if (gate.isOpen && sendOne(bound, to, segmentBytes, bytes) === "Full") room.isFull = true
      }, gate)
    }
    return length === 0 ? "Nothing" : "Sent"
  }
})

/** Sends a datagram as its run would have been sent. If the socket is full it is lost, as in a network. */
const sendOne = (bound: Bound, to: Path, segmentBytes: number | undefined, bytes: Uint8Array) =>
  bound.send(to, segmentBytes === undefined ? undefined : bytes.length, (target) => {
    target.set(bytes)
    return bytes.length
  })

const faultyHandler = (link: FaultyLink, handler: Handler, gate: Gate, room: Room): Handler => ({
  ...handler,
  onDrain: () => {
    room.isFull = false
    handler.onDrain?.()
  },
  onRun: (run) => {
    let isNow = true
    for (const datagram of cut(run, firstDatagramBytes)) {
      link.pass("received", datagram, (bytes) => {
        if (!gate.isOpen || bytes.length === 0) return
        handler.onRun({ bytes, from: run.from, segmentBytes: bytes.length })
        // A delayed datagram arrives as a run of its own.
        if (!isNow) handler.onPause?.()
      })
    }
    isNow = false
  }
})

/** Decodes a datagram as packets of flock if their lengths fit exactly, otherwise as a classic frame. */
const describe: Describe = (bytes) => {
  if (isPackets(bytes)) {
    const packetForm = formAt(bytes, 0)
    const kind = packetForm === undefined ? undefined : formNames[packetForm]
    return { kind, sequenceNumber: packetForm === form.data ? lowNumberOf(bytes, 0) : undefined }
  }
  const frame = Frame.decode(bytes)
  return typeof frame === "string"
    ? { kind: undefined, sequenceNumber: undefined }
    : { kind: Frame.kindNames[frame.kind], sequenceNumber: frame.sequenceNumber }
}

const isPackets = (bytes: Uint8Array): boolean => {
  let at = 0
  while (at < bytes.length) {
    const end = formAt(bytes, at) === undefined ? undefined : endOf(bytes, at, bytes.length)
    if (end === undefined) return false
    at = end
  }
  return at > 0
}
