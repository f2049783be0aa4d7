/**
 * The statistics of all sessions as Effect metrics: counters of packets and bytes, the number of open sessions, round trips,
 * and what limited the senders. The counters of listeners are metrics as well. The tags are `wire` and `role`; a peer is no
 * tag, because the number of peers has no limit.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import * as Schedule from "effect/Schedule"
import { EventBus } from "./EventBus.ts"
import type { Statistics } from "./Statistics.ts"
import type { LastingEvent, SessionOpened } from "./TransportEvents.ts"

/** Milliseconds between two readings of the statistics of open sessions. */
export const sampleMillis = 1000

const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })

const opened = counter("holub_sessions_opened_total", "Sessions that were opened")
const closed = counter("holub_sessions_closed_total", "Sessions that have ended, by the reason of their end")
const open = Metric.gauge("holub_sessions_open", { description: "Sessions that are open" })
const defects = counter(
  "holub_defects_total",
  "Sessions that a defect of this program ended, and packets that it dropped"
)
const dropped = counter("holub_dropped_total", "Received datagrams or packets that changed nothing, by reason")
const limited = counter("holub_limited_millis_total", "Milliseconds for which each factor limited a sender")
const listened = counter(
  "holub_listener_total",
  "What listeners dropped before there was a session, and what they refused, by reason"
)
const roundTrip = Metric.histogram(
  "holub_round_trip_millis",
  // 0.1 ms on one host to 13 s on a bad path.
  MetricBoundaries.exponential({ start: 0.1, factor: 2, count: 18 }),
  "Smoothed round trips of open sessions in milliseconds, read once a second and at the end"
)

type Total =
  | "sentPackets"
  | "sentBytes"
  | "deliveredBytes"
  | "lostPackets"
  | "receivedPackets"
  | "receivedBytes"

const totals: Readonly<Record<Total, Metric.Metric.Counter<number>>> = {
  sentPackets: counter("holub_sent_packets_total", "Packets sent; on classic frames"),
  sentBytes: counter("holub_sent_bytes_total", "Bytes of UDP payload sent"),
  deliveredBytes: counter("holub_delivered_bytes_total", "Bytes that have arrived at peers"),
  lostPackets: counter("holub_lost_packets_total", "Packets declared lost; on classic frames that were sent again"),
  receivedPackets: counter("holub_received_packets_total", "Packets received; on classic frames"),
  receivedBytes: counter("holub_received_bytes_total", "Bytes of UDP payload received")
}
const totalNames = Object.keys(totals) as ReadonlyArray<Total>

type Labels = ReadonlyArray<MetricLabel.MetricLabel>

const labelsOf = ({ role, wire }: Pick<SessionOpened, "role" | "wire">): Labels => [
  MetricLabel.make("wire", wire),
  MetricLabel.make("role", role)
]

/** A session or a listener that is open, and the part of its numbers that the metrics have already. */
interface Source<Numbers> {
  readonly labels: Labels
  readonly read: () => Numbers
  counted: Numbers | undefined
}

const add = (metric: Metric.Metric.Counter<number>, more: number, labels: Labels): void => {
  if (more > 0) metric.unsafeUpdate(more, labels)
}

/** Adds what has changed of these numbers, each with its name as the label `by`. */
const addEach = (
  metric: Metric.Metric.Counter<number>,
  by: string,
  now: Readonly<Record<string, number>>,
  counted: Readonly<Record<string, number>> | undefined,
  labels: Labels
): void => {
  for (const [name, number] of Object.entries(now)) {
    add(metric, number - (counted?.[name] ?? 0), [...labels, MetricLabel.make(by, name)])
  }
}

const countListener = (listener: Source<Readonly<Record<string, number>>>): void => {
  const now = listener.read()
  addEach(listened, "reason", now, listener.counted, listener.labels)
  listener.counted = now
}

/** Adds what has changed since the last reading. */
const count = (session: Source<Statistics>, now: Statistics): void => {
  const { counted, labels } = session
  for (const name of totalNames) add(totals[name], now[name] - (counted?.[name] ?? 0), labels)
  addEach(dropped, "reason", now.dropped, counted?.dropped, labels)
  addEach(limited, "factor", now.congestion?.limitedMillis ?? {}, counted?.congestion?.limitedMillis, labels)
  if (now.roundTripMillis !== undefined) roundTrip.unsafeUpdate(now.roundTripMillis, labels)
  session.counted = now
}

/**
 * Keeps the metrics of the sessions and listeners that open from now on, until the layer's scope closes. Metrics belong to the
 * process: a program provides this layer once.
 */
export const layer: Layer.Layer<never> = Layer.scopedDiscard(
  Effect.gen(function*() {
    const bus = yield* EventBus
    const sessions = new Map<number, Source<Statistics>>()
    const listeners = new Map<number, Source<Readonly<Record<string, number>>>>()
    const onEvent = (event: LastingEvent): void => {
      switch (event._tag) {
        case "SessionOpened": {
          const labels = labelsOf(event)
          sessions.set(event.id, { labels, read: event.statistics, counted: undefined })
          add(opened, 1, labels)
          open.unsafeModify(1, labels)
          return
        }
        case "SessionClosed": {
          const session = sessions.get(event.id)
          if (session === undefined) return
          sessions.delete(event.id)
          count(session, event.statistics)
          add(closed, 1, [...session.labels, MetricLabel.make("reason", event.reason)])
          open.unsafeModify(-1, session.labels)
          return
        }
        case "ListenerOpened": {
          const labels = [MetricLabel.make("wire", event.wire)]
          listeners.set(event.id, { labels, read: event.counters, counted: undefined })
          return
        }
        case "ListenerClosed": {
          const listener = listeners.get(event.id)
          if (listener === undefined) return
          listeners.delete(event.id)
          countListener(listener)
          return
        }
        case "Defect":
          return add(defects, 1, [MetricLabel.make("wire", event.wire)])
        case "PeerHint":
        case "ClientNotAllowed":
      }
    }
    const sample = Effect.sync(() => {
      for (const session of sessions.values()) count(session, session.read())
      for (const listener of listeners.values()) countListener(listener)
    })
    const end = Effect.sync(() => {
      for (const { labels } of sessions.values()) open.unsafeModify(-1, labels)
    })
    yield* Effect.addFinalizer(() => Effect.zipRight(sample, end))
    yield* bus.listen(onEvent)
    yield* Effect.forkScoped(Effect.repeat(sample, Schedule.spaced(sampleMillis)))
  })
)
