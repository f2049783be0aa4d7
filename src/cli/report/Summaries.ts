/** What is said of a message that is whole: one line, and a line more for each fact that is worth one. */
import * as Format from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { Paint } from "./Colours.ts"
import type { ReportEvent } from "./Report.ts"

type Received = Extract<ReportEvent, { type: "received" }>
type Sent = Extract<ReportEvent, { type: "sent" }>

export interface SummaryOptions {
  readonly isVerbose: boolean
  readonly paint: Paint
}

/** The path is on standard output already. */
export const ofReceived = (event: Received, { isVerbose, paint }: SummaryOptions): ReadonlyArray<string> => [
  `${paint("success", "received")} ${firstLine(event)}, from ${event.peer}`,
  ...indented([
    numbered("damaged", event.damaged, event.damagedNumbers),
    numbered("repeated", event.duplicates, []),
    isVerbose ? `sha256 ${event.sha256}` : undefined
  ])
]

export const ofSent = (event: Sent, { isVerbose, paint }: SummaryOptions): ReadonlyArray<string> => [
  `${paint("success", "sent")} ${firstLine(event)}`,
  ...indented([
    event.path === undefined ? undefined : `from ${Format.harmless(event.path)}`,
    numbered("damaged on purpose", event.damaged, event.damagedNumbers),
    numbered("repeated", event.retransmissions, event.repeatedNumbers),
    event.limitedBy === undefined || event.durationMillis < 1000 ? undefined : `limited by ${limits[event.limitedBy]}`,
    event.confirmed ? undefined : paint("warning", "the last answer was lost, but it arrived"),
    isVerbose ? `sha256 ${event.sha256}` : undefined
  ])
]

/** `3 fragments of 1445 B`; of a single one the size is that of the content. The modern wire has none. */
export const cutting = (fragments: number | undefined, payloadSize: number | undefined): string | undefined =>
  fragments === undefined
    ? undefined
    : `${Format.count(fragments, "fragment")}${fragments > 1 ? ` of ${payloadSize} B` : ""}`

const firstLine = (event: Received | Sent): string => {
  const what = event.kind === "text" ? "text" : Format.harmless(event.name ?? "")
  // Of what took no time the rate would be noise.
  const rate = event.durationMillis >= 100 ? ` (${Format.rate(event.rateBitsPerSecond)})` : ""
  const payloadSize = event.type === "received" ? event.payloadSize : event.fragmentSize
  const cut = cutting(event.fragments, payloadSize)
  const cost = `${Format.size(event.size)} in ${Format.duration(event.durationMillis)}${rate}`
  return `${what}: ${cost}${cut === undefined ? "" : `, ${cut}`}`
}

const limits: Readonly<Record<NonNullable<Sent["limitedBy"]>, string>> = {
  source: "this side's disk, or what it reads from",
  cpu: "this side's processor",
  receiver: "the receiver: its disk or its processor",
  congestion: "the path",
  pacing: "the path, or --limit"
}

/** `damaged 2: 3, 7`; the numbers as far as they are known, and not too many. */
const numbered = (what: string, total: number, numbers: ReadonlyArray<number>): string | undefined => {
  if (total === 0) return undefined
  if (numbers.length === 0) return `${what} ${total}`
  const shown = numbers.slice(0, TextLimits.numbersShown)
  const more = total - shown.length
  return `${what} ${total}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`
}

const indented = (facts: ReadonlyArray<string | undefined>): ReadonlyArray<string> =>
  facts.flatMap((fact) => fact === undefined ? [] : [`  ${fact}`])
