/** A server of one room for tests of the page: it records what is posted in memory, and the test plays other servers and people. */
import type { ClientMessage } from "../../src/protocol/conversation/client/ClientMessage.ts"
import type { ServerMessage } from "../../src/protocol/conversation/client/ServerMessage.ts"
import type { Event } from "../../src/protocol/conversation/Event.ts"
import type { ServeTexts, TextPort } from "../../src/web/ReaderTexts.ts"

export const hall = "hall"
export const password = "a pigeon flies"
const token = `ht1${"a".repeat(56)}`
const zeros = (digits: number): string => "0".repeat(digits)

interface Reader {
  readonly send: (message: ServerMessage) => void
  readonly port: TextPort
  author: string
  device: string
  isIn: boolean
}

export class PlayedRooms {
  readonly events: Array<Event> = []
  readonly links: Array<{ server: string; isLinked: boolean }> = []
  readonly #readers = new Set<Reader>()
  /** Milliseconds since 1970 of the next event. */
  time = Date.UTC(2026, 10, 30, 12, 0)

  readonly serve: ServeTexts = (port) => {
    const reader: Reader = {
      port,
      send: (message) => port.send(JSON.stringify(message)),
      author: "",
      device: "",
      isIn: false
    }
    return {
      onText: (text) => this.#onMessage(reader, JSON.parse(text)),
      onEnd: () => {
        this.#readers.delete(reader)
        if (reader.isIn) this.moved({ left: [reader.author] })
      }
    }
  }

  /** Records an event, and sends it to all who are in the room. */
  record(author: string, kind: string, body: Event["body"], more: Partial<Event> = {}): Event {
    const server = author.slice(author.lastIndexOf("@") + 1)
    const origin = `${server}~${zeros(48)}`
    const event: Event = {
      v: 1,
      origin,
      room: hall,
      seq: this.events.filter((one) => one.origin === origin).length + 1,
      clock: this.events.length + 1,
      time: this.time,
      author,
      device: "test",
      n: this.events.length + 1,
      kind,
      salt: zeros(32),
      body,
      digest: zeros(64),
      key: zeros(64),
      hash: zeros(64),
      sig: zeros(128),
      ...more
    }
    this.time += 20_000
    this.events.push(event)
    this.tell({ t: "event", event })
    return event
  }

  /** To all who are in the room. */
  tell(message: ServerMessage): void {
    for (const reader of this.#readers) if (reader.isIn) reader.send(message)
  }

  moved(some: Partial<Extract<ServerMessage, { t: "moved" }>>): void {
    const { joined = [], left = [] } = some
    const counts = { joinedCount: joined.length, leftCount: left.length }
    this.tell({ t: "moved", room: hall, how: "moved", joined, left, ...counts, ...some })
  }

  /** Every server of the room has everything. */
  everywhere(): void {
    this.tell({ t: "everywhere", room: hall, vector: this.#vector })
  }

  /** Ends all connections, as a server that stops does. */
  end(reason: string): void {
    for (const { port } of this.#readers) port.close(reason)
    this.#readers.clear()
  }

  get #vector(): Record<string, number> {
    return Object.fromEntries(this.events.map(({ origin, seq }) => [origin, seq]))
  }

  #onMessage(reader: Reader, message: ClientMessage): void {
    switch (message.t) {
      case "hello":
        return this.#hello(reader, message)
      case "rooms":
        return reader.send({
          t: "rooms",
          rooms: [{ room: hall, access: "public", people: this.#readers.size }],
          isLast: true
        })
      case "cursor":
        return
      case "open":
        return this.#open(reader)
      case "post": {
        const { body, kind, n, re } = message
        const event = this.record(reader.author, kind, body as Event["body"], {
          n,
          device: reader.device,
          ...(re === undefined ? {} : { re })
        })
        return reader.send({ t: "posted", room: hall, n, event: { origin: event.origin, seq: event.seq } })
      }
      case "mark":
        return reader.send({ t: "mark", room: hall, vector: message.vector })
      case "presence":
        return this.tell({ t: "presence", room: hall, person: reader.author, state: message.state })
      case "past":
        return reader.send({ t: "past", room: hall, isStart: true })
      default:
        return
    }
  }

  #hello(reader: Reader, { device, login }: Extract<ClientMessage, { t: "hello" }>): void {
    const welcome = (nick: string, isGuest: boolean, more = {}): void => {
      reader.author = `${isGuest ? "~" : ""}${nick}@alpha`
      reader.device = device
      this.#readers.add(reader)
      reader.send({ t: "welcome", v: 1, server: "alpha", author: reader.author, nick, isGuest, servers: [], ...more })
      reader.send({ t: "links", links: this.links })
    }
    if (login.as === "guest") return welcome(login.nick ?? "guest-1", true)
    if (login.as === "token" && login.token === token) return welcome("ala", false)
    if (login.as === "password" && login.password === password) {
      return welcome(login.name, false, { token, expires: Date.now() + 86_400_000 })
    }
    return reader.send({ t: "refused", what: "hello", reason: "wrong name or password" })
  }

  #open(reader: Reader): void {
    this.moved({ joined: [reader.author] })
    reader.isIn = true
    const people = Array.from(this.#readers, ({ author }) => ({ person: author, state: "here" as const }))
    reader.send({ t: "opened", room: hall, access: "public" })
    reader.send({ t: "people", room: hall, people, isFirst: true })
    reader.send({ t: "have", room: hall, vector: {} })
    reader.send({ t: "mark", room: hall, vector: this.#vector })
    for (const event of this.events) reader.send({ t: "event", event })
    reader.send({ t: "live", room: hall })
  }
}
