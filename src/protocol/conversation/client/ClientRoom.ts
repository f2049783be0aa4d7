/**
 * One room of a client: its events as lines, how far it has come (the cursor), what was read (the mark), who is here, and what is to be sent for
 * it on the present connection. The server is believed.
 */
import * as ConversationLimits from "../ConversationLimits.ts"
import type { Event, EventRef } from "../Event.ts"
import type { Access } from "../EventBody.ts"
import type { PresenceState } from "../LinkMessage.ts"
import type { Timeline } from "../Timeline.ts"
import { countBeyond, emptyVector, hasEvent, merged, partsOf, raise, recordOf, type Vector } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"
import type { ClientMessage } from "./ClientMessage.ts"
import type { Notice } from "./ClientView.ts"
import { GatheredEvents } from "./GatheredEvents.ts"
import { OwnPosts } from "./OwnPosts.ts"

/** How a room is entered. */
export interface Entrance {
  /** What the client has of the room: it goes on there. */
  readonly cursor: Vector
  /** The number of events that it begins with, without a cursor; undefined leaves it to the server. */
  readonly last: number | undefined
  /** How it is made; undefined for a room that is here already. */
  readonly make: { readonly access: Access; readonly person: string | undefined } | undefined
  /** Whether it is made only if the server does not open it. */
  readonly isOpenedFirst: boolean
}

/** `absent`: it was not asked for on this connection. */
export type Phase = "absent" | "asked" | "opened" | "live" | "refused"

export class ClientRoom {
  readonly room: string
  readonly posts = new OwnPosts()
  readonly people = new Map<string, PresenceState>()
  access: Access
  refusal: string | undefined
  /** The room is closed as soon as its posts are answered. */
  isClosing = false
  #phase: Phase = "absent"
  readonly #cursor: Map<string, number>
  readonly #mark = new Map<string, number>()
  /** What was here when the room was first open, if it had no mark. */
  #begun: Vector = emptyVector
  /** What the server knows of the mark. */
  readonly #markTold = new Map<string, number>()
  #isMarkTold = true
  readonly #everywhere = new Map<string, number>()
  readonly #events: GatheredEvents
  #notices: Array<Notice> = []
  readonly #entrance: Entrance
  #entering: "make" | "open"
  #wasLive = false
  #isResuming = false
  /** Whether there are events that the server does not send by itself. */
  #isCut = false
  #past: "none" | "wanted" | "asked" = "none"
  #presence: { state: "here" | "away" | "typing"; isTold: boolean } = { state: "here", isTold: true }
  #toSend: Array<ClientMessage> = []

  constructor(room: string, entrance: Entrance) {
    this.room = room
    this.access = entrance.make?.access ?? "public"
    this.#entrance = entrance
    this.#cursor = new Map(entrance.cursor)
    this.#events = new GatheredEvents(room)
    this.#entering = entrance.make === undefined || entrance.isOpenedFirst ? "open" : "make"
  }

  get phase(): Phase {
    return this.#phase
  }

  get timeline(): Timeline {
    return this.#events.timeline
  }

  /** Whether there are no events before the first one here. */
  get isWhole(): boolean {
    return this.#events.isWhole
  }

  /** What the client has. */
  get cursor(): Vector {
    return this.#cursor
  }

  /** What was read, or was here before the person first came. */
  get mark(): Vector {
    return merged(this.#mark, this.#begun)
  }

  get notices(): ReadonlyArray<Notice> {
    return this.#notices
  }

  get isReadingPast(): boolean {
    return this.#past !== "none"
  }

  /** Whether nothing of the room is here. */
  get isEmpty(): boolean {
    return !this.#wasLive && this.posts.unrecorded.length === 0
  }

  isEverywhere(ref: EventRef): boolean {
    return hasEvent(this.#everywhere, ref)
  }

  notice(notice: Pick<Notice, "kind" | "time"> & Partial<Notice>): void {
    const empty = { server: undefined, joined: [], left: [], joinedCount: 0, leftCount: 0, text: undefined }
    this.#notices = [...this.#notices, { ...empty, behind: this.#events.newest, ...notice }].slice(-Limits.notices)
  }

  /** Everything that is here counts as read. */
  markAll(): void {
    raise(this.#mark, this.#cursor)
    this.#isMarkTold = false
  }

  setPresence(state: "here" | "away" | "typing"): void {
    this.#presence = { state, isTold: this.#presence.state === state && this.#presence.isTold }
  }

  /** Asks for earlier events. The text is why there are none. */
  readPast(): string | undefined {
    if (this.isWhole) return "there are no earlier messages"
    if (this.#phase !== "live" || this.#events.oldest === undefined) return "the room is not open yet"
    if (this.timeline.isFull) return "no earlier messages are kept here"
    if (this.#past === "none") this.#past = "wanted"
    return undefined
  }

  /** The connection is there, and the person welcome. */
  onWelcome(): void {
    this.#phase = "absent"
    this.refusal = undefined
    this.#markTold.clear()
    this.#isMarkTold = this.#mark.size === 0
    this.#past = "none"
    this.#presence.isTold = this.#presence.state === "here"
  }

  /** The person is welcome at a server, after a connection was lost. */
  onResumed(text: string, server: string, time: number): void {
    if (this.#wasLive) this.notice({ kind: "resumed", time, server, text })
  }

  onLost(): void {
    // What was asked for may be done: a room that was made is opened.
    if (this.#phase === "asked") this.#entering = "open"
    // A part of what the server has is no cursor.
    if (!this.#wasLive && this.#events.newest === undefined) {
      this.#cursor.clear()
      raise(this.#cursor, this.#entrance.cursor)
    }
    this.onWelcome()
    this.posts.onLost()
    this.#toSend = []
    this.people.clear()
  }

  onOpened(access: Access): void {
    this.#phase = "opened"
    this.access = access
    this.people.clear()
  }

  /** The room is not opened, or not open any more. Returns whether it is tried in another way. */
  onRefused(reason: string): boolean {
    const isMadeNext = this.#phase === "asked" && this.#entering === "open" && this.#entrance.make !== undefined
    this.posts.onLost()
    this.people.clear()
    this.#past = "none"
    if (isMadeNext && !this.#wasLive) {
      this.#entering = "make"
      this.#phase = "absent"
      return true
    }
    this.#phase = "refused"
    this.refusal = reason
    return false
  }

  /** The server has this, and does not send it. Returns how many events of a room that was here before are skipped. */
  onHave(vector: Vector): number {
    const skipped = this.#isResuming ? countBeyond(vector, this.#cursor) : 0
    if (vector.size > 0) this.#isCut = true
    raiseWithin(this.#cursor, vector)
    return skipped
  }

  onMark(vector: Vector): void {
    raiseWithin(this.#markTold, vector)
    raiseWithin(this.#mark, vector)
  }

  onEverywhere(vector: Vector): boolean {
    return raiseWithin(this.#everywhere, vector).size > 0
  }

  /** An event of the room. Returns whether it is new. */
  onEvent(event: Event): boolean {
    const { origin, seq } = event
    const isNew = !hasEvent(this.#cursor, event)
    if (isNew && raiseWithin(this.#cursor, new Map([[origin, seq]])).size === 0) return false
    const known = this.#past === "asked" ? "past" : "earlier"
    this.#events.add(event, !isNew ? known : this.#wasLive ? "new" : "first")
    return isNew
  }

  /**
   * All first events have come. Those of a room that has no mark count as read. Posts are sent from now on: so the event of each comes to this client,
   * and none is sent again that the log has.
   */
  onLive(author: string): void {
    const isFirst = !this.#wasLive
    this.#phase = "live"
    this.#wasLive = true
    this.posts.onLive(author)
    const isAll = !this.#isCut && this.#entrance.cursor.size === 0
    if (isFirst && (isAll || this.#events.oldest === undefined)) this.#events.complete()
    if (isFirst && this.#mark.size === 0) this.#begun = new Map(this.#cursor)
  }

  /** All events of a page of the past have come. */
  onPast(isStart: boolean): void {
    this.#past = "none"
    if (isStart) this.#events.complete()
  }

  /** The next message for the server. */
  next(now: number): ClientMessage | undefined {
    if (this.#phase === "absent") this.#enter()
    const waiting = this.#toSend.shift()
    if (waiting !== undefined) return waiting
    if (this.#phase !== "opened" && this.#phase !== "live") return undefined
    const { room } = this
    if (!this.#presence.isTold) {
      this.#presence.isTold = true
      return { t: "presence", room, state: this.#presence.state }
    }
    if (this.#phase === "opened") return undefined
    const post = this.posts.next(now)
    if (post !== undefined) {
      const { body, kind, n, re } = post
      return { t: "post", room, n, kind, body, ...re === undefined ? {} : { re } }
    }
    if (!this.#isMarkTold) {
      this.#isMarkTold = true
      const news = raise(this.#markTold, this.#mark)
      const parts = news.size === 0 ? [] : partsOf(news, ConversationLimits.messageOrigins)
      this.#toSend = parts.map((part) => ({ t: "mark", room, vector: recordOf(part) }))
      return this.next(now)
    }
    if (this.#past !== "wanted" || this.#events.oldest === undefined) return undefined
    this.#past = "asked"
    return { t: "past", room, before: this.#events.oldest, limit: Limits.pageEvents }
  }

  /** Begins where the client stopped. */
  #enter(): void {
    this.#phase = "asked"
    const { room } = this
    const { last, make } = this.#entrance
    this.#isResuming = this.#cursor.size > 0
    if (make !== undefined && this.#entering === "make" && !this.#wasLive) {
      const { access, person } = make
      this.#toSend = [{ t: "make", room, access, ...person === undefined ? {} : { person } }]
      return
    }
    const parts = this.#isResuming ? partsOf(this.#cursor, ConversationLimits.messageOrigins) : []
    this.#toSend = [
      ...parts.map((part) => ({ t: "cursor" as const, room, vector: recordOf(part) })),
      { t: "open", room, ...last === undefined ? {} : { last } }
    ]
  }
}

/** Raises a vector that a server tells, which has at most the origins of a room. Returns the entries that changed. */
const raiseWithin = (target: Map<string, number>, vector: Vector): Vector => {
  if (target.size + vector.size <= ConversationLimits.roomOrigins) return raise(target, vector)
  return raise(target, new Map(Array.from(vector).filter(([origin]) => target.has(origin))))
}
