/**
 * The rooms of one server and its links: events of clients and of other servers go into the logs, onto the disk, and only then to readers,
 * to other links and into acknowledgements. Pure and synchronous; the shell writes, reads and sends. Order of calls: input, `pollStore`,
 * `pollReads`, `nextMessage` of each link, `pollEvents`, `deadline`. Times are milliseconds of a monotonic clock.
 */
import { hexOf } from "../Hex.ts"
import { Shares } from "../Shares.ts"
import * as Limits from "./ConversationLimits.ts"
import type { Event } from "./Event.ts"
import type { ExchangeEvent, ExchangeOptions, Posted } from "./ExchangeEvent.ts"
import { Link } from "./Link.ts"
import type { LinkInput, RoomAccess } from "./LinkedRooms.ts"
import type { HaveMessage, LinkMessage } from "./LinkMessage.ts"
import type { PageRequest } from "./OrderedEvents.ts"
import { serverOf } from "./Origin.ts"
import { PostNumbers, type RecordedPost } from "./PostNumbers.ts"
import { type Presence, Presences } from "./Presences.ts"
import { RoomTable, type RoomView, type StoredRoom } from "./RoomTable.ts"
import { type Draft, forgeryOf, signedEvent } from "./SignedEvent.ts"
import { emptyVector, hasEvent, raise, type Vector } from "./Vector.ts"
import { type Stored, WriteQueue } from "./WriteQueue.ts"

export class Exchange {
  readonly #options: ExchangeOptions
  readonly #own: string
  readonly #rooms: RoomTable
  readonly #links = new Map<number, Link>()
  readonly #ended = new Set<number>()
  readonly #posts = new PostNumbers()
  readonly #presences: Presences
  readonly #writes = new WriteQueue()
  /** Origins in the vectors of other servers, shared among the links that tell them. */
  readonly #seenShares = new Shares(Limits.seenOrigins, Limits.leastSeenOrigins)
  #events: Array<ExchangeEvent> = []

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.#own = serverOf(options.signer.origin)
    this.#presences = new Presences(options.signer.origin)
    this.#rooms = new RoomTable(this.#own)
  }

  /** Whether too much waits for the disk: the shell reads no link until there is less. */
  get isFull(): boolean {
    return this.#writes.isFull
  }

  get deadline(): number {
    let deadline = this.#presences.deadline
    for (const link of this.#links.values()) deadline = Math.min(deadline, link.deadline)
    return deadline
  }

  /** Everybody who is somewhere. */
  get presences(): ReadonlyArray<Presence> {
    return this.#presences.all
  }

  /** Opens a room that is made here, or that the store has. */
  openRoom(room: string, access: RoomAccess, stored: StoredRoom = { heads: [], servers: [] }): void {
    const opened = this.#rooms.open(room, access, stored)
    this.#seen(room, this.#own, opened.synced, this.#own)
    this.#nameTo(room)
  }

  /** Other servers may have a room from now on. One that has it already keeps what it has. */
  setAccess(room: string, access: RoomAccess): void {
    this.#rooms.at(room).access = access
    this.#nameTo(room)
  }

  /** An event of this server that the store has: its post is not recorded again. */
  restorePost(event: RecordedPost): void {
    this.#posts.onEvent(event)
  }

  /** The rooms that are here. */
  readonly rooms = (): RoomTable["all"] => this.#rooms.all

  /** Undefined for a room that is not here. */
  roomOf(room: string): RoomView | undefined {
    return this.#rooms.viewOf(room)
  }

  /** Records a post of a client of this server, whose name and powers were checked. `salt` are 16 random bytes. */
  post(draft: Draft, salt: Uint8Array): Posted {
    const repeated = this.#posts.repeated(draft)
    if (repeated !== undefined) return { _tag: "Repeated", event: repeated.event }
    const { log } = this.#rooms.at(draft.room)
    const { signer } = this.#options
    const place = log.nextOf(signer.origin)
    if (place === undefined) return { _tag: "Full" }
    const event = signedEvent(signer, draft, place, salt)
    log.append(event)
    this.#posts.onEvent(event)
    this.#writes.push(event)
    return { _tag: "Posted", event }
  }

  /** A server has left the room for good: ✓✓ does not wait for it. */
  forgetServer(room: string, server: string): void {
    const vector = this.#rooms.at(room).acknowledgements.forget(server)
    if (vector.size > 0) this.#events.push({ _tag: "Everywhere", room, vector })
  }

  /** Events up to these numbers are purged. The shell removes them from the store first. */
  purge(room: string, floors: Vector): void {
    this.#rooms.at(room).log.purge(floors)
    for (const link of this.#links.values()) link.onPurged(room)
  }

  /** A session with a server, whose host key proves its name, begins. */
  openLink(id: number, server: string, now: number): void {
    const { proves = () => undefined, signer } = this.#options
    this.#links.set(id, new Link({ own: this.#own, server, key: hexOf(signer.key), rooms: this.#rooms, proves }, now))
  }

  /** A message that `decodeMessage` has read. Those of a link that has ended are dropped. */
  receive(id: number, message: LinkMessage, now: number): void {
    const link = this.#links.get(id)
    const input = link?.receive(message, now)
    if (link !== undefined && input !== undefined) this.#onInput(id, link, input, now)
    this.#endLinks()
  }

  /** A message that is none: the link ends, and the peer gets the reason. */
  refuse(id: number, reason: string): void {
    this.#links.get(id)?.stop("malformed", `has sent a message that ${reason}`)
    this.#endLinks()
  }

  /** The session of a link has ended. */
  closeLink(id: number, text: string): void {
    this.#links.get(id)?.close(text)
    this.#endLinks()
    this.#links.delete(id)
    this.#ended.delete(id)
  }

  /** The store has synced everything that it was given, up to this serial. */
  synced(serial: number): void {
    for (const { event } of this.#writes.synced(serial)) {
      const { origin, room, seq } = event
      const vector = new Map([[origin, seq]])
      raise(this.#rooms.at(room).synced, vector)
      this.#events.push({ _tag: "Recorded", event })
      for (const link of this.#links.values()) link.onSynced(event)
      this.#seen(room, this.#own, vector, this.#own)
    }
  }

  /** The answer to a read: the events that it asks for, all of them on the disk. */
  onPage(id: number, room: string, events: ReadonlyArray<Event>): void {
    this.#links.get(id)?.onPage(room, events)
  }

  /** A person of this server is in a room, or gone. Its lease is renewed until then. */
  setPresence(presence: Presence, now: number): void {
    const message = this.#presences.set(presence, now)
    if (message !== undefined) { for (const link of this.#links.values()) link.onPresence(message) }
  }

  handleTimeout(now: number): void {
    for (const link of this.#links.values()) link.handleTimeout(now)
    const { over, renewed } = this.#presences.handleTimeout(now)
    for (const message of renewed) for (const link of this.#links.values()) link.onPresence(message)
    if (over.length > 0) this.#events.push({ _tag: "PresencesOver", presences: over })
    this.#endLinks()
  }

  /** What to write next, in order, as one transaction. */
  pollStore(): ReadonlyArray<Stored> {
    return this.#writes.poll()
  }

  /** The pages to read from the store, at most one for each link and room at a time. */
  pollReads(): ReadonlyArray<{ readonly link: number; readonly room: string; readonly request: PageRequest }> {
    return Array.from(this.#links).flatMap(([link, one]) => {
      const read = one.nextRead()
      return read === undefined ? [] : [{ link, ...read }]
    })
  }

  /** The next message of a link; undefined if there is none. The shell takes as many as the session has room for. */
  nextMessage(id: number): LinkMessage | undefined {
    return this.#links.get(id)?.nextMessage()
  }

  pollEvents(): ReadonlyArray<ExchangeEvent> {
    const events = this.#events
    this.#events = []
    return events
  }

  #nameTo(room: string): void {
    for (const link of this.#links.values()) {
      if (!this.#rooms.mayName(room, link.server)) continue
      const vector = link.onRoom(room)
      if (vector !== undefined) this.#seen(room, link.server, vector, link.server)
    }
  }

  #onInput(id: number, link: Link, input: LinkInput, now: number): void {
    switch (input._tag) {
      case "Event":
        return this.#onEvent(link, input.event, input.floor)
      case "Asked":
        return this.#onAsked(link, input.have)
      case "Seen": {
        const { others, room, server, vector } = input
        const isTaken = others.every((other) => this.#seen(room, other, emptyVector, link.server)) &&
          this.#seen(room, server, vector, link.server)
        return isTaken
          ? undefined
          : link.stop("limit", "names too many servers of rooms, or too many origins in their vectors")
      }
      case "Presence": {
        const passed = this.#presences.receive(input.message, { link: id, server: link.server }, now)
        if (passed === undefined) return
        if ("refused" in passed) return link.stop("refused", passed.refused)
        for (const [other, one] of this.#links) if (other !== id) one.onPresence(passed)
        this.#events.push({ _tag: "PresenceChanged", presence: passed })
      }
    }
  }

  #onEvent(link: Link, event: Event, floor: number): void {
    const { log } = this.#rooms.at(event.room)
    const what = `has sent event ${event.seq} of ${event.origin}, which`
    const acceptance = this.#isOwn(event, log.have)
      ? { _tag: "Fork" as const, reason: "this server has not made: its disk runs twice" }
      : log.accept(event, floor, (one) => this.#problemOf(one))
    switch (acceptance._tag) {
      case "Accepted":
        link.onAccepted(event)
        this.#writes.push(event)
        return
      case "Known":
        return link.onAccepted(event)
      case "Gap":
        return link.stop("gap", `${what} ${acceptance.reason}`)
      case "Fork":
        return link.stop("fork", `${what} ${acceptance.reason}`)
      case "Refused":
        return link.stop("refused", `${what} was refused: ${acceptance.reason}`)
    }
  }

  /** Whether an event was signed with the key of this start, and this server has not made it. */
  #isOwn(event: Event, have: Vector): boolean {
    return event.origin === this.#options.signer.origin && !hasEvent(have, event) &&
      this.#problemOf(event) === undefined
  }

  #problemOf(event: Event): string | undefined {
    const { checks, trusts } = this.#options
    const forgery = forgeryOf(checks, event)
    const server = serverOf(event.origin)
    return forgery ?? (trusts(server, event.key) ? undefined : `key: not the one of ${server} that is trusted here`)
  }

  /** Interest is transitive: a room that a linked server names is taken, if this server may have it. */
  #onAsked(link: Link, { access, others = [], room, servers = [] }: HaveMessage): void {
    const isNamed = access === "public" || servers.includes(this.#own)
    if (!isNamed || this.#rooms.size >= Limits.serverRooms) return
    const taken = { access, servers: access === "public" ? [] : [...new Set([...servers, link.server])] }
    if (!this.#options.takes(room, taken, link.server)) return
    this.#events.push({ _tag: "RoomTaken", room, access: taken, server: link.server })
    this.openRoom(room, taken, {
      heads: [],
      servers: [link.server, ...others].filter((server) => server !== this.#own)
    })
  }

  /** A server has this of a room, as a linked server or this one says. False when that one has said too much. */
  #seen(room: string, server: string, vector: Vector, by: string): boolean {
    const { acknowledgements } = this.#rooms.at(room)
    const added = by === this.#own ? 0 : acknowledgements.originsIn(server, vector)
    const seen = added > 0 && !this.#seenShares.take(by, added) ? undefined : acknowledgements.onVector(server, vector)
    if (seen === undefined) return false
    const { isNew, news } = seen
    if (isNew) this.#events.push({ _tag: "ServerJoined", room, server })
    const everywhere = acknowledgements.advance(news)
    if (everywhere.size > 0) this.#events.push({ _tag: "Everywhere", room, vector: everywhere })
    if (server !== this.#own && (isNew || news.size > 0)) {
      for (const link of this.#links.values()) link.onSeen(room, server, news)
    }
    return true
  }

  #endLinks(): void {
    for (const [id, link] of this.#links) {
      if (link.end === undefined || this.#ended.has(id)) continue
      this.#ended.add(id)
      const presences = this.#presences.onLinkEnd(id)
      this.#events.push({ _tag: "LinkEnded", link: id, server: link.server, end: link.end, presences })
    }
  }
}
