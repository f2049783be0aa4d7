/** A message that a client sends: its plan, its progress, and the statistics of its delivery. */
import * as Effect from "effect/Effect"
import { format } from "../../net/Address.ts"
import * as Outbox from "../../transfer/Outbox.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import type { Delivery, Plan, Session } from "../../transport/Transport.ts"
import type { EventOf, Report, ReportEvent, Underway } from "../report/Report.ts"
import { bitRate, count } from "../text/Format.ts"
import { envelopeOf, type Item, type SendError } from "./Item.ts"

type SentEvent = EventOf<"sent">

/** The statistics of a delivered message. */
export type Outcome = Omit<SentEvent, "type" | "id" | "peer" | "kind" | "rateBitsPerSecond">

/** A message that is ready to be sent. */
export interface Ready {
  readonly started: (id: string) => ReportEvent
  readonly underway: (message: Pick<Underway, "id" | "label" | "place">) => Underway
  readonly send: Effect.Effect<Outcome, SendError>
  readonly sent: (outcome: Outcome, id: string) => SentEvent
}

/** Plans a message on a session without sending anything. */
export const prepare = (
  session: Session,
  item: Item,
  options: Outbox.SendOptions
): Effect.Effect<Ready, SessionError> =>
  Effect.gen(function*() {
    const envelope = envelopeOf(item, options)
    const plan = yield* Outbox.check(session, envelope)
    const size = envelope.size ?? 0
    const peer = format(session.peer())
    const named = item._tag === "Text"
      ? { kind: "text", name: undefined } as const
      : { kind: "file", name: item.source.name } as const
    const described = { id: "", peer, ...named }
    return {
      started: (id) => ({ type: "started", ...described, id, size, ...plan }),
      underway: (message) => underwayOf(session, plan, size, message),
      send: deliver(session, item, options),
      sent: ({ name: _name, ...outcome }, id) => ({
        type: "sent",
        ...described,
        id,
        ...outcome,
        rateBitsPerSecond: bitRate(outcome.size, outcome.durationMillis)
      })
    }
  })

const underwayOf = (
  session: Session,
  { fragments = 0, fragmentSize = 0 }: Plan,
  size: number,
  message: Pick<Underway, "id" | "label" | "place">
): Underway => {
  const before = session.statistics()
  const bytes = () => Math.min(size, Math.max(0, session.statistics().deliveredBytes - before.deliveredBytes))
  return {
    ...message,
    verb: "sending",
    size,
    bytes,
    awaits: () => session.isEstablished() ? undefined : format(session.peer()),
    // The last fragment is acknowledged after the receiver has published the file.
    isVerifying: () => fragments === 1 ? false : bytes() >= size - fragmentSize,
    repeats: () => session.statistics().lostPackets - before.lostPackets
  }
}

const deliver = (
  session: Session,
  item: Item,
  options: Outbox.SendOptions
): Effect.Effect<Outcome, SendError> =>
  Effect.suspend(() => {
    const cpuBefore = process.cpuUsage()
    const sent: Effect.Effect<Outbox.Sent, SendError> = item._tag === "Text"
      ? Outbox.sendText(session, item.text, options)
      : Outbox.sendFile(session, item.source, options)
    return Effect.map(sent, ({ fragments: cost, kind: _kind, limitedBy, ...rest }) => {
      const { system, user } = process.cpuUsage(cpuBefore)
      return {
        ...rest,
        fragments: cost?.count,
        fragmentSize: cost?.fragmentSize,
        repeatedNumbers: cost?.repeatedNumbers ?? [],
        damaged: cost?.damaged ?? 0,
        damagedNumbers: cost?.damagedNumbers ?? [],
        limitedBy: limitedBy === undefined
          ? undefined
          : limitOf(limitedBy, (system + user) / 1000 / rest.durationMillis)
      }
    })
  })

/** From this share of CPU time on, the processor limits a transfer, whatever the sender reports. */
const busyShare = 0.85

const limits = { application: "source", window: "receiver", congestion: "congestion", pacing: "pacing" } as const

/** The limiting factor of a transfer, from the sender's factor and the share of CPU time (0 to 1). */
export const limitOf = (factor: NonNullable<Delivery["limitedBy"]>, cpuShare: number) =>
  cpuShare >= busyShare ? "cpu" : limits[factor]

/** Notes that `--damage` was given but damaged no fragment. */
export const noteSpared = (
  report: Report,
  { damage }: Outbox.SendOptions,
  outcome: Pick<Outcome, "damaged" | "fragments">
) =>
  damage === undefined || outcome.damaged > 0
    ? Effect.void
    : report.note(`  damaged on purpose 0 of ${count(outcome.fragments ?? 0, "fragment")}`)
