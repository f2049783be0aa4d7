/** A way to a server over the modern wire: a session, and a message at a time over it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import * as Messages from "../../transfer/Sending.ts"
import * as Endpoint from "../../transport/flock/FlockEndpoint.ts"
import type { Session, Statistics } from "../../transport/flock/Session.ts"
import type { Failure } from "../errors/Failure.ts"
import * as BaseFailures from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import type { Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"
import * as Format from "../text/Format.ts"
import { departureOf } from "./Departures.ts"
import * as Failures from "./Failures.ts"
import type { Item } from "./Item.ts"
import type { Carrier, Ready } from "./Line.ts"
import * as Transport from "./Transport.ts"

export interface FlockWay extends Endpoint.SessionOptions {
  readonly to: Address
  /** How long a server that is not there is waited for; 0 for not at all. */
  readonly waitMillis: number
}

export const options = (read: Read): Either.Either<FlockWay, Failure> =>
  Either.gen(function*() {
    const to = yield* withDefault(read, Flags.to)
    return { to, waitMillis: yield* withDefault(read, Flags.wait), ...(yield* Transport.options(read)) }
  })

/** Between two tries to reach a server that is not there yet. */
const retryMillis = 500

export const carrier = (way: FlockWay): Carrier<Socket | Crc> => ({
  to: way.to,
  check: checked,
  connect: (report) =>
    Effect.gen(function*() {
      const [handshake, session] = yield* Effect.timed(way.waitMillis > 0 ? awaited(way, report) : open(way))
      const peer = format(session.peer())
      yield* report.emit({ type: "connected", peer })
      return {
        peer: session.peer(),
        fragmentSize: undefined,
        // The handshake was the question.
        roundTrip: Effect.sync(() => session.statistics().minRoundTripMillis ?? Duration.toMillis(handshake)),
        prepare: (item) => Effect.map(checked(item), (size) => ready(session, item, size)),
        lost: Effect.map(session.closed, Failures.ofSession),
        carriesOn: () => !session.isClosed(),
        leave: Effect.gen(function*() {
          const why = session.isClosed() ? yield* session.closed : undefined
          yield* report.detail(statisticsLine(session.statistics()))
          yield* session.close()
          yield* report.emit({ type: "disconnected", peer, reason: why === undefined ? "left" : departureOf(why) })
        })
      }
    })
})

const ready = (session: Session, item: Item, size: number): Ready => {
  const before = session.statistics()
  return {
    begun: { size },
    underway: (message) => ({
      ...message,
      verb: "sending",
      size,
      bytes: () => Math.min(size, Math.max(0, session.statistics().deliveredBytes - before.deliveredBytes)),
      isVerifying: () => session.statistics().deliveredBytes - before.deliveredBytes >= size,
      repeats: () => session.statistics().lostPackets - before.lostPackets
    }),
    send: Effect.suspend(() => {
      const cpuBefore = process.cpuUsage()
      return Effect.map(sent(session, item), ({ kind: _kind, limitedBy, ...rest }) => {
        const { system, user } = process.cpuUsage(cpuBefore)
        return {
          ...rest,
          limitedBy: limitOf(limitedBy, (system + user) / 1000 / rest.durationMillis),
          repeatedNumbers: [],
          damaged: 0,
          damagedNumbers: [],
          confirmed: true
        }
      })
    })
  }
}

/** A processor that is busy for that share of the time is what limits, whatever waits for it. */
const busyShare = 0.85

const limits = { application: "source", window: "receiver", congestion: "congestion", pacing: "pacing" } as const

/** What limited a transfer: what held the sender back, and the share of its time that its processor was busy. */
export const limitOf = (brake: Messages.LimitingFactor, cpuShare: number) =>
  cpuShare >= busyShare ? "cpu" : limits[brake]

const statisticsLine = (
  { congestionWindowBytes, datagramBytes, lostPackets, minRoundTripMillis, sentPackets }: Statistics
) =>
  `${Format.count(sentPackets, "packet")} sent, ${lostPackets} lost; datagrams of ${datagramBytes} B, ` +
  `round trip ${minRoundTripMillis === undefined ? "unknown" : `${minRoundTripMillis.toFixed(2)} ms`}, ` +
  `window ${Format.size(Math.round(congestionWindowBytes))}`

const open = ({ to, ...way }: FlockWay) =>
  Effect.mapError(
    Endpoint.connect({ ...way, ...to }),
    (error) => error._tag === "SocketError" ? BaseFailures.ofConnecting(error) : Failures.ofSession(error)
  )

const awaited = (way: FlockWay, report: Report) =>
  Effect.gen(function*() {
    const told = yield* Effect.once(report.note(`waiting for ${format(way.to)}`))
    return yield* Effect.retry(Effect.tapError(open(way), () => told), {
      schedule: Schedule.spaced(retryMillis),
      while: ({ code }) => passing.has(code)
    }).pipe(Effect.timeoutFail({ duration: way.waitMillis, onTimeout: () => nobody(way) }))
  })

/** What may change while one waits. */
const passing = new Set(["Unreachable", "Silent", "ServerFull", "HostNotFound"])

const nobody = ({ to }: FlockWay): Failure =>
  new BaseFailures.Failure({
    code: "Unreachable",
    exitCode: BaseFailures.ExitCode.unreachable,
    message: `${format(to)} has not answered in all that time`,
    hint: Failures.reachHint
  })

const sent = (session: Session, item: Item): Effect.Effect<Messages.Sent, Failure> =>
  item.kind === "text"
    ? Effect.mapError(Messages.sendText(session, item.text), failureOf)
    : Effect.mapError(Messages.sendFile(session, item.source), failureOf)

type SendingError = Effect.Effect.Error<ReturnType<typeof Messages.sendFile | typeof Messages.sendText>>

const failureOf = (error: SendingError): Failure => {
  switch (error._tag) {
    case "SessionError":
      return Failures.ofSession(error)
    case "MessageDeclined":
      return Failures.ofDeclined(error)
    case "StorageError":
      return BaseFailures.ofSource(error)
  }
}

/** A text that is too long for any receiver. */
const checked = (item: Item): Effect.Effect<number, Failure> => {
  if (item.kind === "file") return Effect.succeed(item.source.size)
  const size = new TextEncoder().encode(item.text).length
  return size <= Limits.textBytes ? Effect.succeed(size) : Effect.fail(
    new BaseFailures.Failure({
      code: "TextTooLong",
      exitCode: BaseFailures.ExitCode.usage,
      message: `the text has ${size} bytes, and a text has at most ${Limits.textBytes}; send it as a file`
    })
  )
}
