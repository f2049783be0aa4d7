/** What the commands have to say, once: as objects for scripts or as words for people. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Event } from "../Events.ts"
import type { Datagram } from "../Trace.ts"
import { Backlog } from "./Backlog.ts"
import { ExitCode } from "./Failure.ts"
import type { Failure } from "./Failure.ts"
import * as Frames from "./Frames.ts"
import type { Told } from "./JsonLine.ts"
import { lineOf } from "./JsonLine.ts"
import type { Output } from "./Output.ts"
import * as Words from "./Words.ts"

export type { Output } from "./Output.ts"

/** The events of `--json` (see Events.ts), without `v` and `time`; what is written otherwise is not among them. */
export type ReportEvent = Told<Exclude<Event, { readonly type: "frame" | "start" | "stop" }>>

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
  /** Shows a datagram. Called within a turn: it does not wait, and it does not throw. */
  readonly frame: (datagram: Datagram) => void
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

const progressMillis = 1000

export interface JsonOptions {
  /** Whether a frame's payload is told too. */
  readonly showsPayload?: boolean
  /** The time of a frame, for which no clock of Effect can be asked. */
  readonly now?: () => number
}

/** One object a line, and nothing else. */
export const json = (stdout: Output, { now = Date.now, showsPayload = false }: JsonOptions = {}): Report => {
  const backlog = new Backlog(stdout)
  const tellLeftOut = (millis: number): void => {
    const message = backlog.takeNote()
    if (message !== undefined) stdout.write(lineOf({ type: "warning", code: "FramesLeftOut", message }, millis))
  }
  const emit = (event: ReportEvent): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (millis) => {
      tellLeftOut(millis)
      stdout.write(lineOf(event, millis))
      return stdout.drained
    })
  return {
    emit,
    note: () => Effect.void,
    detail: () => Effect.void,
    frame: (datagram) => {
      if (!backlog.admits()) return
      const millis = now()
      tellLeftOut(millis)
      stdout.write(lineOf(Frames.eventOf(datagram, showsPayload), millis))
    },
    progress: (underway) => {
      let before: ReadonlyMap<string, number> = new Map()
      return Effect.suspend(() => {
        const messages = underway().filter(({ verb }) => verb !== "connecting")
          .map(({ bytes, id, isEstimate, size }) => ({ id, size: isEstimate ? undefined : size, bytes: bytes() }))
        const rateOf = (id: string, bytes: number) => Words.bitRate(bytes - (before.get(id) ?? 0), progressMillis)
        const events = messages.map(({ bytes, id, size }) =>
          emit({ type: "progress", id, bytes, size, rateBitsPerSecond: rateOf(id, bytes) })
        )
        before = new Map(messages.map(({ bytes, id }) => [id, bytes]))
        return Effect.all(events, { discard: true })
      }).pipe(Effect.delay(progressMillis), Effect.forever)
    }
  }
}

/** The error of a defect. */
export const ofDefect = (message: string): ReportEvent => ({
  type: "error",
  code: "Unexpected",
  exitCode: ExitCode.unclassified,
  message
})
