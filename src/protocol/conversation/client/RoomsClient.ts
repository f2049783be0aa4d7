/**
 * The client of one person in rooms, as a state machine without a socket and a clock (docs/PROTOCOL.md, conversations §11). The shell tells it of
 * connections and messages, and sends what `pollTransmit` returns. After a lost connection it goes on at any server with the same rooms: each room
 * where its vector stops, and each post under its number. Times are Unix milliseconds.
 */
import type { Access } from "../EventBody.ts"
import { emptyVector, type Vector } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"
import type { ClientMessage, Login } from "./ClientMessage.ts"
import { ClientRoom } from "./ClientRoom.ts"
import type { ClientEvent, ClientView, ConnectionState, RoomView, Unrecorded } from "./ClientView.ts"
import { NewestSet } from "./NewestSet.ts"
import type { OwnPost } from "./OwnPosts.ts"
import { applyToRoom, type RoomMessage } from "./RoomMessages.ts"
import { viewOfRoom } from "./RoomViews.ts"
import { ServerLists } from "./ServerLists.ts"
import type { ServerMessage } from "./ServerMessage.ts"

/** How a room is opened. */
export interface OpenOptions {
  /** What the client has of the room: it begins behind that. */
  readonly cursor?: Vector
  /** The number of events that it begins with otherwise. */
  readonly last?: number
  /** The room is made so, if the server has none of this name. A direct room has a person, and the name of `directRoomOf`. */
  readonly orMake?: { readonly access: Access; readonly person?: string }
}

export class RoomsClient {
  readonly #device: string
  readonly #rooms = new Map<string, ClientRoom>()
  readonly #lists = new ServerLists()
  readonly #ignored = new NewestSet<string>(Limits.ignoredPeople)
  /** All authors that this person is known as. */
  readonly #own = new NewestSet<string>(Limits.ownAuthors)
  #connection: ConnectionState = { _tag: "Connecting", server: "" }
  #hello: Login | undefined
  #author: string | undefined
  #nick: string | undefined
  #requests: Array<ClientMessage> = []
  #events: Array<ClientEvent> = []

  /** `device` names this run of the program: no other run may have the same. */
  constructor(device: string) {
    this.#device = device
  }

  get view(): ClientView {
    return {
      connection: this.#connection,
      rooms: this.#open.map((room) => this.#viewOf(room)),
      links: this.#lists.links,
      listed: this.#lists.rooms,
      isIgnored: (author) => this.#ignored.has(author)
    }
  }

  /** Who the person is at the server of this connection, or was at the last one; undefined before the first. */
  get author(): string | undefined {
    return this.#author
  }

  /** One room of the view. */
  roomView(room: string): RoomView | undefined {
    const found = this.#rooms.get(room)
    return found === undefined || found.isClosing ? undefined : this.#viewOf(found)
  }

  /** What the client has of a room, to go on there later. */
  cursorOf(room: string): Vector {
    return this.#rooms.get(room)?.cursor ?? emptyVector
  }

  /** When `pollTransmit` has something again without another input; Infinity for never. */
  get deadline(): number {
    return Math.min(Infinity, ...Array.from(this.#rooms.values(), ({ posts }) => posts.deadline))
  }

  /** What has happened since the last call. */
  pollEvents(): ReadonlyArray<ClientEvent> {
    return this.#events.splice(0)
  }

  /** A server is dialed. `server` is how the person knows it. */
  connecting(server: string): void {
    if (this.#connection._tag !== "Ended") this.#connection = { _tag: "Connecting", server }
  }

  /** The connection to the server is there. A guest who had a nick asks for the same one. */
  connected(login: Login): void {
    const isNamed = login.as === "guest" && this.#nick !== undefined
    this.#hello = isNamed ? { as: "guest", nick: this.#nick } : login
  }

  /** The connection is over, or could not be made; another one follows. The reason is a sentence without a full stop. */
  lost(reason: string, now: number): void {
    if (this.#connection._tag === "Ended" || this.#connection._tag === "Lost") return
    const { _tag, server } = this.#connection
    this.#hello = undefined
    this.#requests = []
    this.#lists.onLost()
    this.#connection = { _tag: "Lost", server, reason }
    for (const room of this.#rooms.values()) {
      room.onLost()
      if (room.isClosing) this.#remove(room.room)
      else if (_tag === "Connected") room.notice({ kind: "lost", time: now, server, text: reason })
    }
  }

  /** The client ends for good. */
  end(reason: string): void {
    this.#connection = { _tag: "Ended", reason }
  }

  /** The next message for the server; undefined if there is none now. */
  pollTransmit(now: number): ClientMessage | undefined {
    if (this.#hello !== undefined) {
      const login = this.#hello
      this.#hello = undefined
      return { t: "hello", v: 1, device: this.#device, login }
    }
    if (this.#connection._tag !== "Connected") return undefined
    const request = this.#requests.shift()
    if (request !== undefined) return request
    for (const room of this.#rooms.values()) {
      if (room.isClosing && room.posts.isIdle) {
        this.#remove(room.room)
        if (room.phase !== "absent") return { t: "close", room: room.room }
        continue
      }
      const message = room.next(now)
      if (message !== undefined) return message
    }
    return undefined
  }

  /** A message of the server. */
  receive(message: ServerMessage, now: number): void {
    switch (message.t) {
      case "welcome":
        return this.#welcome(message, now)
      case "goodbye":
        return this.lost(message.reason, now)
      case "refused":
        return this.#refused(message, now)
      case "links":
        return this.#lists.onLinks(message.links)
      case "rooms":
        if (this.#lists.onRooms(message)) this.#events.push({ _tag: "Listed" })
        return
      case "named":
        if (this.#connection._tag === "Connected") this.#connected({ ...this.#connection, ...message })
        return
      case "event":
        return this.#inRoom(message.event.room, message, now)
      default:
        return this.#inRoom(message.room, message, now)
    }
  }

  /** Opens a room. The text is why it is not opened. */
  openRoom(room: string, { cursor = emptyVector, last, orMake }: OpenOptions = {}): string | undefined {
    const make = orMake === undefined ? undefined : { person: undefined, ...orMake }
    return this.#enter(room, { cursor, last, make, isOpenedFirst: true })
  }

  /** Makes a room that must be new, and opens it. */
  makeRoom(room: string, access: Access): string | undefined {
    const make = { access, person: undefined }
    return this.#enter(room, { cursor: emptyVector, last: undefined, make, isOpenedFirst: false })
  }

  /** Closes a room, when its posts are answered. */
  closeRoom(room: string): void {
    const found = this.#rooms.get(room)
    if (found === undefined) return
    found.isClosing = true
    if (this.#connection._tag !== "Connected") this.#remove(room)
  }

  /** Posts an event: now, or when there is a connection. Returns its number; the text is why it is not posted. */
  post(room: string, post: OwnPost, now: number): number | string {
    const found = this.#rooms.get(room)
    if (found === undefined || found.isClosing) return `the room ${room} is not open`
    if (found.refusal !== undefined) return found.refusal
    return found.posts.add(post, now) ??
      `${Limits.unansweredPosts} messages wait to be sent; this one was not taken`
  }

  /** Posts a doubtful post again, as a new one; or any other that is not on its way. */
  postAgain(room: string, n: number, now: number): number | string {
    const post = this.takeBack(room, n)
    return post === undefined ? "there is no such message" : this.post(room, post, now)
  }

  /** Takes a post back that is not recorded and not on its way. */
  takeBack(room: string, n: number): Unrecorded | undefined {
    return this.#rooms.get(room)?.posts.remove(n)
  }

  /** Everything that a room shows is read. */
  markRead(room: string): void {
    this.#rooms.get(room)?.markAll()
  }

  setPresence(room: string, state: "here" | "away" | "typing"): void {
    this.#rooms.get(room)?.setPresence(state)
  }

  /** Asks for earlier events of a room. The text is why there are none. */
  readPast(room: string): string | undefined {
    const found = this.#rooms.get(room)
    return found === undefined ? `the room ${room} is not open` : found.readPast()
  }

  /** Asks for another nick: guests only. The text is why not. */
  setNick(nick: string): string | undefined {
    const { _tag } = this.#connection
    if (_tag === "Connected" && !this.#connection.isGuest) return "your nick is that of your account"
    return this.#request({ t: "nick", nick })
  }

  /** Asks for the list of rooms; `Listed` tells that it has come. */
  listRooms(): string | undefined {
    return this.#request({ t: "rooms" })
  }

  /** Hides what an author says, or shows it again. Returns whether it is hidden now. */
  toggleIgnored(author: string): boolean {
    if (this.#ignored.delete(author)) return false
    this.#ignored.add(author)
    return true
  }

  get #open(): ReadonlyArray<ClientRoom> {
    return Array.from(this.#rooms.values()).filter(({ isClosing }) => !isClosing)
  }

  #viewOf(room: ClientRoom): RoomView {
    return viewOfRoom(room, (author) => this.#own.has(author), (author) => this.#ignored.has(author))
  }

  #enter(room: string, entrance: ConstructorParameters<typeof ClientRoom>[1]): string | undefined {
    const known = this.#rooms.get(room)
    if (known !== undefined && !known.isClosing) return undefined
    if (known !== undefined) return `the room ${room} is being closed`
    if (this.#rooms.size >= Limits.rooms) return `${Limits.rooms} rooms are open; leave one first`
    this.#rooms.set(room, new ClientRoom(room, entrance))
    return undefined
  }

  #remove(room: string): void {
    if (this.#rooms.delete(room)) this.#events.push({ _tag: "Closed", room })
  }

  #request(message: ClientMessage): string | undefined {
    if (this.#connection._tag !== "Connected") return "there is no connection to a server"
    if (this.#requests.length >= Limits.unsentRequests) return "too many requests wait to be sent"
    this.#requests.push(message)
    return undefined
  }

  #connected(state: Extract<ConnectionState, { _tag: "Connected" }>): void {
    const { author, isGuest, nick, server } = state
    this.#connection = { _tag: "Connected", server, author, nick, isGuest }
    if (isGuest) this.#nick = nick.replace(/^~/, "")
    this.#author = author
    this.#own.add(author)
    for (const room of this.#rooms.values()) room.posts.onRenamed(author)
  }

  #welcome(message: Extract<ServerMessage, { t: "welcome" }>, now: number): void {
    const { author, expires, isGuest, nick, server, servers, token } = message
    for (const room of this.#rooms.values()) room.onWelcome()
    this.#connected({ _tag: "Connected", server, author, nick, isGuest })
    this.#events.push({ _tag: "Welcomed", server, author, token, expires, servers })
    for (const room of this.#open) room.onResumed(`connected to ${server} as ${nick}`, server, now)
  }

  #refused(message: Extract<ServerMessage, { t: "refused" }>, now: number): void {
    const { reason, room, waitMillis, what } = message
    if (this.#connection._tag !== "Connected") {
      if (waitMillis === undefined) this.#connection = { _tag: "Ended", reason }
      else this.lost(reason, now)
    } else if (room !== undefined) return this.#inRoom(room, { ...message, room }, now)
    this.#events.push({ _tag: "Refused", what, room, reason, waitMillis })
  }

  #inRoom(name: string, message: RoomMessage, now: number): void {
    const room = this.#rooms.get(name)
    if (room === undefined || this.#connection._tag !== "Connected") return
    this.#events.push(...applyToRoom(room, message, { author: this.#connection.author, device: this.#device, now }))
    // One that was never open is not kept.
    if (room.refusal !== undefined && room.isEmpty) this.#remove(name)
  }
}
