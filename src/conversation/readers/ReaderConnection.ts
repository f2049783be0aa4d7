/** A reader on its connection: does what its state machine asks for, and brings the answers back. Synchronous, but for reads and writes of the store. */
import * as Effect from "effect/Effect"
import type { Address } from "../../net/Address.ts"
import { notInvited } from "../../protocol/conversation/AccessRules.ts"
import type { Login } from "../../protocol/conversation/client/ClientMessage.ts"
import type { EncodedEvent, EncodedMessage } from "../../protocol/conversation/client/EncodedMessage.ts"
import { linkMessages } from "../../protocol/conversation/client/MessageParts.ts"
import { Reader } from "../../protocol/conversation/client/Reader.ts"
import type { Opening, ReaderRequest, SentPost } from "../../protocol/conversation/client/ReaderRequest.ts"
import type { PageRead } from "../../protocol/conversation/client/ReaderRoom.ts"
import type { Access } from "../../protocol/conversation/EventBody.ts"
import { emptyVector, type Vector } from "../../protocol/conversation/Vector.ts"
import type { TurnClient } from "../ListenerTurns.ts"
import type { Stored } from "../store/Store.ts"
import { listedRooms } from "./ListedRooms.ts"
import type { OnlineReader } from "./OnlineReaders.ts"
import type { LoggedIn } from "./ReaderLogins.ts"
import { record } from "./ReaderPosting.ts"
import type { ReaderSite } from "./ReaderSite.ts"
import type { RoomHub, RoomReader } from "./RoomHub.ts"

export interface ReaderPeer {
  readonly address: Address
  /** The key that the session has proved. */
  readonly publicKey: Uint8Array | undefined
}

export class ReaderConnection implements TurnClient, RoomReader, OnlineReader {
  readonly #site: ReaderSite
  readonly #peer: ReaderPeer
  readonly #reader: Reader
  readonly #hubs = new Map<string, RoomHub>()
  /** There may be something to send, or room to receive. */
  readonly #wake: () => void
  #device = ""
  #person: LoggedIn | undefined
  #isClosed = false

  constructor(site: ReaderSite, peer: ReaderPeer, wake: () => void) {
    this.#site = site
    this.#peer = peer
    this.#reader = new Reader(site.now())
    this.#wake = wake
    site.schedule(this)
  }

  get person(): string {
    return this.#reader.author
  }

  /** Whether nothing more is read of the client for now. */
  get isFull(): boolean {
    return this.#reader.isFull
  }

  get isEnded(): boolean {
    return this.#reader.isEnded
  }

  /** A message of the client. */
  receive(text: string): void {
    this.#reader.receive(text)
    this.flush()
  }

  /** The next messages for the client, of this many bytes. */
  take(bytes: number): ReadonlyArray<EncodedMessage> {
    const messages = this.#reader.take(bytes)
    // What was taken makes room for a page.
    if (messages.length > 0) this.#site.flushLater(this)
    return messages
  }

  /** Ends the connection, after a last message with the reason. */
  readonly end = (reason: string): void => {
    this.#reader.end(reason)
    this.flush()
  }

  /** The connection is over. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#reader.end("the connection is over")
    this.#leave()
    this.#site.schedule(this)
  }

  get deadline(): number {
    return this.#isClosed ? Infinity : this.#reader.deadline(this.#site.now())
  }

  onDeadline(now: number): void {
    this.#reader.handleTimeout(now)
    this.flush()
  }

  /** Does what the reader asks for, and lets its messages be sent. */
  flush(): void {
    const { now, schedule } = this.#site
    for (let next = this.#reader.nextRequest(now()); next !== undefined; next = this.#reader.nextRequest(now())) {
      this.#perform(next)
    }
    if (this.#reader.isEnded) this.#leave()
    schedule(this)
    this.#wake()
  }

  onEvents(room: string, events: ReadonlyArray<EncodedEvent>): void {
    this.#answer(() => this.#reader.onEvents(room, events))
  }

  tellOf(room: string, message: EncodedMessage): void {
    this.#answer(() => this.#reader.tellOf(room, message))
  }

  expel(room: string, reason: string): void {
    this.#hubs.delete(room)
    this.#reader.expel(room, reason)
    this.#site.flushLater(this)
  }

  fail(reason: string): void {
    this.end(`the log of the room takes no more events: ${reason}`)
  }

  onMark(room: string, news: Vector): void {
    this.#answer(() => this.#reader.onMark(room, news))
  }

  invite(room: string, access: Access, by: string): void {
    this.#answer(() => this.#reader.invite(room, access, by))
  }

  /** The linked servers, or those that have changed. */
  tellLinks(links: ReturnType<ReaderSite["links"]>): void {
    if (this.#person === undefined) return
    for (const message of linkMessages(links)) this.#reader.tell(message)
    this.#site.flushLater(this)
  }

  #perform(request: ReaderRequest): void {
    switch (request._tag) {
      case "LogIn":
        return this.#logIn(request.login, request.device)
      case "List":
        return this.#read(listedRooms(this.#site, this.person), (rooms) => this.#reader.onListed(rooms))
      case "Open":
        return this.#open(request.opening, this.#site.hubs.get(request.opening.room))
      case "Make": {
        const { access, opening, person } = request
        const maker = { author: this.person, device: this.#device, address: this.#peer.address }
        return this.#open(opening, this.#site.makeRoom({ room: opening.room, access, person }, maker))
      }
      case "Leave":
        this.#hubs.get(request.room)?.detach(this)
        this.#hubs.delete(request.room)
        return
      case "Read":
        return this.#readPage(request.room, request.read)
      case "Post":
        return this.#post(request.room, request.post)
      case "Mark": {
        const { mark, news, room } = request
        const account = this.#person?.account ?? ""
        this.#site.online.mark(this.person, room, news, this)
        const written = this.#site.store.commit([{ _tag: "PutMark", mark: { account, room, vector: mark } }])
        return this.#read(written, () => this.#reader.onMarked(room))
      }
      case "Presence":
        return this.#hubs.get(request.room)?.setState(this, request.state)
      case "Nick":
        return this.#rename(request.nick)
    }
  }

  #logIn(login: Login, device: string): void {
    const { fork, links, logIn, online, server, servers } = this.#site
    this.#device = device
    const onPerson = (person: LoggedIn): void => {
      // The client may have left meanwhile.
      if (this.#reader.isEnded) return person.leave()
      const { account, author, expires, nick, token } = person
      this.#person = person
      const secret = { ...(token === undefined ? {} : { token }), ...(expires === undefined ? {} : { expires }) }
      const isGuest = account === undefined
      this.#reader.onLogin({ t: "welcome", v: 1, server, author, nick, isGuest, ...secret, servers: servers() })
      online.add(author, this)
      this.tellLinks(links())
    }
    fork(
      logIn(login, { ...this.#peer, device, end: this.end }).pipe(
        Effect.match({
          onFailure: ({ reason, waitMillis }) => this.#reader.refuseLogin(reason, waitMillis),
          onSuccess: onPerson
        }),
        Effect.zipRight(this.#flushed)
      )
    )
  }

  #open(opening: Opening, hub: Effect.Effect<RoomHub | undefined, string | { readonly message: string }>): void {
    const { fork, store } = this.#site
    const account = this.#person?.account
    const marks = account === undefined ? Effect.succeed([]) : store.marks(account)
    const onHub = (found: RoomHub | undefined, mark: Vector): void => {
      const refusal = found === undefined ? notInvited : found.refusalTo(this.person)
      if (found === undefined || refusal !== undefined) {
        return this.#reader.refuseOpening(opening, refusal ?? notInvited)
      }
      if (!this.#reader.onOpened(opening, found, mark)) return
      this.#hubs.set(opening.room, found)
      found.attach(this)
    }
    fork(
      Effect.flatMap(
        marks,
        (all) =>
          Effect.map(hub, (found) => onHub(found, all.find(({ room }) => room === opening.room)?.vector ?? emptyVector))
      ).pipe(
        Effect.catchAll((error) =>
          Effect.sync(() => this.#reader.refuseOpening(opening, typeof error === "string" ? error : notRead))
        ),
        Effect.zipRight(this.#flushed)
      )
    )
  }

  #readPage(room: string, read: PageRead): void {
    const { reading, store } = this.#site
    const page = read._tag === "After"
      ? store.after(room, read.vector, read.limit)
      : store.before(room, read.place, read.limit)
    this.#read(reading(page), (events) => this.#reader.onPage(room, read, events))
  }

  #post(room: string, post: SentPost): void {
    const hub = () => this.#hubs.get(room)
    const posting = { author: this.person, device: this.#device, address: this.#peer.address, hub }
    const first = record(this.#site, posting, room, post, {
      onTaken: () => this.#reader.onPostTaken(room),
      onPosted: (event) => this.#answer(() => this.#reader.onPosted(room, post.n, event)),
      refuse: (reason, wait) => this.#answer(() => this.#reader.refusePost(room, post.n, reason, wait))
    })
    if (first !== undefined) this.#read(first, () => undefined)
  }

  /** Tells the reader something, which is sent at the end of this turn. */
  #answer(answer: () => void): void {
    answer()
    this.#site.flushLater(this)
  }

  #rename(nick: string): void {
    const person = this.#person
    if (person === undefined) return
    const onNamed = (named: { readonly author: string; readonly nick: string }): void => {
      if (this.#reader.isEnded) return
      this.#site.online.remove(this.person, this)
      this.#reader.onNamed(named.author, named.nick)
      this.#site.online.add(named.author, this)
      for (const [room, hub] of this.#hubs) {
        hub.rename(this)
        const refusal = hub.refusalTo(this.person)
        if (refusal === undefined) continue
        hub.detach(this)
        this.expel(room, refusal)
      }
    }
    const renamed = Effect.match(person.rename(nick), {
      onFailure: ({ reason }) => this.#reader.refuseNick(reason),
      onSuccess: onNamed
    })
    this.#site.fork(Effect.zipRight(renamed, this.#flushed))
  }

  /** Reads or writes the store; a failure ends the connection. */
  #read<A>(effect: Stored<A>, onDone: (result: A) => void): void {
    const done = Effect.matchEffect(effect, {
      onFailure: (error) =>
        Effect.zipRight(Effect.logError(error.message), Effect.sync(() => this.#reader.end(notRead))),
      onSuccess: (result) => Effect.sync(() => onDone(result))
    })
    this.#site.fork(Effect.zipRight(done, this.#flushed))
  }

  readonly #flushed = Effect.sync(() => this.flush())

  /** The person is here no more. */
  #leave(): void {
    for (const hub of this.#hubs.values()) hub.detach(this)
    this.#hubs.clear()
    this.#site.online.remove(this.person, this)
    this.#person?.leave()
    this.#person = undefined
  }
}

const notRead = "the store of this server cannot be read or written; the operator has the reason"
