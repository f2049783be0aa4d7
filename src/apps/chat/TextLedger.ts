/**
 * What happened to each text between this server and a linked one in the last seconds. The texts of the linked servers have no ids: whether one
 * has returned or is new follows from these numbers. Texts are the hexadecimal digits of their bytes.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Limits from "./LinkedLimits.ts"

export type TextEvent =
  /** This server has sent it to the other one. */
  | "sent"
  /** It stood in the stream of the other server, which has no marks. */
  | "bare"
  /** The other server has sent it on the connection that it has opened. */
  | "framed"
  /** It was shown here as a text of the other server. */
  | "shown"
  /** Its bare copy was found to belong to a framed one. */
  | "paired"

/** The times of each event, in ascending order. */
type Times = Readonly<Record<TextEvent, ReadonlyArray<number>>>

export interface TextLedger {
  readonly times: HashMap.HashMap<string, Times>
  readonly digits: number
  readonly events: number
  /** When events may have to be forgotten; Infinity while there are none. */
  readonly pruneAt: number
}

export const empty: TextLedger = { times: HashMap.empty(), digits: 0, events: 0, pruneAt: Infinity }

/** Whether another event of this text may be counted. */
export const hasRoom = ({ digits, events }: TextLedger, text: string): boolean =>
  events < Limits.countedEvents && digits + text.length <= Limits.countedDigits

/** How often the event has happened to the text. */
export const count = ({ times }: TextLedger, text: string, event: TextEvent, now: number): number =>
  Option.match(HashMap.get(times, text), { onNone: () => 0, onSome: (of) => latest(of, now)[event].length })

/** Counts an event, for which there is room. */
export const add = (ledger: TextLedger, text: string, event: TextEvent, now: number): TextLedger => {
  const of = Option.getOrElse(HashMap.get(ledger.times, text), () => none)
  const kept = latest(of, now)
  const more = 1 + eventsOf(kept) - eventsOf(of)
  return {
    times: HashMap.set(ledger.times, text, { ...kept, [event]: [...kept[event], now] }),
    digits: ledger.digits + more * text.length,
    events: ledger.events + more,
    pruneAt: Math.min(ledger.pruneAt, now + Limits.windowMillis)
  }
}

/** The texts that were counted; those that count no longer are among them until they are pruned. */
export const texts = ({ times }: TextLedger): Iterable<string> => HashMap.keys(times)

/** Without what counts no longer. */
export const pruned = (ledger: TextLedger, now: number): TextLedger => {
  if (now < ledger.pruneAt) return ledger
  let left = empty
  for (const [text, of] of ledger.times) {
    const kept = latest(of, now)
    const events = eventsOf(kept)
    if (events === 0) continue
    left = {
      times: HashMap.set(left.times, text, kept),
      digits: left.digits + events * text.length,
      events: left.events + events,
      pruneAt: now + Limits.windowMillis
    }
  }
  return left
}

/**
 * Whether texts that were sent come back by a header too. Undefined while no text has shown it: one of which nothing happened before
 * `since`, and nothing happens any more.
 */
export const returns = ({ times }: TextLedger, since: number, now: number): boolean | undefined => {
  for (const [, { bare, framed, sent }] of times) {
    const all = [...bare, ...framed, ...sent]
    if (sent.length === 0 || Math.min(...all) < since || Math.max(...all) > now - Limits.copyMillis) continue
    if (bare.length === framed.length + sent.length) return false
    if (bare.length === framed.length && bare.length > 0) return true
  }
  return undefined
}

const none: Times = { sent: [], bare: [], framed: [], shown: [], paired: [] }

const eventsOf = (of: Times): number =>
  of.sent.length + of.bare.length + of.framed.length + of.shown.length + of.paired.length

/**
 * The events that still count. A text that was sent is forgotten together with its return, and a text of the other server with its copy and the
 * showing: one without the other would look like a text that is missing, or is too much.
 */
const latest = (of: Times, now: number): Times => {
  const oldest = now - Limits.windowMillis
  let { bare, framed, paired, sent, shown } = of
  for (let [at = Infinity] = sent; at <= oldest; [at = Infinity] = sent) {
    sent = sent.slice(1)
    // Published servers send a text back by a header too: then there are as many framed texts as bare ones, where both had their time.
    const hasReturned = countTo(framed, now - 2 * Limits.copyMillis) >= countTo(bare, now - Limits.copyMillis)
    if (hasReturned) framed = withoutFirst(framed, at, at + Limits.windowMillis)
    bare = withoutFirst(bare, at, at + Limits.windowMillis)
    paired = withoutFirst(paired, at, at + Limits.windowMillis)
  }
  // What is older than the window now, and had no part in a return.
  for (let at = firstOf(bare, framed, shown, paired); at <= oldest; at = firstOf(bare, framed, shown, paired)) {
    bare = withoutFirst(bare, at, at + Limits.copyMillis)
    framed = withoutFirst(framed, at, at + Limits.copyMillis)
    shown = withoutFirst(shown, at, at + Limits.copyMillis)
    paired = withoutFirst(paired, at, at + Limits.copyMillis)
  }
  return sent === of.sent && bare === of.bare && framed === of.framed && shown === of.shown && paired === of.paired
    ? of
    : { bare, framed, paired, sent, shown }
}

const countTo = (times: ReadonlyArray<number>, last: number): number => times.filter((at) => at <= last).length

const firstOf = (...times: ReadonlyArray<ReadonlyArray<number>>): number =>
  Math.min(...times.map(([at = Infinity]) => at))

/** Without the first time between the two, which are included. */
const withoutFirst = (times: ReadonlyArray<number>, from: number, to: number): ReadonlyArray<number> => {
  const place = times.findIndex((at) => at >= from && at <= to)
  return place < 0 ? times : times.toSpliced(place, 1)
}
