/** What the commands have to say, however it is told: JsonReport has objects for scripts, HumanReport words for people. */
import type * as Effect from "effect/Effect"
import type { Event } from "../../telemetry/Events.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Emitted } from "./JsonLine.ts"
import type { Traced } from "./Trace.ts"

export type { Output } from "./Output.ts"

/** The events of `--json` (see Events.ts), without `v` and `time`; what is written otherwise is not among them. */
export type ReportEvent = Emitted<Exclude<Event, { readonly type: "frame" | "start" | "stop" }>>

/** A message under way, as progress shows it, or a connection that is waited for. */
export interface Underway {
  readonly id: string
  /** What it is; of a connection the address. */
  readonly label: string
  readonly verb: "connecting" | "sending" | "receiving"
  readonly bytes: () => number
  /** Undefined when it is not known: on the classic wire a receiver is not told. */
  readonly size: number | undefined
  /** Whether `size` is reckoned and not known. */
  readonly isEstimate?: boolean
  /** The address that has not answered yet, until it does. */
  readonly awaits?: () => string | undefined
  /** Whether everything is there but the last answer, for which the receiver's disk has to work. */
  readonly isVerifying?: () => boolean
  /** Its place among those that are sent one after another, from 1. */
  readonly place?: { readonly number: number; readonly of: number }
  /** Frames that had to travel again so far. */
  readonly repeats?: () => number
}

export interface Report {
  readonly emit: (event: ReportEvent) => Effect.Effect<void>
  /** Something that only people need to know. */
  readonly note: (line: string) => Effect.Effect<void>
  /** Something that only people who want to know everything need. */
  readonly detail: (line: string) => Effect.Effect<void>
  /** Shows a datagram, or a packet. Called within a turn: it does not wait, and it does not throw. */
  readonly frame: (traced: Traced) => void
  /** Shows the progress of what `underway` lists, until interrupted. */
  readonly progress: (underway: () => ReadonlyArray<Underway>) => Effect.Effect<void>
}

export const failed = (report: Report, failure: Failure, about?: string): Effect.Effect<void> =>
  report.emit({
    type: "error",
    code: failure.code,
    exitCode: failure.exitCode,
    message: about === undefined ? failure.message : `${about}: ${failure.message}`,
    hint: failure.hint
  })

/** The error of a defect. */
export const ofDefect = (message: string): ReportEvent => ({
  type: "error",
  code: "Unexpected",
  exitCode: ExitCode.unclassified,
  message
})
