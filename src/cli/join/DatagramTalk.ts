/**
 * Talks by datagrams, both ways: each line is one datagram, each datagram is shown. There is no connection: datagrams of any sender are
 * shown, and one that is lost is lost.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { lineOf } from "../../apps/MessageText.ts"
import { datagramPayloadBytes } from "../../conversation/RoomLimits.ts"
import { type Address, format, ipVersionOf } from "../../net/Address.ts"
import { type Bound, copyOf, type Path, Socket, type SocketError } from "../../net/Socket.ts"
import { textOf } from "../../protocol/framing/Utf8Text.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure } from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import type { Face } from "./Talk.ts"
import { hostFor, type TalkPlan } from "./TalkPlan.ts"

/** Datagrams that wait to be shown; further ones are lost. */
const waitingDatagrams = 1024

/** Own datagrams to a group that have not come back yet: one that is lost must not keep later ones. */
const ownDatagrams = 64

/** The silence after the last line of a script that does not listen, in milliseconds: an answer may still come. */
const answerMillis = 2000

interface Arrival {
  readonly from: Path
  readonly bytes: Uint8Array
}

/** Talks until the lines have ended; a script that listens goes on. With `isOnce` it ends after the first datagram. */
export const run = (
  plan: TalkPlan,
  { face, isOnce, report }: { readonly face: Face; readonly isOnce: boolean; readonly report: Report }
): Effect.Effect<void, Failure, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const { app, listens, transport } = plan
    const socket = yield* openFor(plan, report)
    const { bound } = socket
    if (listens) yield* report.emit({ type: "listening", app, transport, ...bound.local })
    const first = yield* Deferred.make<void>()
    let last: Path | undefined
    const shown = ({ bytes, from }: Arrival): Effect.Effect<void> => {
      last = from
      const peer = format(from)
      const text = textOf(bytes)
      const line = text ?? lineOf({ bytes, text })
      const isKnown = socket.to !== undefined && peer === format(socket.to)
      return Effect.all([
        report.emit({ type: "received", app, transport, peer, bytes: bytes.length, text }),
        face.show(isKnown ? line : `${peer}: ${line}`),
        Deferred.succeed(first, undefined)
      ], { discard: true })
    }
    const sent = (line: string): Effect.Effect<void> =>
      Effect.suspend(() => {
        const bytes = encoder.encode(line)
        const to = socket.to ?? last
        if (to === undefined) {
          return report.note("this line was not sent: no datagram has come yet that it could answer")
        }
        if (bytes.length === 0) return Effect.void
        if (bytes.length > datagramPayloadBytes) {
          return report.note(`this line was not sent: a datagram has ${datagramPayloadBytes} bytes at most`)
        }
        return Effect.zipRight(
          socket.send(to, bytes),
          report.emit({ type: "sent", app, transport, peer: format(to), bytes: bytes.length })
        )
      })
    let arrived = 0
    const receiving = yield* Effect.forkScoped(
      Effect.forever(Effect.flatMap(socket.next, (arrival) => {
        arrived++
        return shown(arrival)
      }))
    )
    const silence: Effect.Effect<void> = Effect.suspend(() => {
      const before = arrived
      return Effect.flatMap(Effect.sleep(answerMillis), () => arrived === before ? Effect.void : silence)
    })
    const ended = Effect.zipRight(
      Stream.runForEach(face.lines, sent),
      face.isPerson ? Effect.void : listens ? Effect.never : silence
    )
    yield* isOnce ? Effect.raceFirst(ended, Deferred.await(first)) : ended
    yield* Fiber.interrupt(receiving)
    const lost = socket.lost()
    if (lost > 0) yield* report.note(`${lost} datagrams were lost: they came faster than they were shown`)
  })

interface OpenSocket {
  readonly bound: Bound
  /** The destination, literal. */
  readonly to: Address | undefined
  readonly next: Effect.Effect<Arrival>
  /** Waits for room. */
  readonly send: (to: Path, bytes: Uint8Array) => Effect.Effect<void>
  readonly lost: () => number
}

const openFor = (plan: TalkPlan, report: Report): Effect.Effect<OpenSocket, Failure, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const { bind, resolve } = yield* Socket
    const runtime = yield* Effect.runtime<never>()
    const literal = (address: Address, version?: 4 | 6) =>
      Effect.mapBoth(resolve(address.host), {
        onFailure: failureOf,
        onSuccess: (hosts) => ({
          host: hosts.find((host) => ipVersionOf(host) === version) ?? hosts[0] ?? address.host,
          port: address.port
        })
      })
    const own = plan.local && (yield* literal(plan.local))
    const to = plan.to && (yield* literal(plan.to, own && ipVersionOf(own.host)))
    const local = own ?? { host: hostFor(to), port: 0 }
    const arrivals = yield* Mailbox.make<Arrival>({ capacity: waitingDatagrams, strategy: "dropping" })
    const room = yield* Effect.makeLatch(true)
    const isGroup = plan.transport === "multicast"
    const returning: Array<string> = []
    let lost = 0
    const bound = yield* Effect.mapError(
      bind(local, {
        onRun: ({ bytes, from }) => {
          // What this side sends to a group comes back.
          const place = isGroup ? returning.indexOf(keyOf(bytes)) : -1
          if (place >= 0) returning.splice(place, 1)
          else if (!arrivals.unsafeOffer({ from, bytes: new Uint8Array(bytes) })) lost++
        },
        onError: ({ message }) => void Runtime.runFork(runtime)(report.note(message)),
        onDrain: () => room.unsafeOpen()
      }, { fragmentation: "allowed", multicast: isGroup ? { interface: plan.interface } : undefined }),
      failureOf
    )
    const send = (path: Path, bytes: Uint8Array): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (bound.send(path, bytes.length, copyOf(bytes)) === "Full") {
          room.unsafeClose()
          return Effect.zipRight(room.await, send(path, bytes))
        }
        if (isGroup && returning.push(keyOf(bytes)) > ownDatagrams) returning.shift()
        return Effect.void
      })
    return { bound, to, next: Effect.orDie(arrivals.take), send, lost: () => lost }
  })

const encoder = new TextEncoder()
const decoder = new TextDecoder("latin1")

/** Bytes as a text, to compare them. */
const keyOf = (bytes: Uint8Array): string => decoder.decode(bytes)

const failureOf = ({ message, reason }: SocketError): Failure =>
  new Failure({
    code: reason,
    exitCode: reason === "HostNotFound" || reason === "Unreachable" ? ExitCode.unreachable : ExitCode.usage,
    message,
    hint: hints[reason]
  })

const hints: Partial<Record<SocketError["reason"], string>> = {
  AddressInUse: "choose another port with --listen",
  AddressNotAvailable: "listen at an address of this machine, or name an interface with --interface",
  HostNotFound: "check the name"
}
