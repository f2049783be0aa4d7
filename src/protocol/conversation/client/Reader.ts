/**
 * A connected client of rooms on its server, as a state machine: `receive` gets its messages, `nextRequest` says what the shell has to do,
 * answers come back as the methods beside it, and `take` has what the client is sent. It has no clock and no store. Times are milliseconds
 * of a clock that never goes back.
 */
import * as Either from "effect/Either"
import { TokenBucket } from "../../TokenBucket.ts"
import type { Event } from "../Event.ts"
import type { Access } from "../EventBody.ts"
import { type Vector, vectorOf } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"
import { type ClientMessage, type MakeMessage, readClientMessage, subjectOf } from "./ClientMessage.ts"
import { encoded, type EncodedEvent, type EncodedMessage } from "./EncodedMessage.ts"
import { roomMessages, vectorMessages } from "./MessageParts.ts"
import { ReaderQueue } from "./ReaderQueue.ts"
import type { Opening, ReaderRequest } from "./ReaderRequest.ts"
import { type PageRead, type SeenRoom } from "./ReaderRoom.ts"
import { notOpen, ReaderRooms, type Refusal } from "./ReaderRooms.ts"
import type { ListedRoom, RefusedMessage, ServerMessage, WelcomeMessage } from "./ServerMessage.ts"

export class Reader {
  readonly #queue = new ReaderQueue()
  readonly #rooms = new ReaderRooms()
  readonly #presenceRate = new TokenBucket(Limits.presenceBurst, Limits.presencesPerSecond)
  readonly #requests: Array<ReaderRequest> = []
  #state: "Greeting" | "LoggingIn" | "In" | "Ended" = "Greeting"
  #helloBy: number
  #welcome: Pick<WelcomeMessage, "author" | "isGuest"> = { author: "", isGuest: true }
  #isListing = false
  #isNaming = false

  constructor(now: number) {
    this.#helloBy = now + Limits.helloMillis
  }

  /** Whether the client must wait with its messages until it has taken some of what it was sent. */
  get isFull(): boolean {
    return this.#queue.bytes > Limits.fullBytes
  }

  /** Whether the connection ends when everything was taken. */
  get isEnded(): boolean {
    return this.#state === "Ended"
  }

  /** Who the client is; empty before it has logged in. */
  get author(): string {
    return this.#welcome.author
  }

  deadline(now: number): number {
    if (this.#state === "Greeting") return this.#helloBy
    return this.#rooms.hasPresence ? this.#presenceRate.readyAt(now) : Infinity
  }

  handleTimeout(now: number): void {
    if (this.#state === "Greeting" && this.#helloBy <= now) this.end("no message has come in time")
  }

  /** A message of the client. */
  receive(text: string): void {
    if (this.#state === "Ended") return
    const read = readClientMessage(text)
    if (Either.isRight(read)) return this.#onMessage(read.right)
    const subject = subjectOf(text)
    if (this.#state !== "In" || subject === undefined) return this.end(`a message was sent that ${read.left}`)
    this.#refuse({ ...subject, reason: `this message is not understood: ${read.left}` })
  }

  /** The last message, in place of those that wait; then the connection ends. The reason is a sentence without a full stop. */
  end(reason: string): void {
    this.#endWith({ t: "goodbye", reason })
  }

  /** What the shell has to do next; undefined if there is nothing. */
  nextRequest(now: number): ReaderRequest | undefined {
    const first = this.#requests.shift()
    if (first !== undefined || this.#state !== "In") return first
    const ofRoom = this.#rooms.nextRequest(!this.isFull)
    if (ofRoom !== undefined || !this.#rooms.hasPresence) return ofRoom
    return this.#presenceRate.take(now) ? this.#rooms.takePresence() : undefined
  }

  /** The next messages, in their order, until they have this many bytes. */
  take(bytes: number): ReadonlyArray<EncodedMessage> {
    const taken: Array<EncodedMessage> = []
    for (let size = 0; size < bytes;) {
      // A room that is behind goes on with pages when its live events before them were taken.
      const message = this.#queue.shift() ?? this.#rooms.nextMessage()
      if (message === undefined) break
      taken.push(message)
      size += message.framed.length
    }
    return taken
  }

  onLogin(welcome: WelcomeMessage): void {
    if (this.#state !== "LoggingIn") return
    this.#state = "In"
    this.#welcome = welcome
    this.tell(welcome)
  }

  /** The refusal is the last message. */
  refuseLogin(reason: string, waitMillis?: number): void {
    if (this.#state === "LoggingIn") this.#endWith({ t: "refused", what: "hello", reason, ...waitOf(waitMillis) })
  }

  onListed(rooms: ReadonlyArray<ListedRoom>): void {
    this.#isListing = false
    for (const message of roomMessages(rooms)) this.tell(message)
  }

  /** The client sees a room from now on; false if it has closed the room meanwhile. `mark` is what its account has read. */
  onOpened(opening: Opening, seen: SeenRoom, mark: Vector): boolean {
    return this.#state === "In" && this.#rooms.opened(opening, seen, mark)
  }

  refuseOpening(opening: Opening, reason: string): void {
    const what = this.#rooms.refused(opening)
    if (what !== undefined) this.#refuse({ what, room: opening.room, reason })
  }

  /** The person may not see a room any more: it is closed. */
  expel(room: string, reason: string): void {
    if (this.#rooms.close(room)) this.#refuse({ what: "open", room, reason })
  }

  onPage(room: string, read: PageRead, events: ReadonlyArray<Event>): void {
    this.#rooms.get(room)?.view.onPage(read, events)
  }

  /** Events of a room were recorded, and are in its `told`. */
  onEvents(room: string, events: ReadonlyArray<EncodedEvent>): void {
    this.#rooms.get(room)?.view.onEvents(events, (message) => this.#queue.push(message))
  }

  /** A message about a room that is no event of it. */
  tellOf(room: string, message: EncodedMessage): void {
    const view = this.#rooms.get(room)?.view
    if (view === undefined) return
    const first = view.tell(message)
    if (first !== undefined) this.#push(first)
    if (view.pendingCount > Limits.pendingMessages) this.end(tooSlow)
  }

  /** What the account has read, on another device. */
  onMark(room: string, vector: Vector): void {
    const view = this.#rooms.get(room)?.view
    const news = view?.onMark(vector)
    if (news === undefined || news.size === 0) return
    for (const message of vectorMessages("mark", room, news)) this.tellOf(room, encoded(message))
  }

  /** What was to be marked is durable. */
  onMarked(room: string): void {
    this.#rooms.get(room)?.marks.onMarked()
  }

  onPostTaken(room: string): void {
    this.#rooms.get(room)?.posts.onTaken()
  }

  onPosted(room: string, n: number, event: Pick<Event, "origin" | "seq"> | undefined): void {
    this.#rooms.get(room)?.posts.onAnswered()
    this.tell({
      t: "posted",
      room,
      n,
      ...(event === undefined ? {} : { event: { origin: event.origin, seq: event.seq } })
    })
  }

  /** A post that may be sent again after a time holds back those behind it. */
  refusePost(room: string, n: number, reason: string, waitMillis?: number): void {
    const posts = this.#rooms.get(room)?.posts
    if (waitMillis === undefined) posts?.onAnswered()
    const behind = waitMillis === undefined ? [] : posts?.hold(n) ?? []
    for (const post of [{ n }, ...behind]) {
      this.#refuse({ what: "post", room, n: post.n, reason, ...waitOf(waitMillis) })
    }
  }

  /** The person may open a room: a client that has it knows that. */
  invite(room: string, access: Access, by: string): void {
    if (this.#state === "In" && !this.#rooms.has(room)) this.tell({ t: "invited", room, access, by })
  }

  onNamed(author: string, nick: string): void {
    this.#isNaming = false
    this.#welcome = { ...this.#welcome, author }
    this.tell({ t: "named", author, nick })
  }

  refuseNick(reason: string): void {
    this.#isNaming = false
    this.#refuse({ what: "nick", reason })
  }

  /** A message about no room. */
  tell(message: ServerMessage): void {
    this.#push(encoded(message))
  }

  #onMessage(message: ClientMessage): void {
    if (message.t === "hello" ? this.#state !== "Greeting" : this.#state !== "In") {
      return this.end(`${message.t} was sent ${message.t === "hello" ? "again" : "before welcome"}`)
    }
    switch (message.t) {
      case "hello":
        this.#state = "LoggingIn"
        this.#requests.push({ _tag: "LogIn", login: message.login, device: message.device })
        return
      case "rooms":
        if (!this.#isListing) this.#requests.push({ _tag: "List" })
        this.#isListing = true
        return
      case "cursor":
        return this.#answer(message, this.#rooms.addCursor(message.room, vectorOf(message.vector)))
      case "open": {
        const opening = this.#rooms.begin(message.room, "open", message.last)
        if ("reason" in opening) return this.#answer(message, opening)
        this.#requests.push({ _tag: "Open", opening })
        return
      }
      case "make":
        return this.#make(message)
      case "close":
        if (this.#rooms.close(message.room)) this.#requests.push({ _tag: "Leave", room: message.room })
        return
      case "post":
        return this.#answer(message, this.#rooms.post(message))
      case "nick":
        if (!this.#welcome.isGuest || this.#isNaming) {
          return this.#refuse({ what: "nick", reason: notNow(this.#isNaming) })
        }
        this.#isNaming = true
        this.#requests.push({ _tag: "Nick", nick: message.nick })
        return
      default: {
        const open = this.#rooms.get(message.room)
        if (open === undefined) return this.#answer(message, notOpen)
        if (message.t === "presence") this.#rooms.setPresence(message.room, message.state)
        else if (message.t === "mark") {
          const news = open.view.onMark(vectorOf(message.vector))
          // A guest has no other device.
          if (!this.#welcome.isGuest) open.marks.add(news)
        } else if (open.view.isReadingPast) {
          this.#answer(message, { reason: "the events of the request before are not all sent yet" })
        } else open.view.askPast(message.before, message.limit)
      }
    }
  }

  #make(message: MakeMessage): void {
    const opening = this.#rooms.beginToMake(message, this.author)
    if ("reason" in opening) return this.#answer(message, opening)
    this.#requests.push({ _tag: "Make", opening, access: message.access, person: message.person })
  }

  /** Tells the client that what it has asked for is refused, if it is. */
  #answer(
    message: { readonly t: string; readonly room: string; readonly n?: number },
    refusal: Refusal | undefined
  ): void {
    if (refusal === undefined) return
    const n = message.n === undefined ? {} : { n: message.n }
    this.#refuse({ what: message.t, room: message.room, ...n, ...refusal })
  }

  #push(message: EncodedMessage): void {
    if (this.#state !== "Ended" && !this.#queue.push(message)) this.end(tooSlow)
  }

  #refuse(refusal: Omit<RefusedMessage, "t">): void {
    this.tell({ t: "refused", ...refusal })
  }

  #endWith(message: ServerMessage): void {
    if (this.#state === "Ended") return
    this.#queue.clear()
    this.#queue.push(encoded(message))
    this.#state = "Ended"
    this.#rooms.clear()
    this.#requests.length = 0
  }
}

const tooSlow = "this connection takes too little of what it is sent; connect again, and go on from the cursors"

const waitOf = (waitMillis: number | undefined) => waitMillis === undefined ? {} : { waitMillis: Math.ceil(waitMillis) }

const notNow = (isNaming: boolean): string =>
  isNaming ? "the nick before is not answered yet" : "the nick of an account is its name"
