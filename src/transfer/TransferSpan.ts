/**
 * The span, the metrics and the log annotations of a transfer. A sender's span is `holub.send`, a receiver's is
 * `holub.receive`; its attributes are the size, the rate, the losses, and the sender's limiting factor. A transfer that
 * fails ends its span with the error, also where the program goes on. Names and contents are private and no attributes.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { format } from "../net/Address.ts"
import { StorageError } from "../storage/Storage.ts"
import { SessionError } from "../transport/SessionError.ts"
import * as Timing from "../transport/Timing.ts"
import type { Delivery, Envelope, Session } from "../transport/Transport.ts"

type Direction = "send" | "receive"

/** Characters of a kind that a span has: a peer chooses the kind of what it sends. */
const shownKind = 64

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
  /** Bytes of the content: all of it, or what was carried before the transfer failed. */
  readonly size: number
  /** Why a transfer has failed whose effect succeeds: a message that was refused. */
  readonly failure?: Cause.Cause<unknown> | undefined
  /** Further attributes of the span. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Runs a transfer in its span, and counts it; its logs have the wire, the peer and the kind as annotations. `outcomeOf` is
 * called at the end: an interrupted transfer may have been delivered.
 */
export const observed = <A, E, R>(
  direction: Direction,
  session: Session,
  kind: string,
  transfer: Effect.Effect<A, E, R>,
  outcomeOf: (exit: Exit.Exit<A, E>) => Outcome
): Effect.Effect<A, E, R> => {
  const { wire } = session.capabilities
  const peer = format(session.peer())
  const shown = kind.slice(0, shownKind)
  return Effect.flatMap(Timing.stopwatch, (durationMillis) => {
    /** The value of a transfer that has failed all the same. */
    let failed: { readonly value: A } | undefined
    let failure: Cause.Cause<unknown> | undefined
    const recorded = Effect.onExit(transfer, (exit) => {
      const { attributes, failure: cause, outcome, size } = outcomeOf(exit)
      failure = cause
      const tookMillis = durationMillis()
      record([MetricLabel.make("direction", direction), MetricLabel.make("wire", wire)], outcome, size, tookMillis)
      return Effect.annotateCurrentSpan({
        "holub.outcome": outcome,
        "holub.size": size,
        ...(tookMillis > 0 ? { "holub.rate_bits_per_second": Math.round(size * 8000 / tookMillis) } : {}),
        ...attributes
      })
    })
    return Effect.flatMap(recorded, (value) => {
      if (failure === undefined) return Effect.succeed(value)
      failed = { value }
      return Effect.failCause(failure as Cause.Cause<never>)
    }).pipe(
      Effect.annotateLogs({ wire, peer, kind: shown }),
      Effect.withSpan(`holub.${direction}`, {
        captureStackTrace: false,
        kind: direction === "send" ? "producer" : "consumer",
        attributes: { "holub.wire": wire, "holub.peer": peer, "holub.kind": shown }
      }),
      // The failure was for the span.
      Effect.catchAllCause((cause) => failed === undefined ? Effect.failCause(cause) : Effect.succeed(failed.value))
    )
  })
}

/** Updates the metrics. A kind is an attribute of the span and no tag of a metric, because the number of kinds has no limit. */
const record = (
  labels: ReadonlyArray<MetricLabel.MetricLabel>,
  outcome: string,
  size: number,
  tookMillis: number
): void => {
  transfers.unsafeUpdate(1, [...labels, MetricLabel.make("outcome", outcome)])
  if (outcome !== "delivered") return
  bytes.unsafeUpdate(size, labels)
  millis.unsafeUpdate(tookMillis, labels)
}

/** Sends a message in a span, and counts it. */
export const send = <E>(session: Session, envelope: Envelope<E>): Effect.Effect<Delivery, E | SessionError> =>
  Effect.suspend(() => {
    let carriedBytes = 0
    const counted: Envelope<E> = {
      ...envelope,
      body: (blockBytes) =>
        Stream.mapChunks(envelope.body(blockBytes), (blocks) => {
          for (const block of blocks) carriedBytes += block.length
          return blocks
        })
    }
    const { lostPackets } = session.statistics()
    return observed("send", session, envelope.kind, session.send(counted), (exit) => {
      if (Exit.isFailure(exit)) {
        const attributes = { "holub.retransmissions": session.statistics().lostPackets - lostPackets }
        return { outcome: reasonOf(exit.cause), size: carriedBytes, attributes }
      }
      const { limitedBy } = exit.value
      const limit = limitedBy === undefined ? {} : { "holub.limited_by": limitedBy }
      const attributes = { "holub.retransmissions": exit.value.retransmissions, ...limit }
      return { outcome: "delivered", size: envelope.size ?? carriedBytes, attributes }
    })
  })

/** Returns the reason of a SessionError or a StorageError; `failed` for any other error of a body. */
export const reasonOf = (cause: Cause.Cause<unknown>): string =>
  Option.match(Cause.failureOption(cause), {
    onNone: () => Cause.isInterruptedOnly(cause) ? "interrupted" : "defect",
    onSome: (error) => error instanceof SessionError || error instanceof StorageError ? error.reason : "failed"
  })
