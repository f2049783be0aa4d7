/** The interface of reports: JsonReport writes objects for scripts, HumanReport text for people. */
import type * as Effect from "effect/Effect"
import type { Event } from "../../telemetry/Events.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Emitted } from "./JsonLine.ts"
import type { Traced } from "./Trace.ts"

export type { Output } from "./Output.ts"

/** The events of `--json` (see Events.ts), without `v` and `time`, except those that are written in other ways. */
export type ReportEvent = OwnEvent | AppEvent

/** The events of apps: those with the field `app`. */
export type AppEvent = Emitted<Extract<Event, { readonly app: string }>>

type OwnEvent = Emitted<Exclude<Event, { readonly app: string } | { readonly type: "frame" | "start" | "stop" }>>

/** The events of a type that are about no app. */
export type EventOf<Type extends OwnEvent["type"]> = Extract<OwnEvent, { readonly type: Type }>

/** The events of apps of a type. */
export type AppEventOf<Type extends AppEvent["type"]> = Extract<AppEvent, { readonly type: Type }>

/** A message or a connection attempt in progress. */
export interface Underway {
  readonly id: string
  /** The name of the message, or the address of the connection. */
  readonly label: string
  readonly verb: "connecting" | "sending" | "receiving"
  readonly bytes: () => number
  /** Bytes; undefined if not known: the classic wire does not transmit the size. */
  readonly size: number | undefined
  /** Whether `size` is an estimate. */
  readonly isEstimate?: boolean
  /** The address that has not answered yet; undefined after its first answer. */
  readonly awaits?: () => string | undefined
  /** Whether only the last answer is missing, which waits for the receiver's disk. */
  readonly isVerifying?: () => boolean
  /** The position in the sequence of messages, from 1. */
  readonly place?: { readonly number: number; readonly of: number }
  /** Retransmitted frames so far. */
  readonly repeats?: () => number
}

export interface Report {
  readonly emit: (event: ReportEvent) => Effect.Effect<void>
  /** A line of text, for people only. */
  readonly note: (line: string) => Effect.Effect<void>
  /** A line of text for `--verbose`. */
  readonly detail: (line: string) => Effect.Effect<void>
  /** Shows a datagram, or a packet. Called within a turn: it does not wait, and it does not throw. */
  readonly frame: (traced: Traced) => void
  /** Removes the line of progress, for a question on the same terminal. */
  readonly cleared: Effect.Effect<void>
  /** Shows the progress of what `underway` lists, until interrupted. */
  readonly progress: (underway: () => ReadonlyArray<Underway>) => Effect.Effect<void>
}

/** Emits a failure as an `error` event; `about` names the message that failed. */
export const failed = (report: Report, failure: Failure, about?: string): Effect.Effect<void> =>
  report.emit({
    type: "error",
    code: failure.code,
    exitCode: failure.exitCode,
    message: about === undefined ? failure.message : `${about}: ${failure.message}`,
    hint: failure.hint
  })

/** The `error` event of a defect. */
export const ofDefect = (message: string): ReportEvent => ({
  type: "error",
  code: "Unexpected",
  exitCode: ExitCode.unclassified,
  message
})
