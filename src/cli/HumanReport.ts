/** The report for people: results on stdout, everything else on stderr, one line of progress on a terminal. */
import * as Effect from "effect/Effect"
import { networkInterfaces } from "node:os"
import { format, isLoopback } from "../Address.ts"
import * as Policy from "../Policy.ts"
import type { Output, Report, ReportEvent, Underway } from "./Report.ts"
import * as Words from "./Words.ts"

export interface HumanOptions {
  readonly stdout: Output
  readonly stderr: Output
  readonly isQuiet: boolean
}

/** Elsewhere than on a terminal progress is a line now and then. */
const summaryMillis = 10_000
/** The rate that is shown is that of so long a time; on a line of its own, that since the line before. */
const rateMillis = 3000
/** After so long without a byte progress says so. */
const stallMillis = 2000

export const human = ({ isQuiet, stderr, stdout }: HumanOptions): Report => {
  let painted = ""
  const clear = (): void => {
    if (painted !== "") stderr.write("\r\u001b[2K")
    painted = ""
  }
  const say = (line: string): void => {
    if (isQuiet) return
    clear()
    stderr.write(`${line}\n`)
  }
  const paint = (line: string): void => {
    if (line === painted) return
    clear()
    stderr.write(line)
    painted = line
  }
  return {
    emit: (event) =>
      Effect.suspend(() => {
        clear()
        if (event.type === "received") stdout.write(`${resultOf(event, stdout.isTerminal)}\n`)
        if (event.type === "error") stderr.write(errorOf(event))
        else for (const line of linesOf(event)) say(line)
        return Effect.zipRight(stdout.drained, stderr.drained)
      }),
    note: (line) => Effect.sync(() => say(line)),
    progress: (underway) => {
      if (isQuiet) return Effect.never
      const meter = new Meter(stderr.isAnimated ? rateMillis : summaryMillis)
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
          const now = Policy.nanosToMillis(clock.unsafeCurrentTimeNanos())
          const line = messages.length === 0 ? "" : progressLine(messages, meter.measure(messages, now))
          if (!stderr.isAnimated) sayNowAndThen(line, now)
          else if (line === "") clear()
          else paint(cut(line, (stderr.columns() || 80) - 1))
        })
      ).pipe(Effect.delay(Policy.progressMillis), Effect.forever, Effect.ensuring(Effect.sync(clear)))
    }
  }
}

/** At most so many code units; a character of two is kept whole or left out. */
const cut = (line: string, units: number): string => line.slice(0, units).replace(/[\uD800-\uDBFF]$/, "")

interface Measured {
  readonly bytes: number
  readonly bitsPerSecond: number
  /** Milliseconds since anything moved. */
  readonly stalledMillis: number
}

/** The rate over the last seconds, and how long nothing moved. */
class Meter {
  readonly #windowMillis: number
  #samples: Array<{ readonly at: number; readonly bytes: number }> = []
  #movedAt = 0
  #lead = ""

  constructor(windowMillis: number) {
    this.#windowMillis = windowMillis
  }

  measure(messages: ReadonlyArray<Underway>, now: number): Measured {
    const bytes = messages.reduce((sum, message) => sum + message.bytes(), 0)
    const lead = messages.map(({ id }) => id).join()
    if (lead !== this.#lead) this.#samples = []
    this.#lead = lead
    if (this.#samples.at(-1)?.bytes !== bytes) this.#movedAt = now
    this.#samples.push({ at: now, bytes })
    this.#samples = this.#samples.filter(({ at }) => now - at <= this.#windowMillis)
    const first = this.#samples[0]
    const bitsPerSecond = first === undefined ? 0 : Words.bitRate(bytes - first.bytes, now - first.at)
    return { bytes, bitsPerSecond, stalledMillis: now - this.#movedAt }
  }
}

const progressLine = (messages: ReadonlyArray<Underway>, { bitsPerSecond, bytes, stalledMillis }: Measured): string => {
  const [first] = messages
  const what = messages.length === 1 && first !== undefined
    ? `${first.verb} ${Words.harmless(first.label)}`
    : `${first?.verb ?? "moving"} ${messages.length} messages`
  const size = messages.length === 1 ? first?.size : undefined
  const parts = size === undefined
    ? [what, Words.size(bytes)]
    : [what, `${size === 0 ? 100 : Math.floor(100 * bytes / size)} %`, `${Words.size(bytes)} of ${Words.size(size)}`]
  if (stalledMillis >= stallMillis) return [...parts, `no data for ${Math.floor(stalledMillis / 1000)} s`].join("  ")
  parts.push(Words.rate(bitsPerSecond))
  if (size !== undefined && bitsPerSecond > 0) {
    parts.push(`${Words.duration((size - bytes) * 8000 / bitsPerSecond)} left`)
  }
  return parts.join("  ")
}

/** The result itself: a path, or the text. Neither has power over a terminal. */
const resultOf = ({ path = "", text }: Extract<ReportEvent, { type: "received" }>, isTerminal: boolean): string => {
  if (!isTerminal) return text ?? path
  return text === undefined ? Words.harmless(path) : Words.harmlessText(text)
}

const errorOf = ({ hint, message }: Extract<ReportEvent, { type: "error" }>): string =>
  `holub: ${Words.harmless(message)}\n${hint === undefined ? "" : `       ${Words.harmless(hint)}\n`}`

const linesOf = (event: ReportEvent): ReadonlyArray<string> => {
  switch (event.type) {
    case "listening":
      return listeningLines(event)
    case "connected":
      return [`${event.peer} connected`]
    case "disconnected":
      return [`${event.peer} ${departures[event.reason] ?? event.reason}`]
    case "received":
      return [`received ${summaryOf(event)}${costOf(event.damaged, "damaged")}${costOf(event.duplicates, "repeated")}`]
    case "sent":
      return [
        `sent ${summaryOf(event)}${costOf(event.retransmissions, "repeated")}` +
        (event.confirmed ? "" : "; the last answer was lost, but it arrived")
      ]
    default:
      return []
  }
}

const summaryOf = (event: Extract<ReportEvent, { type: "received" | "sent" }>): string => {
  const what = event.kind === "text" ? "text" : Words.harmless(event.name ?? "")
  // Of what took no time the rate would be noise.
  const rate = event.durationMillis >= 100 ? ` (${Words.rate(event.rateBitsPerSecond)})` : ""
  return `${what}: ${Words.size(event.size)} in ${Words.duration(event.durationMillis)}${rate}, ` +
    Words.count(event.fragments, "fragment")
}

const costOf = (number: number, what: string): string => number === 0 ? "" : `, ${number} ${what}`

const departures: Readonly<Record<string, string>> = {
  ended: "left",
  lost: "fell silent",
  refused: "was refused",
  left: "was told to leave"
}

const listeningLines = ({ dir, host, port }: Extract<ReportEvent, { type: "listening" }>): ReadonlyArray<string> => [
  `listening at ${format({ host, port })}, files go to ${Words.harmless(dir)}`,
  ...(isLoopback(host)
    ? ["only this machine can reach it; --host 0.0.0.0 lets others"]
    : addressesOf(host).map((address) =>
      `from another machine: holub send --to ${format({ host: address, port })} FILE`
    )),
  "the classic wire is neither encrypted nor authenticated: use it in networks that you trust"
]

/** The addresses under which others reach a server that listens at `host`. */
const addressesOf = (host: string): ReadonlyArray<string> => {
  if (host !== "0.0.0.0" && host !== "::") return [host]
  return Object.values(networkInterfaces()).flat().flatMap((entry) =>
    entry === undefined || entry.internal || entry.address.startsWith("fe80:") ||
      (host === "0.0.0.0" && entry.family === "IPv6")
      ? []
      : [entry.address]
  )
}
