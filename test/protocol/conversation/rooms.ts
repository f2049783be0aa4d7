/** Events, vectors and servers for the tests of logs and links. */
import * as Either from "effect/Either"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { Exchange } from "../../../src/protocol/conversation/Exchange.ts"
import type { ExchangeEvent, ExchangeOptions } from "../../../src/protocol/conversation/ExchangeEvent.ts"
import type { RoomAccess } from "../../../src/protocol/conversation/LinkedRooms.ts"
import { decodeMessage, encodeMessage, type LinkMessage } from "../../../src/protocol/conversation/LinkMessage.ts"
import { OrderedEvents } from "../../../src/protocol/conversation/OrderedEvents.ts"
import { serverOf } from "../../../src/protocol/conversation/Origin.ts"
import { type Draft, type EventSigner, signedEvent } from "../../../src/protocol/conversation/SignedEvent.ts"
import { checks, signerOf } from "./ed25519.ts"

export const alpha = signerOf("alpha", 1)
export const beta = signerOf("beta", 2)
export const gamma = signerOf("gamma", 3)
export const hall: RoomAccess = { access: "public", servers: [] }
export const salt = new Uint8Array(16).fill(5)

/** A post of a person `p` of the signer's server. */
export const draftOf = (signer: EventSigner, n: number, changes: Partial<Draft> = {}): Draft => ({
  room: "hall",
  time: 0,
  author: `p@${serverOf(signer.origin)}`,
  device: "d",
  n,
  kind: "said",
  body: { text: `text ${n}` },
  ...changes
})

/** An event as its origin makes it. */
export const eventOf = (signer: EventSigner, seq: number, clock = seq, changes: Partial<Draft> = {}): Event =>
  signedEvent(signer, draftOf(signer, seq, changes), { seq, clock }, salt)

/** A server whose disk syncs when it is told to, and all that it has reported. */
export class TestServer {
  readonly exchange: Exchange
  readonly events: Array<ExchangeEvent> = []
  readonly stored: Array<Event> = []
  readonly #written = new Array<{ readonly serial: number; readonly event: Event }>()
  readonly log = new OrderedEvents()

  constructor(signer: EventSigner, options: Partial<ExchangeOptions> = {}) {
    this.exchange = new Exchange({ signer, checks, trusts: () => true, takes: () => true, ...options })
  }

  /** Writes and syncs what is recorded. */
  sync(): void {
    this.#written.push(...this.exchange.pollStore())
    const last = this.#written.at(-1)
    for (const { event } of this.#written.splice(0)) {
      this.log.add(event)
      this.stored.push(event)
    }
    if (last !== undefined) this.exchange.synced(last.serial)
    this.events.push(...this.exchange.pollEvents())
  }

  /** Answers the reads of its links. */
  read(): void {
    for (const { link, request, room } of this.exchange.pollReads()) {
      this.exchange.onPage(link, room, this.log.page(request))
    }
  }

  /** The messages that a link has to send. */
  sent(link: number): ReadonlyArray<LinkMessage> {
    this.read()
    const messages: Array<LinkMessage> = []
    for (let next = this.exchange.nextMessage(link); next !== undefined; next = this.exchange.nextMessage(link)) {
      messages.push(next)
      this.read()
    }
    return messages
  }

  tags(tag: ExchangeEvent["_tag"]): ReadonlyArray<ExchangeEvent> {
    this.events.push(...this.exchange.pollEvents())
    return this.events.filter((event) => event._tag === tag)
  }
}

/** Carries messages over link 1 of both servers, as bytes, until there are none. */
export const carry = (one: TestServer, other: TestServer, now = 0, link = 1): void => {
  for (let isQuiet = false; !isQuiet;) {
    isQuiet = true
    for (const [from, to] of [[one, other], [other, one]] as const) {
      for (const message of from.sent(link)) {
        isQuiet = false
        const decoded = decodeMessage(encodeMessage(message))
        if (Either.isLeft(decoded)) throw new Error(decoded.left)
        to.exchange.receive(link, decoded.right, now)
      }
      to.sync()
    }
  }
}

/** Links two servers by link 1. */
export const linked = (one: TestServer, other: TestServer, names: readonly [string, string], now = 0): void => {
  one.exchange.openLink(1, names[1], now)
  other.exchange.openLink(1, names[0], now)
  carry(one, other, now)
}
