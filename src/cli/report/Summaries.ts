/** The summary of a complete message for people: one line, and one more line for each further fact. */
import * as Limits from "../../protocol/ProtocolLimits.ts"
import * as Format from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { Paint } from "./Colours.ts"
import type { EventOf } from "./Report.ts"

type Received = EventOf<"received">
type Sent = EventOf<"sent">

export interface SummaryOptions {
  readonly isVerbose: boolean
  readonly paint: Paint
}

/** The lines for a received message, without its path, which standard output has. */
export const ofReceived = (event: Received, { isVerbose, paint }: SummaryOptions): ReadonlyArray<string> => [
  `${paint("success", "received")} ${firstLine(event)}, from ${event.peer}`,
  ...indented([
    numbered("damaged", event.damaged, event.damagedNumbers),
    numbered("repeated", event.duplicates, []),
    isVerbose ? `sha256 ${event.sha256}` : undefined
  ])
]

/** The lines for a sent message. */
export const ofSent = (event: Sent, { isVerbose, paint }: SummaryOptions): ReadonlyArray<string> => [
  `${paint("success", "sent")} ${firstLine(event)}`,
  ...indented([
    event.path === undefined ? undefined : `from ${Format.harmless(event.path)}`,
    numbered("damaged on purpose", event.damaged, event.damagedNumbers),
    numbered("repeated", event.retransmissions, event.repeatedNumbers, announcements(event)),
    event.limitedBy === undefined || event.durationMillis < 1000 ? undefined : `limited by ${limits[event.limitedBy]}`,
    event.confirmed ? undefined : paint("warning", "the last answer was lost, but the message has arrived"),
    isVerbose ? `sha256 ${event.sha256}` : undefined
  ])
]

/** `3 fragments of 1445 B`; without the size for a single fragment. Undefined on flock, which has no fragments. */
export const cutting = (fragments: number | undefined, payloadSize: number | undefined): string | undefined =>
  fragments === undefined
    ? undefined
    : `${Format.count(fragments, "fragment")}${fragments > 1 ? ` of ${payloadSize} B` : ""}`

const firstLine = (event: Received | Sent): string => {
  const what = event.kind === "text" ? "text" : Format.harmless(event.name ?? "")
  // The rate of a very short transfer would be noise.
  const rate = event.durationMillis >= 100 ? ` (${Format.rate(event.rateBitsPerSecond)})` : ""
  const payloadSize = event.type === "received" ? event.payloadSize : event.fragmentSize
  const cut = cutting(event.fragments, payloadSize)
  const cost = `${Format.size(event.size)} in ${Format.duration(event.durationMillis)}${rate}`
  return `${what}: ${cost}${cut === undefined ? "" : `, ${cut}`}`
}

const limits: Readonly<Record<NonNullable<Sent["limitedBy"]>, string>> = {
  source: "this side's disk, or its input",
  cpu: "this side's processor",
  receiver: "the receiver: its disk or its processor",
  congestion: "the path",
  pacing: "the path, or --limit"
}

/**
 * How often the announcement of a classic message was retransmitted: it has no sequence number of a fragment. Undefined
 * where that is not known: on flock, and when more numbers were repeated than are kept.
 */
const announcements = ({ fragments, repeatedNumbers, retransmissions }: Sent): number | undefined =>
  fragments === undefined || repeatedNumbers.length >= Limits.numbersKept
    ? undefined
    : retransmissions - repeatedNumbers.length

/** `damaged 2: 3, 7`, `repeated 2: 3 and the announcement`: the first known numbers, at most `TextLimits.numbersShown`. */
const numbered = (
  what: string,
  total: number,
  numbers: ReadonlyArray<number>,
  ofAnnouncement = 0
): string | undefined => {
  if (total === 0) return undefined
  const shown = numbers.slice(0, TextLimits.numbersShown)
  const more = shown.length === 0 ? 0 : total - ofAnnouncement - shown.length
  const others = [
    ...(more > 0 ? [`${more} more`] : []),
    ...(ofAnnouncement > 0 ? [`the announcement${ofAnnouncement > 1 ? ` (${ofAnnouncement} times)` : ""}`] : [])
  ]
  const parts = others.length === 0 ? shown.join(", ") : Format.listed([...shown.map(String), ...others])
  return parts === "" ? `${what} ${total}` : `${what} ${total}: ${parts}`
}

const indented = (facts: ReadonlyArray<string | undefined>): ReadonlyArray<string> =>
  facts.flatMap((fact) => fact === undefined ? [] : [`  ${fact}`])
