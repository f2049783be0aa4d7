/** Servers of one public room in memory, linked as a test wants, and connections to them that lose what is on its way when they end. */
import type { ClientMessage } from "../../../../src/protocol/conversation/client/ClientMessage.ts"
import type { RoomsClient } from "../../../../src/protocol/conversation/client/RoomsClient.ts"
import type { ServerMessage } from "../../../../src/protocol/conversation/client/ServerMessage.ts"
import type { Event } from "../../../../src/protocol/conversation/Event.ts"
import { OrderedEvents } from "../../../../src/protocol/conversation/OrderedEvents.ts"
import { PostNumbers } from "../../../../src/protocol/conversation/PostNumbers.ts"
import { hasEvent, recordOf, vectorOf } from "../../../../src/protocol/conversation/Vector.ts"
import { originOf } from "../plainEvents.ts"

export const room = "hall"

const hex = (digits: number) => "0".repeat(digits)

/** A server with one room. What its store remembers of posts is that of a server that never loses its disk. */
export class ModelServer {
  readonly name: string
  readonly log = new OrderedEvents()
  readonly vector = new Map<string, number>()
  readonly numbers = new PostNumbers()
  readonly readers = new Set<ModelConnection>()
  everywhere = new Map<string, number>()
  #clock = 0

  constructor(name: string) {
    this.name = name
  }

  post({ author, device }: { readonly author: string; readonly device: string }, post: {
    readonly n: number
    readonly kind: string
    readonly body: Event["body"]
    readonly re?: Event["re"]
  }): Event {
    const origin = originOf(this.name)
    const event: Event = {
      v: 1,
      origin,
      room,
      seq: (this.vector.get(origin) ?? 0) + 1,
      clock: this.#clock + 1,
      time: 1000 * this.#clock,
      author,
      device,
      salt: hex(32),
      digest: hex(64),
      key: hex(64),
      hash: hex(64),
      sig: hex(128),
      ...post
    }
    this.add(event)
    return event
  }

  /** An event that another server has, the next one of its origin. */
  add(event: Event): void {
    this.#clock = Math.max(this.#clock, event.clock)
    this.log.add(event)
    this.vector.set(event.origin, event.seq)
    this.numbers.onEvent(event)
    for (const reader of this.readers) reader.sendEvent(event)
  }

  /** Takes everything that another server has. */
  takeFrom(other: ModelServer): void {
    for (const event of other.log.all) if (!hasEvent(this.vector, event)) this.add(event)
  }

  tellEverywhere(vector: ReadonlyMap<string, number>): void {
    this.everywhere = new Map(vector)
    for (const reader of this.readers) reader.send({ t: "everywhere", room, vector: recordOf(vector) })
  }
}

/** How often a server refuses a post for a time. */
export interface Refusals {
  readonly isRefused: () => boolean
}

/** A connection of a client. Messages of both directions wait until the test delivers them. */
export class ModelConnection {
  readonly toServer: Array<ClientMessage> = []
  readonly toClient: Array<ServerMessage> = []
  readonly #server: ModelServer
  readonly #refusals: Refusals
  #author = ""
  #device = ""
  #cursor = new Map<string, number>()

  constructor(server: ModelServer, refusals: Refusals = { isRefused: () => false }) {
    this.#server = server
    this.#refusals = refusals
  }

  send(message: ServerMessage): void {
    this.toClient.push(message)
  }

  sendEvent(event: Event): void {
    this.send({ t: "event", event })
  }

  close(): void {
    this.#server.readers.delete(this)
  }

  /** The server takes the next message of the client. */
  handleOne(): void {
    const message = this.toServer.shift()
    const server = this.#server
    switch (message?.t) {
      case "hello": {
        this.#device = message.device
        const nick = message.login.as === "guest" ? message.login.nick ?? "guest-1" : "?"
        this.#author = `~${nick}@${server.name}`
        this.send({ t: "welcome", v: 1, server: server.name, author: this.#author, nick, isGuest: true, servers: [] })
        return
      }
      case "cursor":
        for (const [origin, seq] of vectorOf(message.vector)) this.#cursor.set(origin, seq)
        return
      case "open":
        return this.#open(message.last ?? 50)
      case "close":
        return this.close()
      case "post": {
        const post = { ...message, author: this.#author, device: this.#device, room }
        const repeated = server.numbers.repeated(post)
        const { n } = message
        if (repeated !== undefined) {
          return this.send({ t: "posted", room, n, ...repeated.event === undefined ? {} : { event: repeated.event } })
        }
        if (this.#refusals.isRefused()) {
          return this.send({ t: "refused", what: "post", room, n, reason: "too many messages", waitMillis: 10 })
        }
        const { body, kind, re } = message
        const event = server.post(post, { n, kind, body: body as Event["body"], ...re === undefined ? {} : { re } })
        return this.send({ t: "posted", room, n, event: { origin: event.origin, seq: event.seq } })
      }
      case "past": {
        const { before, limit } = message
        const place = server.log.all.findIndex(({ origin, seq }) => origin === before.origin && seq === before.seq)
        const page = server.log.all.slice(0, place).slice(-limit)
        for (const event of page) this.sendEvent(event)
        return this.send({ t: "past", room, isStart: page.length < limit })
      }
      default:
        return
    }
  }

  #open(last: number): void {
    const server = this.#server
    this.send({ t: "opened", room, access: "public" })
    this.send({ t: "people", room, people: [{ person: this.#author, state: "here" }], isFirst: true })
    if (this.#cursor.size === 0) {
      const skipped = server.log.all.slice(0, Math.max(0, server.log.all.length - last))
      for (const { origin, seq } of skipped) this.#cursor.set(origin, Math.max(seq, this.#cursor.get(origin) ?? 0))
      this.send({ t: "have", room, vector: recordOf(this.#cursor) })
      for (const event of skipped) if (event.kind === "topic") this.sendEvent(event)
    }
    this.send({ t: "everywhere", room, vector: recordOf(server.everywhere) })
    for (const event of server.log.all) if (!hasEvent(this.#cursor, event)) this.sendEvent(event)
    this.send({ t: "live", room })
    server.readers.add(this)
  }
}

/** Sends what a client has to say, as long as it has something; its server and it take every message. */
export const settle = (client: RoomsClient, connection: ModelConnection, now = 0): void => {
  for (let isBusy = true; isBusy;) {
    isBusy = false
    for (let next = client.pollTransmit(now); next !== undefined; next = client.pollTransmit(now)) {
      connection.toServer.push(next)
    }
    while (connection.toServer.length > 0) {
      isBusy = true
      connection.handleOne()
    }
    for (const message of connection.toClient.splice(0)) {
      isBusy = true
      client.receive(message, now)
    }
  }
}
