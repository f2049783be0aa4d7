/**
 * A room as a reader sees it: its newest events, in the room's order, as lines. The events of all readers may come in any order; when all
 * have come, their lines are the same, except for the marks of late ones and the numbers of files, which follow the order of arrival.
 */
import { type LoggedEvent, saidIn } from "./LoggedEvent.ts"
import * as Limits from "./PeopleLimits.ts"
import { PowerHistory } from "./PowerHistory.ts"
import { isPowerKind, type Powers } from "./Powers.ts"
import { comparePlaces, countBefore, type Place } from "./RoomOrder.ts"
import { type Context, TimelineFold, type Told } from "./TimelineFold.ts"
import { type FileLine, folded, keyOfRef, type Line } from "./TimelineLine.ts"
import { hasEvent, type Vector } from "./Vector.ts"

export class Timeline {
  readonly #most: number
  #told: Array<Told> = []
  #powers: PowerHistory
  readonly #late = new Set<string>()
  readonly #numbers = new Map<string, number>()
  readonly #files = new Map<number, string>()
  #fold: TimelineFold
  #lines: ReadonlyArray<Line> | undefined
  #before: Context = { topic: undefined, nicks: new Map() }
  #lastNumber = 0

  /**
   * A view of at least the newest `most` events, which grows by a quarter before the oldest are dropped. `powers` are known from an earlier
   * part of the log; the events of powers of this part are added to them.
   */
  constructor(room: string, { most = Limits.shownEvents, powers = PowerHistory.of(room) }: {
    readonly most?: number
    readonly powers?: PowerHistory
  } = {}) {
    this.#most = most
    this.#powers = powers
    this.#fold = this.#emptyFold()
  }

  /**
   * Adds events: a page of the log, or a new one. Those that are there already are left out. `isPast`: the reader has asked for them, so they are
   * not late where they stand before others.
   */
  add(events: ReadonlyArray<LoggedEvent>, { isPast = false }: { readonly isPast?: boolean } = {}): void {
    const lastBefore = this.#told.at(-1)?.event
    let isInOrder = true
    for (const event of events.toSorted(comparePlaces)) {
      const powers = this.#powers.add(event)
      const said = saidIn(event)
      if (said === undefined) continue
      const at = this.#placeOf(event)
      const next = this.#told[at]?.event
      if (next !== undefined && comparePlaces(next, event) === 0) continue
      const told = { event, said }
      if (lastBefore !== undefined && comparePlaces(event, lastBefore) < 0) {
        isInOrder = false
        if (!isPast) this.#late.add(keyOfRef(event))
      }
      if (isInOrder) this.#fold.apply(told, this.#powers.before(event))
      this.#told.splice(at, 0, told)
      this.#powers = powers
    }
    this.#lines = undefined
    if (this.#told.length > this.#most * 1.25) this.#drop()
    else if (!isInOrder) this.#again()
  }

  /** Events before all lines, which still matter: those of powers, the last topic, the last nicks. They get no lines. */
  addEarlier(events: ReadonlyArray<LoggedEvent>): void {
    const before = new TimelineFold({ isLate: () => false, numberOf: () => 0 }, this.#before)
    const sorted = events.toSorted(comparePlaces)
    for (const event of sorted) this.#powers = this.#powers.add(event)
    for (const event of sorted) {
      const said = saidIn(event)
      const known = this.#told[this.#placeOf(event)]?.event
      const isKnown = known !== undefined && comparePlaces(known, event) === 0
      if (said !== undefined && !isKnown) before.apply({ event, said }, this.#powers.before(event))
    }
    this.#before = before.context
    this.#again()
  }

  /** Body and salt of events were erased: their lines are gone. */
  erase(ref: Pick<LoggedEvent, "origin" | "seq">): void {
    const key = keyOfRef(ref)
    const kept = this.#told.filter(({ event }) => keyOfRef(event) !== key || isPowerKind(event.kind))
    if (kept.length === this.#told.length) return
    this.#told = kept
    this.#again()
  }

  /** The lines, in the room's order. Moves without another line between them are one. */
  get lines(): ReadonlyArray<Line> {
    return this.#lines ??= folded(this.#fold.lines)
  }

  /** The number of events that are kept. */
  get size(): number {
    return this.#told.length
  }

  /** Whether it has as many events as it keeps: a page of earlier ones would be dropped soon. */
  get isFull(): boolean {
    return this.size >= this.#most
  }

  /** The place of the first event that is kept. */
  get first(): Place | undefined {
    return this.#told[0]?.event
  }

  get topic(): string | undefined {
    return this.#fold.context.topic
  }

  get powers(): Powers {
    return this.#powers.now
  }

  /** The nick of a person now. */
  nickOf(author: string): string {
    return this.#fold.nickOf(author)
  }

  /** The line of an event, unless it is hidden or has been dropped. */
  lineOf(ref: Pick<LoggedEvent, "origin" | "seq">): Line | undefined {
    return this.#fold.lineOf(ref)
  }

  /** The last post of a person. */
  lastPostOf(author: string): Line | undefined {
    return this.#fold.lines.findLast((line) => line.author === author && isPost(line))
  }

  /** The file with the number of `/get`. */
  file(number: number): FileLine | undefined {
    const key = this.#files.get(number)
    return this.#fold.lines.find((line): line is FileLine => line._tag === "File" && keyOfRef(line.ref) === key)
  }

  /** Posts of the people who count, those that the vector of a reader does not have: for each origin the number up to which it was read. */
  unread(mark: Vector, isCounted: (author: string) => boolean): number {
    return this.#fold.lines.filter((line) => isPost(line) && isCounted(line.author) && !hasEvent(mark, line.ref)).length
  }

  #emptyFold(): TimelineFold {
    return new TimelineFold({
      isLate: (event) => this.#late.has(keyOfRef(event)),
      numberOf: (event) => this.#numberOf(keyOfRef(event))
    }, this.#before)
  }

  #numberOf(key: string): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = ++this.#lastNumber
    this.#numbers.set(key, number)
    this.#files.set(number, key)
    return number
  }

  /** Makes all lines anew: what came late may have changed what was valid after it. */
  #again(): void {
    this.#fold = this.#emptyFold()
    for (const told of this.#told) this.#fold.apply(told, this.#powers.before(told.event))
    this.#lines = undefined
  }

  #drop(): void {
    const dropped = this.#told.splice(0, this.#told.length - this.#most)
    const past = this.#emptyFold()
    for (const told of dropped) past.apply(told, this.#powers.before(told.event))
    this.#before = past.context
    for (const { event } of dropped) this.#forget(keyOfRef(event))
    this.#again()
  }

  #forget(key: string): void {
    this.#late.delete(key)
    const number = this.#numbers.get(key)
    if (number === undefined) return
    this.#numbers.delete(key)
    this.#files.delete(number)
  }

  /** The number of events before one. */
  #placeOf(event: LoggedEvent): number {
    return countBefore(this.#told.length, (at) => this.#told[at]?.event, event)
  }
}

const isPost = (line: Line): boolean => line._tag === "Said" || line._tag === "File"
