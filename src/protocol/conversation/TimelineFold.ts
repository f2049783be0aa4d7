/**
 * Makes lines of a room's events, one event after the other in the room's order: edits and reactions change lines that are there,
 * removals hide them, and what its author had not the power for changes nothing.
 */
import * as InvisibleCharacter from "../InvisibleCharacter.ts"
import type { BodyOf, KnownBody } from "./EventBody.ts"
import type { LoggedEvent } from "./LoggedEvent.ts"
import { guestSign, nickOf } from "./Names.ts"
import { barOf, counts, mayModerate, maySpeak, type Powers } from "./Powers.ts"
import { postKeyOf } from "./RoomOrder.ts"
import { type FileLine, keyOfRef, type Line, type LineOrigin, type MovedLine, type SaidLine } from "./TimelineLine.ts"

/** An event, and what it says. */
export interface Told {
  readonly event: LoggedEvent
  readonly said: KnownBody
}

/** What a view of a room knows of an event beside the room's order. */
export interface View {
  readonly isLate: (event: LoggedEvent) => boolean
  /** The number of a file. */
  readonly numberOf: (event: LoggedEvent) => number
}

/** What earlier events, which are not in the view any more, mean for later lines. */
export interface Context {
  readonly topic: string | undefined
  readonly nicks: ReadonlyMap<string, string>
}

type Draft<L extends Line> = { -readonly [Key in keyof L]: L[Key] }

/** A line, and whether it is hidden. */
interface Entry {
  line: Line
  isRemoved: boolean
}

export class TimelineFold {
  readonly #view: View
  readonly #entries: Array<Entry> = []
  readonly #byRef = new Map<string, Entry>()
  readonly #posts = new Set<string>()
  readonly #nicks: Map<string, string>
  #topic: string | undefined

  constructor(view: View, { nicks, topic }: Context) {
    this.#view = view
    this.#nicks = new Map(nicks)
    this.#topic = topic
  }

  /** After all events. */
  get context(): Context {
    return { topic: this.#topic, nicks: this.#nicks }
  }

  /** The lines that are not hidden, in the room's order. */
  get lines(): ReadonlyArray<Line> {
    return this.#entries.flatMap(({ isRemoved, line }) => isRemoved ? [] : [line])
  }

  /** The line of an event, unless it is hidden. */
  lineOf(ref: Pick<LoggedEvent, "origin" | "seq">): Line | undefined {
    const entry = this.#byRef.get(keyOfRef(ref))
    return entry === undefined || entry.isRemoved ? undefined : entry.line
  }

  /** The nick of a person after all events. */
  nickOf(author: string): string {
    return this.#nicks.get(author) ?? firstNickOf(author)
  }

  /** Adds the next event; `powers` are those before it. */
  apply({ event, said }: Told, powers: Powers): void {
    switch (said.kind) {
      case "said":
        return this.#post(event, powers, (origin) => this.#saidLine(event, origin, said.body))
      case "file":
        return this.#post(event, powers, (origin) => this.#fileLine(event, origin, said.body))
      case "edited":
        return this.#edit(event, said.body.text, powers)
      case "removed":
        return this.#remove(event, powers)
      case "reacted":
        return this.#react(event, said.body, powers)
      case "topic":
        if (!mayModerate(powers, event.author, event.time)) return
        this.#topic = said.body.text
        return this.#push({ ...this.#origin(event), _tag: "Topic", text: said.body.text })
      case "named":
        return this.#name(event, said.body.name)
      case "joined":
        if (barOf(powers, event.author, event.time) === "ban") return
        return this.#move(event, "joined")
      case "left":
        return this.#move(event, "left")
      case "made":
        return counts(powers, event) ? this.#push({ ...this.#origin(event), _tag: "Made" }) : undefined
      case "power":
        return counts(powers, event) ? this.#push({ ...this.#origin(event), _tag: "Power", ...said.body }) : undefined
      case "barred":
        return counts(powers, event) ? this.#push({ ...this.#origin(event), _tag: "Barred", ...said.body }) : undefined
      case "app":
        return
    }
  }

  #origin(event: LoggedEvent): LineOrigin {
    const { author, clock, origin, seq, time } = event
    return { ref: { origin, seq }, clock, time, author, nick: this.nickOf(author), isLate: this.#view.isLate(event) }
  }

  #push(line: Line): void {
    const entry = { line, isRemoved: false }
    this.#entries.push(entry)
    this.#byRef.set(keyOfRef(line.ref), entry)
  }

  /** A post that a device repeats is shown once. */
  #post(event: LoggedEvent, powers: Powers, lineOf: (origin: LineOrigin) => Line): void {
    const key = postKeyOf(event)
    if (this.#posts.has(key) || !maySpeak(powers, event.author, event.time)) return
    this.#posts.add(key)
    this.#push(lineOf(this.#origin(event)))
  }

  #saidLine({ re }: LoggedEvent, origin: LineOrigin, { isAction = false, text }: BodyOf<"said">): SaidLine {
    return { ...origin, _tag: "Said", text, isAction, isEdited: false, re, reactions: [] }
  }

  #fileLine(event: LoggedEvent, origin: LineOrigin, file: BodyOf<"file">): FileLine {
    return { ...origin, _tag: "File", number: this.#view.numberOf(event), file, re: event.re, reactions: [] }
  }

  /** The line of the event that this one is about. */
  #target({ re }: LoggedEvent): Entry | undefined {
    return re === undefined ? undefined : this.#byRef.get(keyOfRef(re))
  }

  #edit(event: LoggedEvent, text: string, powers: Powers): void {
    const entry = this.#target(event)
    if (
      entry?.line._tag !== "Said" || entry.line.author !== event.author || !maySpeak(powers, event.author, event.time)
    ) return
    entry.line = { ...entry.line, text, isEdited: true }
  }

  #remove(event: LoggedEvent, powers: Powers): void {
    const entry = this.#target(event)
    if (entry === undefined || !removable.has(entry.line._tag)) return
    if (entry.line.author === event.author || mayModerate(powers, event.author, event.time)) entry.isRemoved = true
  }

  #react(event: LoggedEvent, { isOff = false, sign }: BodyOf<"reacted">, powers: Powers): void {
    const { author, time } = event
    const entry = this.#target(event)
    if (entry === undefined || !("reactions" in entry.line) || !maySpeak(powers, author, time)) return
    const signs = new Map(entry.line.reactions.map((one) => [one.sign, one.people]))
    const others = (signs.get(sign) ?? []).filter((person) => person !== author)
    const people = isOff
      ? others
      : signs.get(sign)?.includes(author) === true
      ? signs.get(sign) ?? []
      : [...others, author]
    if (people.length === 0) signs.delete(sign)
    else signs.set(sign, people)
    const line: Draft<SaidLine | FileLine> = { ...entry.line }
    line.reactions = Array.from(signs, ([one, those]) => ({ sign: one, people: those }))
    entry.line = line
  }

  /** A name that is no nick changes nothing: its server has let it pass. A guest stays one. */
  #name(event: LoggedEvent, name: string): void {
    const isGuest = firstNickOf(event.author).startsWith(guestSign)
    const read = nickOf(name.replace(/^~/, ""))
    if (read._tag === "NoName") return
    const next = isGuest ? guestSign + read.name : read.name
    if (next === this.nickOf(event.author)) return
    this.#push({ ...this.#origin(event), _tag: "Named", name: next })
    this.#nicks.set(event.author, next)
  }

  #move(event: LoggedEvent, way: "joined" | "left"): void {
    const origin = this.#origin(event)
    const empty: Omit<MovedLine, keyof LineOrigin> = { _tag: "Moved", joined: [], left: [], visited: [], returned: [] }
    this.#push({ ...origin, ...empty, [way]: [{ author: origin.author, nick: origin.nick }] })
  }
}

/** Powers, bars and moves are the history of the room, which stays. */
const removable: ReadonlySet<Line["_tag"]> = new Set(["Said", "File", "Topic"])

/** The nick in `ala@alpha`. A server may have let anything pass: what is no nick is made harmless, and shows that it is none. */
export const firstNickOf = (author: string): string => {
  const name = author.slice(0, author.lastIndexOf("@"))
  const isGuest = name.startsWith(guestSign)
  const read = nickOf(isGuest ? name.slice(guestSign.length) : name)
  if (read._tag === "Name") return isGuest ? guestSign + read.name : read.name
  return `?${InvisibleCharacter.replace(name, () => "\ufffd").replaceAll(/[\s@/#:~]+/gu, "_").slice(0, 32)}`
}
