/**
 * A room as its readers on this server share it: one follower of its log, its powers, the people who are here, and each message encoded once
 * for all. What happens in a turn is passed on at its end, together.
 */
import { refusalToOpen } from "../../protocol/conversation/AccessRules.ts"
import * as ClientLimits from "../../protocol/conversation/client/ClientLimits.ts"
import {
  encoded,
  type EncodedEvent,
  encodedEvent,
  type EncodedMessage
} from "../../protocol/conversation/client/EncodedMessage.ts"
import { peopleMessages, vectorMessages } from "../../protocol/conversation/client/MessageParts.ts"
import type { SeenRoom } from "../../protocol/conversation/client/ReaderRoom.ts"
import type { ServerMessage } from "../../protocol/conversation/client/ServerMessage.ts"
import type { Event } from "../../protocol/conversation/Event.ts"
import type { Access } from "../../protocol/conversation/EventBody.ts"
import type { PresenceState } from "../../protocol/conversation/LinkMessage.ts"
import { saidIn } from "../../protocol/conversation/LoggedEvent.ts"
import { oneLineOf } from "../../protocol/conversation/PostText.ts"
import { PowerHistory } from "../../protocol/conversation/PowerHistory.ts"
import { counts, isPowerKind, type Powers } from "../../protocol/conversation/Powers.ts"
import { Roster, type RosterLine } from "../../protocol/conversation/Roster.ts"
import { keyOfRef } from "../../protocol/conversation/TimelineLine.ts"
import { raise, type Vector } from "../../protocol/conversation/Vector.ts"
import type { TurnClient } from "../ListenerTurns.ts"
import type { FollowedRoom, RoomNews } from "../logs/Logs.ts"
import * as Limits from "./ReadersLimits.ts"

type Here = Exclude<PresenceState, "gone">

/** A reader as a room sees it. */
export interface RoomReader {
  readonly person: string
  readonly onEvents: (room: string, events: ReadonlyArray<EncodedEvent>) => void
  readonly tellOf: (room: string, message: EncodedMessage) => void
  /** The person may not see the room any more. The reason is a sentence without a full stop. */
  readonly expel: (room: string, reason: string) => void
  /** Nothing can be recorded any more. */
  readonly fail: (reason: string) => void
}

/** What a room needs of the server. Times are milliseconds: `now` of a clock that never goes back, `time` Unix time. */
export interface HubSurroundings {
  readonly now: () => number
  readonly time: () => number
  /** The deadline of the room may have changed. */
  readonly schedule: (hub: TurnClient) => void
  /** Calls `flush` of the room at the end of this turn. */
  readonly flushLater: (hub: TurnClient) => void
  /** `by` has given a power in a private room to this person. */
  readonly invite: (person: string, room: string, access: Access, by: string) => void
}

export class RoomHub implements SeenRoom, TurnClient {
  readonly room: string
  readonly told = new Map<string, number>()
  readonly #surroundings: HubSurroundings
  readonly #readers = new Map<RoomReader, { readonly person: string; readonly state: Here }>()
  readonly #roster = new Roster()
  #followed: FollowedRoom | undefined
  #history: PowerHistory
  /** The events of powers, by the place of each in its origin. */
  readonly #powerEvents = new Map<string, Event>()
  #events: Array<Event> = []
  #everywhere = new Map<string, number>()
  #failure: string | undefined

  constructor(room: string, surroundings: HubSurroundings) {
    this.room = room
    this.#surroundings = surroundings
    this.#history = PowerHistory.of(room)
  }

  /** The room is followed, and all events before were given to `addPowers`. */
  begin(followed: FollowedRoom): void {
    this.#followed = followed
    this.#events = []
    this.#everywhere.clear()
    raise(this.told, followed.synced())
    const { now } = this.#surroundings
    for (const { person, state } of followed.present()) if (state !== "gone") this.#roster.set(person, state, now())
    this.#roster.handleTimeout(Infinity)
    this.#roster.pollLines()
  }

  /** Events of the log, for the powers of people. */
  addPowers(events: ReadonlyArray<Event>): void {
    for (const event of events) {
      this.#history = this.#history.add(event)
      if (isPowerKind(event.kind)) this.#powerEvents.set(keyOfRef(event), event)
    }
  }

  get access(): Access {
    return this.#followed?.access().access ?? "private"
  }

  get powers(): Powers {
    return this.#history.now
  }

  get isIdle(): boolean {
    return this.#readers.size === 0
  }

  readonly everywhere = (): Vector => this.#followed?.everywhere() ?? new Map<string, number>()

  readonly powerEvents = () => Array.from(this.#powerEvents.values())

  readonly people = () => this.#roster.people()

  get peopleCount(): number {
    return this.#roster.size
  }

  /** Why the person may not open the room; undefined if it may. */
  refusalTo(person: string): string | undefined {
    return this.#failure ?? refusalToOpen(this.access, this.powers, person, this.#surroundings.time())
  }

  post(...[draft, done]: Parameters<FollowedRoom["post"]>): void {
    if (this.#followed === undefined) return done(`there is no log of ${this.room}`)
    this.#followed.post(draft, done)
  }

  /** The reader sees the room from now on, and its person is here. */
  attach(reader: RoomReader): void {
    this.#readers.set(reader, { person: reader.person, state: "here" })
    this.#settle(reader.person)
  }

  /** The person of a reader is in another state. */
  setState(reader: RoomReader, state: Here): void {
    const before = this.#readers.get(reader)
    if (before === undefined) return
    this.#readers.set(reader, { ...before, state })
    this.#settle(before.person)
  }

  /** The reader of a guest has another person. */
  rename(reader: RoomReader): void {
    const before = this.#readers.get(reader)
    if (before === undefined) return
    this.#readers.set(reader, { ...before, person: reader.person })
    this.#settle(before.person)
    this.#settle(reader.person)
  }

  /** The reader has left. */
  detach(reader: RoomReader): void {
    const before = this.#readers.get(reader)
    if (this.#readers.delete(reader) && before !== undefined) this.#settle(before.person)
  }

  onNews(news: RoomNews): void {
    const now = this.#surroundings.now()
    switch (news._tag) {
      case "Recorded":
        this.#events.push(news.event)
        if (this.#followed === undefined) return this.addPowers([news.event])
        if (isMove(news.event.kind)) this.#roster.told(news.event.author)
        return this.#surroundings.flushLater(this)
      case "Everywhere":
        raise(this.#everywhere, news.vector)
        return this.#surroundings.flushLater(this)
      case "Presence":
        return this.#followed === undefined ? undefined : this.#onPresence(news.present.person, news.present.state)
      case "Gone":
        if (this.#followed === undefined) return
        if (news.server === undefined) this.#roster.leave(news.people, now)
        else this.#roster.endLink(news.server, news.people, now)
        if (news.people.length > Limits.namedPeople) this.#tell(peopleMessages(this.room, this.people()))
        else this.#tell(news.people.map((person) => ({ t: "presence", room: this.room, person, state: "gone" })))
        return this.#tellLines()
      case "Failed":
        this.#failure = news.reason
        for (const reader of this.#readers.keys()) reader.fail(news.reason)
    }
  }

  /** Passes on what has happened in this turn. */
  flush(): void {
    const [events, everywhere] = [this.#events, this.#everywhere]
    this.#events = []
    this.#everywhere = new Map()
    const texts = events.map(encodedEvent)
    for (const { origin, seq } of events) this.told.set(origin, seq)
    for (const reader of this.#readers.keys()) reader.onEvents(this.room, texts)
    if (everywhere.size > 0) this.#tell(vectorMessages("everywhere", this.room, everywhere))
    for (const event of events) if (isPowerKind(event.kind)) this.#onPower(event)
  }

  /** When `onDeadline` is due. */
  get deadline(): number {
    return this.#roster.deadline
  }

  onDeadline(now: number): void {
    this.#roster.handleTimeout(now)
    this.#tellLines()
  }

  #onPower(event: Event): void {
    this.addPowers([event])
    const said = saidIn(event)
    const isCounted = counts(this.#history.before(event), event)
    if (said?.kind === "power" && isCounted && this.access === "private") {
      this.#surroundings.invite(said.body.person, this.room, this.access, event.author)
    }
    const isRemoved = isCounted && said?.kind === "barred" && (said.body.bar === "kick" || said.body.bar === "ban")
    const text = said?.kind === "barred" ? said.body.reason : undefined
    const why = text === undefined ? "" : `: ${oneLineOf(text).slice(0, Limits.reasonUnits)}`
    for (const reader of Array.from(this.#readers.keys())) {
      const refusal = isRemoved && said.body.person === reader.person
        ? `you were removed from this room${why}`
        : this.refusalTo(reader.person)
      if (refusal === undefined) continue
      this.detach(reader)
      reader.expel(this.room, refusal)
    }
  }

  /** The state of a person of this server, from all of its readers. */
  #settle(person: string): void {
    const states = Array.from(this.#readers.values()).filter((one) => one.person === person).map(({ state }) => state)
    const state = order.find((one) => states.includes(one)) ?? "gone"
    const before = this.#roster.stateOf(person) ?? "gone"
    if (state === before) return
    this.#followed?.setPresence({ person, state })
    this.#onPresence(person, state)
  }

  #onPresence(person: string, state: PresenceState): void {
    const now = this.#surroundings.now()
    const wasPresent = this.#roster.isPresent(person)
    if (state === "gone") this.#roster.leave([person], now)
    if (state === "gone" ? wasPresent : this.#roster.set(person, state, now)) {
      this.#tell([{ t: "presence", room: this.room, person, state }])
    }
    this.#tellLines()
  }

  #tellLines(): void {
    this.#tell(this.#roster.pollLines().map((line) => movedMessage(this.room, line)))
    this.#surroundings.schedule(this)
  }

  #tell(messages: ReadonlyArray<ServerMessage>): void {
    for (const message of messages.map(encoded)) {
      for (const reader of this.#readers.keys()) reader.tellOf(this.room, message)
    }
  }
}

/** Apps of plain programs record when their people come and go. */
const isMove = (kind: string): boolean => kind === "joined" || kind === "left"

/** A person who types at one place and is away at another one types. */
const order: ReadonlyArray<Here> = ["typing", "here", "away"]

const movedMessage = (room: string, line: RosterLine): ServerMessage => {
  const [joined, left] = line._tag === "Moved"
    ? [line.joined, line.left]
    : line._tag === "Back"
    ? [line.people, []]
    : [[], line.people]
  return {
    t: "moved",
    room,
    how: line._tag === "Moved" ? "moved" : line._tag === "Away" ? "away" : "back",
    ...(line._tag === "Moved" ? {} : { server: line.server }),
    joined: joined.slice(0, ClientLimits.listed),
    left: left.slice(0, ClientLimits.listed),
    joinedCount: joined.length,
    leftCount: left.length
  }
}
