/** Selects the events for the log file: without contents, and with a limited number of lines per second. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Event } from "../../telemetry/Events.ts"
import { count } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { Emitted } from "./JsonLine.ts"
import { lineOf } from "./JsonLine.ts"
import type { LogFile } from "./LogFile.ts"
import type { LeftOut } from "./RateLimit.ts"
import { Flood } from "./RateLimit.ts"
import type { Report } from "./Report.ts"

type Logged = Emitted<Event>

/** Events that are not logged: results that were requested, and frequent ones. */
const unlogged: ReadonlySet<Event["type"]> = new Set(["progress", "frame", "setting"])

export class Log {
  readonly #file: Pick<LogFile, "append">
  readonly #flood = new Flood()
  /** Whether the program listens, so that unknown peers can cause lines. */
  #isOpenToStrangers = false

  constructor(file: Pick<LogFile, "append">) {
    this.#file = file
  }

  /** Whether omitted lines are not yet counted in the file. */
  get hasLeftOut(): boolean {
    return this.#flood.hasLeftOut
  }

  /** Writes the line of an event, if it is logged. Returns an error message the first time that this fails. */
  write(event: Logged, millis: number): string | undefined {
    if (unlogged.has(event.type)) return undefined
    if (event.type === "listening") this.#isOpenToStrangers = true
    const trouble = this.count(millis)
    const reason = this.#isOpenToStrangers ? reasonOf(event) : undefined
    if (reason !== undefined && !this.#flood.admits(reason, millis)) return trouble
    return this.#file.append(lineOf(withoutText(event), millis)) ?? trouble
  }

  /** Writes the numbers of lines that were omitted more than a second ago. */
  count(millis: number): string | undefined {
    return this.#append(this.#flood.take(millis), millis)
  }

  /** Writes the numbers of all omitted lines, and the `stop` line. */
  stop(exitCode: number, millis: number): void {
    this.#append(this.#flood.takeAll(), millis)
    this.#file.append(lineOf({ type: "stop", exitCode }, millis))
  }

  #append(leftOut: ReadonlyArray<LeftOut>, millis: number): string | undefined {
    const lines = leftOut.map(({ number, reason }) =>
      lineOf({
        type: "warning",
        code: "LinesLeftOut",
        message: `${count(number, "line")} left out: more than ${TextLimits.logLinesPerSecond} a second of ${reason}`
      }, millis)
    )
    return lines.map((line) => this.#file.append(line)).find((trouble) => trouble !== undefined)
  }
}

/** A report whose events are also logged. */
export const logged = (report: Report, log: Log): Report => {
  let isCounting = false
  const warn = (trouble: string | undefined): Effect.Effect<void> =>
    trouble === undefined
      ? Effect.void
      : report.emit({ type: "warning", code: "LogNotWritten", message: trouble })
  const counted: Effect.Effect<void> = Effect.suspend(() => {
    isCounting = false
    return Effect.flatMap(Clock.currentTimeMillis, (millis) => warn(log.count(millis)))
  }).pipe(Effect.delay(countMillis), Effect.zipRight(Effect.suspend(() => countedSoon)))
  // One fiber, only while omitted lines are not counted.
  const countedSoon: Effect.Effect<void> = Effect.suspend(() => {
    if (isCounting || !log.hasLeftOut) return Effect.void
    isCounting = true
    return Effect.asVoid(Effect.forkDaemon(counted))
  })
  return {
    ...report,
    emit: (event) =>
      Effect.flatMap(Clock.currentTimeMillis, (millis) => {
        const trouble = log.write(event, millis)
        return warn(trouble).pipe(Effect.zipRight(countedSoon), Effect.zipRight(report.emit(event)))
      })
  }
}

const countMillis = 1000

/** The event without the text of a message, which is content. */
const withoutText = (event: Logged): Logged => event.type === "received" ? { ...event, text: undefined } : event

/**
 * The reason under which the lines of an event are limited, for events that unknown peers can cause at any rate;
 * undefined for other events. A received file is always logged: it costs its sender as much as this side.
 */
const reasonOf = (event: Logged): string | undefined => {
  if ("app" in event) return event.type === "started" ? undefined : `${event.type} (${event.app})`
  switch (event.type) {
    case "connected":
    case "notAllowed":
      return event.type
    case "disconnected":
      return `${event.type} (${event.reason})`
    case "started":
      return `${event.type} (${event.kind})`
    case "received":
      return event.kind === "text" ? `${event.type} (text)` : undefined
    case "error":
      return `${event.type} (${event.code})`
    default:
      return undefined
  }
}
