/** The report for people: results on stdout, everything else on stderr, one line of progress on a terminal. */
import * as Effect from "effect/Effect"
import * as Timing from "../../transport/Timing.ts"
import * as Format from "../text/Format.ts"
import { Backlog } from "./Backlog.ts"
import type { Paint } from "./Colours.ts"
import { plain } from "./Colours.ts"
import * as Greeting from "./Greeting.ts"
import * as Progress from "./Progress.ts"
import type { Output, Report, ReportEvent } from "./Report.ts"
import * as Summaries from "./Summaries.ts"
import * as Trace from "./Trace.ts"

export interface HumanOptions {
  readonly stdout: Output
  readonly stderr: Output
  readonly isQuiet: boolean
  readonly isVerbose?: boolean
  /** Whether a trace shows what frames carry. */
  readonly showsPayload?: boolean
  /**
   * Whether this side is a server at the moment, where a client says by itself how its connection is; without it, it is one
   * from the time that it listens.
   */
  readonly isServing?: (() => boolean) | undefined
  /** Of stderr; what is on stdout is a result and has no colours. */
  readonly paint?: Paint
}

/** Elsewhere than on a terminal progress is a line now and then. */
const summaryMillis = 10_000
/** The rate that is shown is that of so long a time; on a line of its own, that since the line before. */
const rateMillis = 3000

/** Columns that progress leaves to the terminal: a `^C` there must not make another line of it. */
const ownColumns = 3

export const human = (
  { isQuiet, isServing, isVerbose = false, paint = plain, showsPayload = false, stderr, stdout }: HumanOptions
): Report => {
  const backlog = new Backlog(stderr)
  let hasListened = false
  const isServer = isServing ?? (() => hasListened)
  let painted = ""
  const clear = (): void => {
    if (painted !== "") stderr.write("\r\u001b[2K")
    painted = ""
  }
  /** Writes a line even for those who want to know little. */
  const insist = (line: string): void => {
    clear()
    stderr.write(`${line}\n`)
  }
  const say = (line: string): void => {
    if (!isQuiet) insist(line)
  }
  const show = (line: string): void => {
    if (line === painted) return
    clear()
    stderr.write(line)
    painted = line
  }
  const warn = (message: string): void => insist(`${paint("warning", "holub:")} ${Format.harmless(message)}`)
  const tellLeftOut = (): void => {
    const message = backlog.takeNote()
    if (message !== undefined) warn(message)
  }
  const tell = (event: ReportEvent): void => {
    switch (event.type) {
      case "error":
        return errorLines(event, paint).forEach(insist)
      case "warning":
        return warn(event.message)
      case "listening":
        hasListened = true
        return Greeting.linesOf(event).forEach(say)
      case "connected":
      case "disconnected":
        // A sender's summaries say all that most people want to know of its connection.
        return isServer() || (isVerbose && isServing === undefined) ? say(presenceOf(event, isServer())) : undefined
      case "started":
        return isVerbose ? say(beginningOf(event, isServer())) : undefined
      case "received":
        return Summaries.ofReceived(event, { isVerbose, paint }).forEach(say)
      case "sent":
        return Summaries.ofSent(event, { isVerbose, paint }).forEach(say)
    }
  }
  return {
    emit: (event) =>
      Effect.suspend(() => {
        clear()
        tellLeftOut()
        if (event.type === "received") stdout.write(`${resultOf(event, stdout.isTerminal)}\n`, true)
        tell(event)
        return Effect.zipRight(stdout.drained, stderr.drained)
      }),
    note: (line) => Effect.sync(() => say(line)),
    detail: (line) => Effect.sync(() => isVerbose ? say(paint("hint", line)) : undefined),
    frame: (traced) => {
      if (!backlog.admits()) return
      tellLeftOut()
      insist(Trace.lineOf(traced, showsPayload, paint))
    },
    progress: (underway) => {
      if (isQuiet) return Effect.never
      const meter = new Progress.Meter(stderr.isAnimated ? rateMillis : summaryMillis)
      let saidAt: number | undefined
      const sayNowAndThen = (line: string, now: number): void => {
        saidAt = line === "" ? undefined : saidAt ?? now
        if (saidAt === undefined || now - saidAt < summaryMillis) return
        saidAt = now
        say(line)
      }
      return Effect.suspend(() =>
        Effect.map(Effect.clock, (clock) => {
          const messages = underway()
          const now = Timing.nanosToMillis(clock.unsafeCurrentTimeNanos())
          if (messages.length === 0) return stderr.isAnimated ? clear() : sayNowAndThen("", now)
          const measured = meter.measure(messages, now)
          if (stderr.isAnimated) show(Progress.lineWithin(messages, measured, (stderr.columns() || 80) - ownColumns))
          else sayNowAndThen(Progress.line(messages, measured), now)
        })
      ).pipe(Effect.delay(Timing.progressMillis), Effect.forever, Effect.ensuring(Effect.sync(clear)))
    }
  }
}

/** The result itself: a path, or the text. Neither has power over a terminal. */
const resultOf = ({ path = "", text }: Extract<ReportEvent, { type: "received" }>, isTerminal: boolean): string => {
  if (!isTerminal) return text ?? path
  return text === undefined ? Format.harmless(path) : Format.harmlessText(text)
}

const errorLines = (
  { hint, message }: Extract<ReportEvent, { type: "error" }>,
  paint: Paint
): ReadonlyArray<string> => [
  `${paint("error", "holub:")} ${Format.harmless(message)}`,
  ...(hint === undefined ? [] : [`       ${paint("hint", Format.harmless(hint))}`])
]

type Presence = Extract<ReportEvent, { type: "connected" | "disconnected" }>

const presenceOf = (event: Presence, isServer: boolean): string => {
  if (event.type === "connected") return isServer ? `${event.peer} connected` : `connected to ${event.peer}`
  return event.reason === "left" && !isServer ? `left ${event.peer}` : `${event.peer} ${departures[event.reason]}`
}

const departures: Readonly<Record<Extract<Presence, { type: "disconnected" }>["reason"], string>> = {
  ended: "left",
  lost: "timed out",
  refused: "was refused",
  left: "was disconnected",
  unreachable: "cannot be reached",
  declined: "refused a message",
  tooLarge: "cannot be reached with frames of this size"
}

const beginningOf = (
  { fragmentSize, fragments, kind, name = "", peer, size }: Extract<ReportEvent, { type: "started" }>,
  isServer: boolean
): string => {
  const what = kind === "text" ? "a text" : Format.harmless(name)
  const bytes = size === undefined ? undefined : Format.size(size)
  const cut = isServer && fragments !== undefined
    ? Format.count(fragments, "fragment")
    : Summaries.cutting(fragments, fragmentSize)
  const amount = [bytes, cut].filter((part) => part !== undefined).join(" in ")
  return `${isServer ? `receiving ${what} from` : `sending ${what} to`} ${peer}, ${amount}`
}
