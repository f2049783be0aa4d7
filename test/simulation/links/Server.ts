/**
 * A server in a world: the production `Exchange`, with a shell of virtual time that writes, reads and sends, and clients that are attached
 * to it.
 */
import * as Either from "effect/Either"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { Exchange } from "../../../src/protocol/conversation/Exchange.ts"
import type { ExchangeEvent } from "../../../src/protocol/conversation/ExchangeEvent.ts"
import { decodeMessage, encodeMessage } from "../../../src/protocol/conversation/LinkMessage.ts"
import { postKeyOf } from "../../../src/protocol/conversation/RoomOrder.ts"
import type { Draft } from "../../../src/protocol/conversation/SignedEvent.ts"
import { emptyVector, hasEvent } from "../../../src/protocol/conversation/Vector.ts"
import { Violation } from "../Ledger.ts"
import type { Random } from "../Random.ts"
import type { Timeline } from "../Timeline.ts"
import type { Disk, DiskRecord } from "./Disk.ts"
import type { Ledger } from "./Ledger.ts"
import { type LinksScript, serverName, serversOf } from "./Script.ts"
import type { Endpoint, Sessions } from "./Sessions.ts"
import { checks, signerOf } from "./toySigning.ts"

/** What a server tells a client that is attached to it. */
export interface Reader {
  readonly onEvent: (event: Event) => void
  /** An event of this server with this key is synced. */
  readonly onConfirmed: (key: string, event: Event) => void
}

export interface ServerOptions {
  readonly number: number
  readonly script: LinksScript
  readonly timeline: Timeline
  readonly random: Random
  readonly sessions: Sessions
  readonly ledger: Ledger
  readonly disk: Disk
  /** The time of a sync now. */
  readonly diskMillis: () => number
}

export class Server implements Endpoint {
  readonly disk: Disk
  readonly origin: string
  readonly #options: ServerOptions
  readonly #exchange: Exchange
  readonly #sessions = new Set<number>()
  /** What each reader has been told, by room. */
  readonly #readers = new Map<Reader, Map<string, Map<string, number>>>()
  readonly #posts = new Map<string, Event>()
  #isSyncing = false
  #isRunning = true
  #timerAt = Infinity

  constructor(options: ServerOptions) {
    this.#options = options
    this.disk = options.disk
    const signer = signerOf(serverName(options.number), randomBytes(options.random, 8))
    this.origin = signer.origin
    this.#exchange = new Exchange({ signer, checks, trusts: () => true, takes: () => true })
    options.ledger.started(options.number, this.disk.synced)
    this.#openRooms()
    this.#turn()
  }

  /** The process has ended. */
  stop(): void {
    this.#isRunning = false
  }

  open(id: number, peer: number): void {
    this.#sessions.add(id)
    this.#exchange.openLink(id, serverName(peer), this.#now)
    this.#turn()
  }

  receive(id: number, bytes: Uint8Array): boolean {
    if (this.#exchange.isFull) return false
    const message = decodeMessage(bytes)
    if (Either.isLeft(message)) throw new Violation("links are honest", `a message ${message.left}`)
    this.#exchange.receive(id, message.right, this.#now)
    this.#turn()
    return true
  }

  onRoom(_id: number): void {
    this.#turn()
  }

  close(id: number): void {
    this.#sessions.delete(id)
    this.#exchange.closeLink(id, "the session has ended")
    this.#turn()
  }

  hasRoom(room: string): boolean {
    return this.#exchange.roomOf(room) !== undefined
  }

  /** A client posts, or repeats a post for which it has no ✓. */
  post(draft: Draft): void {
    const posted = this.#exchange.post(draft, randomBytes(this.#options.random, 16))
    if (posted._tag === "Full") throw new Violation("no defect", `the room ${draft.room} is full`)
    if (posted._tag === "Repeated") {
      const event = this.#posts.get(postKeyOf(draft))
      if (event !== undefined) {
        for (const reader of this.#readers.keys()) reader.onConfirmed(postKeyOf(draft), event)
      }
    }
    this.#turn()
  }

  /** A client reads from here on: first what its vectors lack, then what is new. */
  attach(reader: Reader, vectors: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
    const told = new Map(Array.from(vectors, ([room, vector]) => [room, new Map(vector)]))
    this.#readers.set(reader, told)
    for (const [room, vector] of vectors) {
      const request = { beyond: new Map(vector), after: undefined, limit: Infinity }
      for (const event of this.disk.eventsOf(room).page(request)) tell(reader, told, event)
    }
  }

  detach(reader: Reader): void {
    this.#readers.delete(reader)
  }

  /** Checks, when everything has healed, that the server knows that all servers have everything. */
  checkEnd(): void {
    for (const { name } of this.#options.script.rooms) {
      if (!serversOf(this.#options.script, name).includes(this.#options.number)) continue
      const everywhere = this.#exchange.roomOf(name)?.everywhere ?? emptyVector
      const behind = this.disk.eventsOf(name).all.find(({ origin, seq }) => seq > (everywhere.get(origin) ?? 0))
      if (behind === undefined) continue
      throw new Violation(
        "✓✓ comes",
        `${serverName(this.#options.number)} does not know that all have ${behind.origin}/${behind.seq} of ${name}`
      )
    }
  }

  get #now(): number {
    return this.#options.timeline.now
  }

  #openRooms(): void {
    const { number, script } = this.#options
    const own = serverName(number)
    const stored = new Map<
      string,
      { access: Extract<DiskRecord, { access: unknown }>["access"]; servers: Set<string> }
    >()
    const heads = new Map<string, Map<string, Event>>()
    for (const record of this.disk.synced) {
      if ("access" in record) stored.set(record.room, { access: record.access, servers: new Set() })
      else if ("server" in record) stored.get(record.room)?.servers.add(record.server)
      else {
        const { event } = record
        const last = heads.get(event.room) ?? new Map<string, Event>()
        heads.set(event.room, last.set(event.origin, event))
        if (event.author.endsWith(`@${own}`)) {
          this.#exchange.restorePost(event)
          this.#posts.set(postKeyOf(event), event)
        }
      }
    }
    for (const [room, { access, servers }] of stored) {
      if (!serversOf(script, room).includes(number)) continue
      this.#exchange.openRoom(room, access, {
        heads: Array.from(
          heads.get(room)?.values() ?? [],
          ({ clock, origin, seq }) => ({ origin, seq, clock, floor: 0 })
        ),
        servers: [...servers].filter((server) => server !== own)
      })
    }
  }

  /** Everything that an input has caused. */
  #turn(): void {
    if (!this.#isRunning) return
    const { sessions, timeline } = this.#options
    // A room is stored before its events.
    for (const event of this.#exchange.pollEvents()) this.#onEvent(event)
    this.disk.write(...this.#exchange.pollStore())
    this.#sync()
    for (const { link, request, room } of this.#exchange.pollReads()) {
      timeline.after(this.#options.diskMillis(), () => {
        if (!this.#isRunning) return
        this.#exchange.onPage(link, room, this.disk.eventsOf(room).page(request))
        this.#turn()
      })
    }
    for (const id of this.#sessions) {
      while (sessions.hasRoom(id, this.#options.number)) {
        const message = this.#exchange.nextMessage(id)
        if (message === undefined) break
        sessions.send(id, this.#options.number, encodeMessage(message))
      }
    }
    const { deadline } = this.#exchange
    if (deadline >= this.#timerAt) return
    this.#timerAt = deadline
    timeline.at(deadline, () => {
      if (!this.#isRunning || this.#timerAt !== deadline) return
      this.#timerAt = Infinity
      this.#exchange.handleTimeout(this.#now)
      this.#turn()
    })
  }

  /** Syncs what is written, unless a sync runs: then after it, all at once. */
  #sync(): void {
    const { length } = this.disk
    if (this.#isSyncing || length === this.disk.synced.length) return
    this.#isSyncing = true
    this.#options.timeline.after(this.#options.diskMillis(), () => {
      if (!this.#isRunning) return
      this.#isSyncing = false
      const serial = this.disk.serialAt(length)
      this.disk.sync(length)
      this.#exchange.synced(serial)
      this.#turn()
    })
  }

  #onEvent(event: ExchangeEvent): void {
    const { ledger, number } = this.#options
    switch (event._tag) {
      case "Recorded": {
        const recorded = event.event
        ledger.synced(number, recorded, this.disk)
        const isOwn = recorded.origin === this.origin
        if (isOwn) this.#posts.set(postKeyOf(recorded), recorded)
        for (const [reader, told] of this.#readers) {
          tell(reader, told, recorded)
          if (isOwn) reader.onConfirmed(postKeyOf(recorded), recorded)
        }
        return
      }
      case "Everywhere":
        return ledger.reported(event.room, event.vector, this.disk, this.#exchange.roomOf(event.room)?.servers ?? [])
      case "RoomTaken":
        // Its own name too, for a server that starts with a copy of this disk.
        return this.disk.write({ room: event.room, access: event.access }, {
          room: event.room,
          server: serverName(number)
        })
      case "ServerJoined":
        return this.disk.write({ room: event.room, server: event.server })
      case "LinkEnded":
        if (event.end.reason === "closed") return
        throw new Violation("links are honest", `${serverName(number)}: ${event.end.text} (${event.end.reason})`)
      default:
    }
  }
}

/** Tells a reader an event of its rooms that it does not have, from here or from another server. */
const tell = (reader: Reader, told: ReadonlyMap<string, Map<string, number>>, event: Event): void => {
  const vector = told.get(event.room)
  if (vector === undefined || hasEvent(vector, event)) return
  vector.set(event.origin, event.seq)
  reader.onEvent(event)
}

const randomBytes = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.integer(0, 255))
