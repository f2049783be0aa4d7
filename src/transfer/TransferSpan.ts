/**
 * The span and the metrics of a transfer. A sender's span is `holub.send`, a receiver's is `holub.receive`; its
 * attributes are the size, the rate, the losses, and the sender's limiting factor. Names and contents are private and
 * no attributes.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import { format } from "../net/Address.ts"
import { StorageError } from "../storage/Storage.ts"
import { SessionError } from "../transport/SessionError.ts"
import type { Delivery, Envelope, Session } from "../transport/Transport.ts"

type Direction = "send" | "receive"

const transfers = Metric.counter("holub_transfers_total", {
  description: "Messages that were sent or received, by their outcome",
  incremental: true
})
const bytes = Metric.counter("holub_transfer_bytes_total", {
  description: "Bytes of the contents of messages that were delivered",
  incremental: true
})
const millis = Metric.histogram(
  "holub_transfer_millis",
  // 1 ms to 19 hours.
  MetricBoundaries.exponential({ start: 1, factor: 4, count: 14 }),
  "Durations of messages that were delivered, in milliseconds"
)

/** The outcome of a transfer, for its span and its metrics. Sizes are bytes. */
export interface Outcome {
  /** `delivered`, or the reason of the failure: a code for programs. */
  readonly outcome: string
  readonly size?: number | undefined
  readonly durationMillis?: number | undefined
  /** Further attributes of the span. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

/** Updates the metrics. The number of kinds is unlimited: a kind is an attribute of spans, but no tag of metrics. */
const record = (direction: Direction, { durationMillis, outcome, size = 0 }: Outcome): void => {
  const label = MetricLabel.make("direction", direction)
  transfers.unsafeUpdate(1, [label, MetricLabel.make("outcome", outcome)])
  if (outcome !== "delivered") return
  bytes.unsafeUpdate(size, [label])
  if (durationMillis !== undefined) millis.unsafeUpdate(durationMillis, [label])
}

/**
 * Runs a transfer in its span, and counts it. `outcomeOf` is called at the end: an interrupted transfer may have been
 * delivered.
 */
export const observed = <A, E, R>(
  direction: Direction,
  session: Session,
  kind: string,
  transfer: Effect.Effect<A, E, R>,
  outcomeOf: (exit: Exit.Exit<A, E>) => Outcome
): Effect.Effect<A, E, R> =>
  transfer.pipe(
    Effect.onExit((exit) => {
      const end = outcomeOf(exit)
      record(direction, end)
      return Effect.annotateCurrentSpan(attributesOf(end))
    }),
    Effect.withSpan(`holub.${direction}`, {
      captureStackTrace: false,
      kind: direction === "send" ? "producer" : "consumer",
      attributes: {
        "holub.wire": session.capabilities.wire,
        "holub.peer": format(session.peer()),
        "holub.kind": kind
      }
    })
  )

const attributesOf = ({ attributes, durationMillis, outcome, size }: Outcome): Record<string, unknown> => ({
  "holub.outcome": outcome,
  ...(size === undefined ? {} : { "holub.size": size }),
  ...(size === undefined || durationMillis === undefined || durationMillis <= 0
    ? {}
    : { "holub.rate_bits_per_second": Math.round(size * 8000 / durationMillis) }),
  ...attributes
})

/** Sends a message in a span, and counts it. */
export const send = <E>(session: Session, envelope: Envelope<E>): Effect.Effect<Delivery, E | SessionError> =>
  observed("send", session, envelope.kind, session.send(envelope), (exit) =>
    Exit.match(exit, {
      onFailure: (cause) => ({ outcome: reasonOf(cause) }),
      onSuccess: ({ durationMillis, limitedBy, retransmissions }) => ({
        outcome: "delivered",
        size: envelope.size,
        durationMillis,
        attributes: {
          "holub.retransmissions": retransmissions,
          ...(limitedBy === undefined ? {} : { "holub.limited_by": limitedBy })
        }
      })
    }))

/** Returns the reason of a SessionError or a StorageError; `failed` for any other error of a body. */
export const reasonOf = (cause: Cause.Cause<unknown>): string =>
  Option.match(Cause.failureOption(cause), {
    onNone: () => Cause.isInterruptedOnly(cause) ? "interrupted" : "defect",
    onSome: (error) => error instanceof SessionError || error instanceof StorageError ? error.reason : "failed"
  })
