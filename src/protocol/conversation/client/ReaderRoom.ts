/**
 * One room of a reader: what it was sent, and what it is sent next. Until it has everything, events are read from the store, a page when the
 * one before was taken; then they come as they are recorded. No event is sent twice, and those of one origin in their order. Pure.
 */
import type { Event } from "../Event.ts"
import type { Access } from "../EventBody.ts"
import type { PresenceState } from "../LinkMessage.ts"
import type { Place } from "../RoomOrder.ts"
import { covers, emptyVector, hasEvent, merged, raise, type Vector } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"
import { encoded, type EncodedEvent, encodedEvent, type EncodedMessage } from "./EncodedMessage.ts"
import { peopleMessages, vectorMessages } from "./MessageParts.ts"
import type { ServerMessage } from "./ServerMessage.ts"

/** A room that is open on the server, as a reader sees it. */
export interface SeenRoom {
  readonly room: string
  readonly access: Access
  /** The events on the disk that were passed to the readers of the room. */
  readonly told: Vector
  readonly everywhere: () => Vector
  /** All events of powers: a reader that begins with the last events needs those before them to tell what counts. */
  readonly powerEvents: () => ReadonlyArray<Event>
  readonly people: () => ReadonlyArray<{ readonly person: string; readonly state: PresenceState }>
}

/** A page to read from the store: all of it is on the disk. */
export type PageRead =
  | { readonly _tag: "Before" | "Past"; readonly place: Place | undefined; readonly limit: number }
  | { readonly _tag: "After"; readonly vector: Vector; readonly limit: number }

/** Where a reader begins. */
export interface Beginning {
  /** What it has already; undefined for one that wants the last events. */
  readonly cursor: Vector | undefined
  /** The number of last events. */
  readonly last: number
  /** What its account has read. */
  readonly mark: Vector
}

export class ReaderRoom {
  readonly seen: SeenRoom
  /** What the account has read. */
  readonly mark: Map<string, number>
  /** `Walking`: the place at which the last events begin is looked for. `Behind`: pages follow. */
  #state: "Walking" | "Behind" | "Live" = "Walking"
  /** Walking and behind: what the reader has. Live: what it has beyond what was passed to all readers. */
  #sent: Map<string, number>
  /** Walking: events before the last ones, by origin. */
  readonly #skipped = new Map<string, number>()
  #wanted: number
  #place: Place | undefined
  /** What was passed to readers when the page that is being read was asked for. */
  #toldAtRead: Vector = emptyVector
  #isReading = false
  #isLastPage = false
  #page: ReadonlyArray<EncodedEvent> = []
  #at = 0
  /** Sent before the page, in order. */
  #pending: Array<ServerMessage | EncodedMessage> = []
  #past: { readonly place: Place; readonly limit: number } | undefined
  #isPastRead = false
  #isToldLive = false
  #cursorEntries: number

  constructor(seen: SeenRoom, { cursor, last, mark }: Beginning) {
    this.seen = seen
    this.mark = new Map(mark)
    this.#wanted = last
    this.#pending.push(
      { t: "opened", room: seen.room, access: seen.access },
      ...peopleMessages(seen.room, seen.people())
    )
    this.#sent = new Map(cursor ?? seen.told)
    this.#cursorEntries = cursor?.size ?? 0
    if (cursor !== undefined) this.#begin()
    else if (last === 0) {
      this.#say("have", this.#sent)
      this.#begin()
    }
  }

  /** Messages that wait for the reader: a slow one is ended before there are many. */
  get pendingCount(): number {
    return this.#pending.length
  }

  get isReadingPast(): boolean {
    return this.#past !== undefined
  }

  /** The reader asks for the events before a place. */
  askPast(place: Place, limit: number): void {
    this.#past = { place, limit }
    this.#isPastRead = false
  }

  /** The page to read now; undefined if there is none. It is not asked for again. */
  nextRead(): PageRead | undefined {
    if (this.#past !== undefined && !this.#isPastRead) {
      this.#isPastRead = true
      return { _tag: "Past", ...this.#past }
    }
    if (this.#isReading || this.#at < this.#page.length || this.#pending.length > 0 || this.#state === "Live") {
      return undefined
    }
    this.#isReading = true
    if (this.#state === "Walking") {
      return { _tag: "Before", place: this.#place, limit: Math.min(this.#wanted, Limits.pageEvents) }
    }
    this.#toldAtRead = new Map(this.seen.told)
    return { _tag: "After", vector: this.#sent, limit: Limits.pageEvents }
  }

  /** The answer to a read. */
  onPage({ _tag, limit }: PageRead, events: ReadonlyArray<Event>): void {
    if (_tag === "Past") return this.#onPast(events, limit)
    this.#isReading = false
    if (_tag === "Before") return this.#onWalked(events, limit)
    const page = firstOf(events)
    this.#page = page
    this.#at = 0
    this.#isLastPage = events.length < limit && page.length === events.length
    if (page.length === 0) this.#endPage()
  }

  /** The next message of what was asked for; undefined if there is none now. */
  next(): EncodedMessage | undefined {
    const pending = this.#pending.shift()
    if (pending !== undefined) return "framed" in pending ? pending : encoded(pending)
    const event = this.#page[this.#at]
    if (event === undefined) return undefined
    this.#at++
    const isNew = !hasEvent(this.#sent, event)
    if (isNew) this.#sent.set(event.origin, event.seq)
    if (this.#at === this.#page.length) this.#endPage()
    return isNew ? event.message : this.next()
  }

  /** A message of the room that is no event: undefined if it has to wait for those before it. */
  tell(message: EncodedMessage): EncodedMessage | undefined {
    if (this.#pending.length === 0) return message
    this.#pending.push(message)
    return undefined
  }

  /**
   * Events were recorded, and are in `told` already. `push` takes one, or has no room for it: then the reader is behind, and reads on from
   * the store.
   */
  onEvents(events: ReadonlyArray<EncodedEvent>, push: (message: EncodedMessage) => boolean): void {
    if (this.#state !== "Live") return
    for (const [at, event] of events.entries()) {
      if (hasEvent(this.#sent, event)) continue
      if (push(event.message)) continue
      const lacking = new Map<string, number>()
      for (const { origin, seq } of events.slice(at).toReversed()) lacking.set(origin, seq - 1)
      this.#sent = new Map(merged(new Map([...this.seen.told, ...lacking]), this.#sent))
      this.#state = "Behind"
      return
    }
    for (const [origin, seq] of this.#sent) {
      if (hasEvent(this.seen.told, { origin, seq })) this.#sent.delete(origin)
    }
  }

  /** What the account has read, on another device too: the news, with the origins that the room has. */
  onMark(vector: Vector): Vector {
    return raise(this.mark, new Map(Array.from(vector).filter(([origin]) => this.seen.told.has(origin))))
  }

  /** The number of entries that are kept of the reader's cursor: when it has everything, those beyond what the server has. */
  get cursorEntries(): number {
    return this.#cursorEntries
  }

  #onWalked(events: ReadonlyArray<Event>, limit: number): void {
    const isFirst = this.#place === undefined
    for (const { origin, seq } of events.toReversed()) this.#skipped.set(origin, seq - 1)
    this.#wanted -= events.length
    this.#place = events[0] ?? this.#place
    if (events.length === limit && this.#wanted > 0) return
    for (const [origin, seq] of this.#skipped) {
      if (seq > 0) this.#sent.set(origin, seq)
      else this.#sent.delete(origin)
    }
    this.#say("have", this.#sent)
    this.#begin()
    if (!isFirst) return
    this.#page = firstOf(events)
    this.#at = 0
    this.#isLastPage = false
  }

  /** What stands before the first events. */
  #begin(): void {
    const { everywhere, powerEvents } = this.seen
    this.#state = "Behind"
    if (this.mark.size > 0) this.#say("mark", this.mark)
    if (everywhere().size > 0) this.#say("everywhere", everywhere())
    for (const event of powerEvents()) if (hasEvent(this.#sent, event)) this.#pending.push({ t: "event", event })
  }

  #say(t: "have" | "mark" | "everywhere", vector: Vector): void {
    this.#pending.push(...vectorMessages(t, this.seen.room, vector))
  }

  /** A page was taken: the reader may have everything. */
  #endPage(): void {
    this.#page = []
    this.#at = 0
    if (!this.#isLastPage) return
    // What was purged is in the store no more.
    raise(this.#sent, this.#toldAtRead)
    const { room, told } = this.seen
    if (!covers(this.#sent, told)) return
    this.#state = "Live"
    this.#sent = new Map(Array.from(this.#sent).filter(([origin, seq]) => !hasEvent(told, { origin, seq })))
    this.#cursorEntries = this.#sent.size
    if (this.#isToldLive) return
    this.#isToldLive = true
    this.#pending.push({ t: "live", room })
  }

  /** The newest events of the page fit in any case: the client asks again for those before them. */
  #onPast(events: ReadonlyArray<Event>, limit: number): void {
    if (this.#past === undefined) return
    this.#past = undefined
    const page = firstOf(events.toReversed()).toReversed()
    const isStart = events.length < limit && page.length === events.length
    this.#pending.push(...page.map(({ message }) => message), { t: "past", room: this.seen.room, isStart })
  }
}

/** The events from the first one on that together have no more bytes than a page may have. */
const firstOf = (events: ReadonlyArray<Event>): ReadonlyArray<EncodedEvent> => {
  const page: Array<EncodedEvent> = []
  let bytes = 0
  for (const event of events) {
    const one = encodedEvent(event)
    bytes += one.message.framed.length
    if (bytes > Limits.pageBytes && page.length > 0) break
    page.push(one)
  }
  return page
}
