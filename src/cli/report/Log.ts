/** What of the program's events goes into the log file: no contents, and no more lines than a disk can bear. */
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

/** Results of a command that were asked for, and what comes all the time. */
const unlogged: ReadonlySet<Event["type"]> = new Set(["progress", "frame", "setting"])

export class Log {
  readonly #file: Pick<LogFile, "append">
  readonly #flood = new Flood()
  /** Once it listens, strangers cause lines. */
  #isOpenToStrangers = false

  constructor(file: Pick<LogFile, "append">) {
    this.#file = file
  }

  /** Whether lines were left out that are not counted in the file yet. */
  get hasLeftOut(): boolean {
    return this.#flood.hasLeftOut
  }

  /** Writes what is to be written of an event; says what is wrong, once, if it cannot be. */
  write(event: Logged, millis: number): string | undefined {
    if (unlogged.has(event.type)) return undefined
    if (event.type === "listening") this.#isOpenToStrangers = true
    const trouble = this.count(millis)
    const reason = this.#isOpenToStrangers ? reasonOf(event) : undefined
    if (reason !== undefined && !this.#flood.admits(reason, millis)) return trouble
    return this.#file.append(lineOf(withoutText(event), millis)) ?? trouble
  }

  /** Counts what was left out, a second after. */
  count(millis: number): string | undefined {
    return this.#append(this.#flood.take(millis), millis)
  }

  /** The last line. */
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

/** A report whose events are logged too. */
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
  // One fiber, and only while there is something to count.
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

/** A text is content. */
const withoutText = (event: Logged): Logged => event.type === "received" ? { ...event, text: undefined } : event

/**
 * What strangers may cause as often as they like, and why; undefined for anything else. A file that was received is not among
 * it: it has cost its sender as much as this side, and a log is there to tell of it.
 */
const reasonOf = (event: Logged): string | undefined => {
  switch (event.type) {
    case "connected":
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
