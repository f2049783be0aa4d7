/** The text report: results on stdout, everything else on stderr, one redrawn line of progress on a terminal. */
import * as Effect from "effect/Effect"
import * as Timing from "../../transport/Timing.ts"
import * as Format from "../text/Format.ts"
import { wrapped } from "../text/Wrap.ts"
import * as AppEventText from "./AppEventText.ts"
import { Backlog } from "./Backlog.ts"
import type { Paint } from "./Colours.ts"
import { plain } from "./Colours.ts"
import * as Dropped from "./Dropped.ts"
import * as Greeting from "./Greeting.ts"
import { stringOf } from "./JsonLine.ts"
import * as PeerText from "./PeerText.ts"
import * as Progress from "./Progress.ts"
import type { AppEvent, EventOf, Output, Report, ReportEvent } from "./Report.ts"
import * as Summaries from "./Summaries.ts"
import * as Trace from "./Trace.ts"

export interface HumanOptions {
  readonly stdout: Output
  readonly stderr: Output
  readonly isQuiet: boolean
  readonly isVerbose?: boolean
  /** Whether a trace shows payloads. */
  readonly showsPayload?: boolean
  /**
   * Whether this side is a server now; a client that has this function reports its connection itself. Without it, this
   * side is a server from the `listening` event on.
   */
  readonly isServing?: (() => boolean) | undefined
  /** The colours of stderr; stdout has results, without colours. */
  readonly paint?: Paint
}

/** The interval of progress lines where the output is no terminal, in milliseconds. */
const summaryMillis = 10_000
/** The period over which the shown rate is measured, in milliseconds; without a terminal it is `summaryMillis`. */
const rateMillis = 3000

/** Columns of the program's name before an error or a warning: further lines begin below the message. */
const hang = "holub: ".length

/** Columns that progress leaves free, so that a `^C` of the terminal does not wrap the line. */
const ownColumns = 3

/** A report that writes text to `stdout` and `stderr`. */
export const human = (
  { isQuiet, isServing, isVerbose = false, paint = plain, showsPayload = false, stderr, stdout }: HumanOptions
): Report => {
  const backlog = new Backlog(stderr)
  let hasListened = false
  const isServer = isServing ?? (() => hasListened)
  const columns = (): number => stderr.columns() || 80
  let painted = ""
  const clear = (): void => {
    if (painted !== "") stderr.write(Progress.erasing(painted, columns()))
    painted = ""
  }
  /** Writes a line, with `--quiet` too. On a narrow terminal it takes several, indented by `indent` from the second one on. */
  const insist = (line: string, indent = line.search(/[^ ]/) + 2): void => {
    clear()
    const lines = stderr.isTerminal ? wrapped(line, columns(), " ".repeat(indent)) : [line]
    stderr.write(`${lines.join("\n")}\n`)
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
  const warn = (message: string): void => insist(`${paint("warning", "holub:")} ${Format.harmless(message)}`, hang)
  const writeLeftOut = (): void => {
    const message = backlog.takeNote()
    if (message !== undefined) warn(message)
  }
  const writeOfApp = (event: AppEvent): void => {
    const line = isVerbose || AppEventText.isShown(event) ? AppEventText.lineOf(event) : undefined
    if (line !== undefined) say(line)
  }
  const writeEvent = (event: ReportEvent): void => {
    if ("app" in event) return writeOfApp(event)
    switch (event.type) {
      case "error":
        return errorLines(event, paint).forEach((line) => insist(line, hang))
      case "warning":
        return warn(event.message)
      case "listening":
        hasListened = true
        return Greeting.linesOf(event, isServing !== undefined).forEach((line) => say(line))
      case "connected":
      case "disconnected":
        // A sender's summaries suffice; the events of its connection are shown with `--verbose`.
        return isServer() || (isVerbose && isServing === undefined) ? say(presenceOf(event, isServer())) : undefined
      case "started":
        return isVerbose ? say(beginningOf(event, isServer())) : undefined
      case "linked":
        return say(`linked with ${event.server}`)
      case "unlinked":
        return event.isFinal
          ? warn(
            `the link with ${event.server} has stopped: ${event.message}; look at it, then start this server again`
          )
          : say(`the link with ${event.server} is lost, and is tried again: ${Format.harmless(event.message)}`)
      case "notAllowed":
        return isVerbose ? say(paint("hint", notAllowedOf(event))) : undefined
      case "dropped":
        return isVerbose ? say(paint("hint", Dropped.ofServer(event))) : undefined
      case "received":
        return Summaries.ofReceived(event, { isVerbose, paint }).forEach((line) => say(line))
      case "sent":
        return Summaries.ofSent(event, { isVerbose, paint }).forEach((line) => say(line))
    }
  }
  return {
    emit: (event) =>
      Effect.suspend(() => {
        clear()
        writeLeftOut()
        if ("app" in event) {
          if (event.type === "logged") stdout.write(`${AppEventText.loggedOf(event)}\n`)
        } else if (event.type === "received") stdout.write(`${resultOf(event, stdout)}\n`, true)
        writeEvent(event)
        return Effect.zipRight(stdout.drained, stderr.drained)
      }),
    note: (line) => Effect.sync(() => say(line)),
    detail: (line) => Effect.sync(() => isVerbose ? say(paint("hint", line)) : undefined),
    frame: (traced) => {
      if (!backlog.admits()) return
      writeLeftOut()
      insist(Trace.lineOf(traced, showsPayload, paint))
    },
    cleared: Effect.sync(clear),
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
          if (stderr.isAnimated) show(Progress.lineWithin(messages, measured, columns() - ownColumns))
          else sayNowAndThen(Progress.line(messages, measured), now)
        })
      ).pipe(Effect.delay(Timing.progressMillis), Effect.forever, Effect.ensuring(Effect.sync(clear)))
    }
  }
}

/**
 * The result: a path or a text. On a terminal each row of a text has the mark of its peer; elsewhere a result is one line,
 * and a text, as a string of JSON, is no path.
 */
const resultOf = (
  { path = "", peer, text }: EventOf<"received">,
  { columns, isTerminal }: Output
): string => {
  if (text === undefined) return isTerminal ? Format.harmless(path) : path
  return isTerminal ? PeerText.rowsOf(peer, text, columns() || 80).join("\n") : stringOf(text)
}

const errorLines = (
  { hint, message }: EventOf<"error">,
  paint: Paint
): ReadonlyArray<string> => [
  `${paint("error", "holub:")} ${Format.harmless(message)}`,
  ...(hint === undefined ? [] : [" ".repeat(hang) + paint("hint", Format.harmless(hint))])
]

type Presence = EventOf<"connected" | "disconnected">

const presenceOf = (event: Presence, isServer: boolean): string => {
  if (event.type === "connected") return isServer ? `${event.peer} connected` : `connected to ${event.peer}`
  return event.reason === "left" && !isServer ? `left ${event.peer}` : `${event.peer} ${departures[event.reason]}`
}

const notAllowedOf = ({ key, peer }: EventOf<"notAllowed">): string =>
  key === undefined
    ? `${peer} is not allowed: it is anonymous`
    : `${peer} is not allowed; add its key to the list of --allow-keys if it should be: ${key}`

const departures: Readonly<Record<EventOf<"disconnected">["reason"], string>> = {
  ended: "left",
  lost: "timed out",
  refused: "was refused",
  left: "was disconnected",
  failed: "was disconnected after an error",
  unreachable: "cannot be reached",
  declined: "refused a message",
  tooLarge: "cannot be reached with frames of this size"
}

const beginningOf = (
  { fragmentSize, fragments, kind, name = "", peer, size }: EventOf<"started">,
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
