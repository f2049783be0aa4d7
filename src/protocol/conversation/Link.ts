/**
 * One end of a link to another server, over one session, whose keys have proved which server it is (docs/PROTOCOL.md, conversations §5).
 * Both greet, both announce what they have, and **nothing else is sent before the peer's vectors have come**; then what the peer lacks,
 * then what is new. Order of calls: input, `nextRead`, `nextMessage` until there is none, `events`, `deadline`. Times are milliseconds.
 */
import { haveMessages } from "./Announcement.ts"
import * as Limits from "./ConversationLimits.ts"
import type { Event } from "./Event.ts"
import type { LinkEnd, LinkInput, LinkOptions } from "./LinkedRooms.ts"
import type { HaveMessage, LinkMessage, PresenceMessage, SeenMessage, StopReason } from "./LinkMessage.ts"
import { LinkQueue } from "./LinkQueue.ts"
import { LinkRoom } from "./LinkRoom.ts"
import type { PageRequest } from "./OrderedEvents.ts"
import { PendingVectors } from "./PendingVectors.ts"
import { totalOf, type Vector, vectorOf } from "./Vector.ts"

/** Ends after which a new session may go on. */
const passing: ReadonlySet<string> = new Set<LinkEnd["reason"]>(["silent", "gap", "differs", "leaving", "closed"])

type LinkState = "greeting" | "comparing" | "ready" | "ended"

/** When the peer may send each message. */
const inOrder: Readonly<Record<Exclude<LinkMessage["t"], "stop">, ReadonlyArray<LinkState>>> = {
  hello: ["greeting"],
  have: ["comparing", "ready"],
  ready: ["comparing"],
  event: ["ready"],
  seen: ["ready"],
  presence: ["ready"]
}

export class Link {
  readonly server: string
  readonly #options: LinkOptions
  readonly #rooms = new Map<string, LinkRoom>()
  readonly #out = new LinkQueue()
  #state: LinkState = "greeting"
  #end: LinkEnd | undefined
  /** Origins in all vectors that the peer has announced. */
  #origins = 0
  /** Rooms of which more is synced than was announced, and vectors of others to pass on. */
  readonly #grown = new Set<string>()
  readonly #seen = new PendingVectors()
  /** The time of the last input. */
  #now: number
  #quietAt = Infinity
  #haveAt: number

  constructor(options: LinkOptions, now: number) {
    this.server = options.server
    this.#options = options
    this.#now = now
    this.#haveAt = now + Limits.greetingMillis
    this.#out.push({ t: "hello", v: 1, server: options.own, key: options.key })
  }

  get end(): LinkEnd | undefined {
    return this.#end
  }

  /** When `handleTimeout` is due; Infinity after the end. */
  get deadline(): number {
    return this.#end === undefined ? Math.min(this.#haveAt, this.#quietAt) : Infinity
  }

  /** Handles a message of the peer, which `decodeMessage` has read. */
  receive(message: LinkMessage, now: number): LinkInput | undefined {
    if (this.#end !== undefined) return undefined
    this.#now = now
    if (message.t === "stop") {
      this.#finish({
        reason: message.reason,
        text: `${this.server} has ended the link: ${message.text}`,
        isPassing: passing.has(message.reason)
      })
      return undefined
    }
    if (!inOrder[message.t].includes(this.#state)) {
      return this.stop("order", `sent ${message.t} before its time`)
    }
    switch (message.t) {
      case "hello":
        return this.#onHello(message.server, message.key)
      case "have":
        return this.#onHave(message)
      case "ready":
        this.#state = "ready"
        this.#haveAt = now + Limits.haveMillis
        for (const room of this.#rooms.keys()) this.#tellSeen(room)
        this.#grow()
        return undefined
      case "event":
        return this.#onEvent(message.event)
      case "seen":
        return this.#onSeen(message)
      case "presence":
        return this.#isShared(message.room) ? { _tag: "Presence", message } : undefined
    }
  }

  /** The page to read next from the store, of one room. */
  nextRead(): { readonly room: string; readonly request: PageRequest } | undefined {
    if (this.#state !== "ready" || !this.#out.isDrained) return undefined
    const { rooms } = this.#options
    for (const [room, shared] of this.#rooms) {
      const request = shared.nextRead(rooms.syncedOf(room), rooms.floorsOf(room), Limits.pageEvents)
      if (request !== undefined) return { room, request }
    }
    return undefined
  }

  /** The answer to `nextRead`: what the page has, in the room's order; fewer events than the limit at its end. */
  onPage(room: string, events: ReadonlyArray<Event>): void {
    if (this.#end !== undefined) return
    const isLast = events.length < Limits.pageEvents
    const shared = this.#rooms.get(room)
    for (const event of shared?.onPage(events, isLast, this.#options.rooms.floorsOf(room)) ?? []) {
      this.#out.pushEvent(event)
    }
  }

  /** An event is on this server's disk: it is sent if the peer lacks nothing else, and acknowledged by the next announcement. */
  onSynced(event: Event): void {
    const shared = this.#rooms.get(event.room)
    if (this.#state !== "ready" || shared === undefined) return
    if (shared.onSynced(event, this.#options.rooms.floorsOf(event.room), this.#out.hasRoom)) {
      this.#out.pushEvent(event)
    }
    this.#grown.add(event.room)
    this.#grow()
  }

  /** A room may be named to the peer from now on. Returns what the peer has already announced of it; undefined if it has not named it. */
  onRoom(room: string): Vector | undefined {
    const shared = this.#rooms.get(room) ?? new LinkRoom()
    if (this.#state === "greeting" || this.#state === "ended" || shared.isSaid) return undefined
    shared.isSaid = true
    this.#rooms.set(room, shared)
    this.#announce(room)
    if (this.#state === "ready") this.#tellSeen(room)
    return shared.isNamed ? shared.announced : undefined
  }

  /** Events of a room were purged here. */
  onPurged(room: string): void {
    if (this.#state === "comparing" || this.#state === "ready") this.#announce(room)
  }

  /** Another server than the peer has more of a room. */
  onSeen(room: string, server: string, vector: Vector): void {
    if (this.#state !== "ready" || server === this.server || !this.#isShared(room)) return
    this.#grown.add(room)
    if (vector.size > 0) this.#seen.add(room, server, vector)
    this.#grow()
  }

  /** A presence that is passed on. */
  onPresence(message: PresenceMessage): void {
    // The next renewal follows when the peer reads again.
    if (this.#state === "ready" && this.#isShared(message.room) && !this.#out.isSlow) this.#out.push(message)
  }

  handleTimeout(now: number): void {
    this.#now = Math.max(this.#now, now)
    if (now < this.deadline) return
    if (this.#state !== "ready") {
      return this.stop("silent", `has not greeted and announced its rooms within ${Limits.greetingMillis} ms`)
    }
    if (this.#out.isSlow) {
      this.#haveAt = now + Limits.haveMillis
      this.#quietAt = Infinity
      return
    }
    const isAll = now >= this.#haveAt
    for (const room of isAll ? this.#rooms.keys() : this.#grown) this.#announce(room)
    for (const { room, server, vector } of this.#seen.take()) this.#out.pushSeen(room, server, vector)
    this.#grown.clear()
    this.#quietAt = Infinity
    if (isAll) this.#haveAt = now + Limits.haveMillis
  }

  /** The next message to send; undefined if there is none. */
  nextMessage(): LinkMessage | undefined {
    return this.#out.next()
  }

  /** Ends the link with a reason that the peer gets. `text` is the rest of a sentence that begins with the peer. */
  stop(reason: StopReason, text: string): undefined {
    if (this.#end !== undefined) return undefined
    this.#finish({ reason, text: `${this.server} ${text}`, isPassing: passing.has(reason) })
    this.#out.push({ t: "stop", reason, text })
    return undefined
  }

  /** The session has ended. */
  close(text: string): void {
    if (this.#end === undefined) this.#finish({ reason: "closed", text, isPassing: true })
  }

  #finish(end: LinkEnd): void {
    this.#state = "ended"
    this.#end = end
    this.#out.clear()
  }

  #onHello(server: string, key: string): undefined {
    const problem = server !== this.#options.server || server === this.#options.own
      ? `is called ${server}, which is not the server that is linked`
      : this.#options.proves(server, key)
    if (problem !== undefined) {
      this.stop("greeting", problem)
      return
    }
    this.#state = "comparing"
    for (const room of this.#options.rooms.namedTo(server)) this.onRoom(room)
    this.#out.push({ t: "ready" })
  }

  #onHave(message: HaveMessage): LinkInput | undefined {
    const { floors = {}, others = [], room, total, vector } = message
    const shared = this.#rooms.get(room) ?? new LinkRoom()
    if (!this.#rooms.has(room)) {
      if (this.#rooms.size >= Limits.linkRooms) {
        this.stop("limit", `names more than ${Limits.linkRooms} rooms`)
      }
      this.#rooms.set(room, shared)
    }
    const before = shared.announced.size
    const isNamed = shared.isNamed
    const news = shared.onHave(vectorOf(vector), vectorOf(floors))
    this.#origins += shared.announced.size - before
    if (shared.announced.size > Limits.roomOrigins || this.#origins > Limits.linkOrigins) {
      return this.stop(
        "limit",
        `has announced ${shared.announced.size} origins in one room, and ${this.#origins} in all`
      )
    }
    const known = totalOf(shared.announced)
    if (total !== undefined && total !== known) {
      return this.stop("differs", `has ${total} events of a room, but has announced ${known}`)
    }
    // A room that must not be named to the peer is treated as one that is not here: its existence is not told.
    // What came in between was not passed on.
    if (!isNamed && this.#state === "ready") this.#tellSeen(room)
    const isHere = this.#options.rooms.accessOf(room) !== undefined
    if (!shared.isSaid) return isHere ? undefined : { _tag: "Asked", have: message }
    const isNews = news.size > 0 || others.length > 0 || !isNamed
    return isNews ? { _tag: "Seen", room, server: this.server, vector: news, others } : undefined
  }

  #onEvent(event: Event): LinkInput | undefined {
    const shared = this.#rooms.get(event.room)
    if (shared === undefined || !this.#isShared(event.room)) {
      return this.stop("order", "sent an event of a room that it does not share")
    }
    if (this.#grown.size > 0) this.#grow()
    return { _tag: "Event", event, floor: shared.floorOf(event.origin) }
  }

  /** The peer's event was accepted, or is known: the peer has it. */
  onAccepted(event: Event): void {
    this.#rooms.get(event.room)?.onReceived(event)
  }

  #onSeen({ room, server, vector }: SeenMessage): LinkInput | undefined {
    if (!this.#isShared(room) || server === this.#options.own) return undefined
    return { _tag: "Seen", room, server, vector: vectorOf(vector), others: [] }
  }

  #isShared(room: string): boolean {
    const shared = this.#rooms.get(room)
    return shared?.isSaid === true && shared.isNamed
  }

  /** An announcement is due when nothing has come for a while, and after `haveMillis` in any case. */
  #grow(): void {
    this.#quietAt = this.#now + Limits.quietMillis
  }

  #announce(room: string): void {
    const { accessOf, floorsOf, seenOf, syncedOf } = this.#options.rooms
    const access = accessOf(room)
    const shared = this.#rooms.get(room)
    if (access === undefined || shared?.isSaid !== true) return
    const others = Array.from(seenOf(room).keys()).filter((server) => server !== this.server)
    this.#out.push(...haveMessages(room, access, shared, { synced: syncedOf(room), floors: floorsOf(room), others }))
  }

  #tellSeen(room: string): void {
    for (const [server, vector] of this.#options.rooms.seenOf(room)) {
      if (server !== this.server) this.#seen.add(room, server, vector)
    }
  }
}
