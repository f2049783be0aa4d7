/** The rooms of a reader: those that it has open, those that are being opened, and its cursors of others. In bounded memory. Pure. */
import { directRoomOf } from "../DirectRoom.ts"
import type { PresenceState } from "../LinkMessage.ts"
import { countBeyond, type Vector } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"
import type { MakeMessage, PostMessage } from "./ClientMessage.ts"
import type { EncodedMessage } from "./EncodedMessage.ts"
import { ReaderCursors } from "./ReaderCursors.ts"
import { ReaderMarks } from "./ReaderMarks.ts"
import { ReaderPosts } from "./ReaderPosts.ts"
import type { Opening, ReaderRequest } from "./ReaderRequest.ts"
import { ReaderRoom, type SeenRoom } from "./ReaderRoom.ts"

/** A room that the client has open. */
export interface OpenRoom {
  readonly view: ReaderRoom
  readonly posts: ReaderPosts
  readonly marks: ReaderMarks
}

interface Opened extends Opening {
  readonly what: "open" | "make"
  /** The number of last events that the client wants. */
  readonly last: number | undefined
}

/** Why something is refused, as a sentence without a full stop, and when it may be tried again. */
export interface Refusal {
  readonly reason: string
  readonly waitMillis?: number
}

export class ReaderRooms {
  readonly #cursors = new ReaderCursors()
  readonly #open = new Map<string, OpenRoom>()
  readonly #opening = new Map<string, Opened>()
  /** Where the person is, as far as it was not passed on yet. */
  readonly #presences = new Map<string, Exclude<PresenceState, "gone">>()
  #openings = 0

  get(room: string): OpenRoom | undefined {
    return this.#open.get(room)
  }

  /** Whether the client has the room, or is about to. */
  has(room: string): boolean {
    return this.#open.has(room) || this.#opening.has(room)
  }

  /** A part of what the client has of a room. */
  addCursor(room: string, vector: Vector): Refusal | undefined {
    if (this.#open.has(room)) return isOpen
    let kept = 0
    for (const { view } of this.#open.values()) kept += view.cursorEntries
    const reason = this.#cursors.add(room, vector, kept)
    return reason === undefined ? undefined : { reason }
  }

  /** Begins to open a room. */
  begin(room: string, what: Opened["what"], last?: number): Opening | Refusal {
    if (this.has(room)) return isOpen
    if (this.#open.size + this.#opening.size >= Limits.rooms) {
      return { reason: `a client has at most ${Limits.rooms} rooms open` }
    }
    const opening = { id: ++this.#openings, room }
    this.#opening.set(room, { ...opening, what, last })
    return opening
  }

  /** Begins to make a room, or the direct one of the author and a person, and to open it. */
  beginToMake({ access, person, room }: MakeMessage, author: string): Opening | Refusal {
    const isOfTwo = access === "direct"
    const name = isOfTwo && person !== undefined ? directRoomOf(author, person) : room
    return name === undefined || isOfTwo !== (person !== undefined) || person === author
      ? { reason: "a direct room has one other person, and other rooms have none" }
      : this.begin(name, "make")
  }

  /** A room is open; false if the client has closed it meanwhile. `mark` is what its account has read. */
  opened({ id, room }: Opening, seen: SeenRoom, mark: Vector): boolean {
    const opening = this.#opening.get(room)
    if (opening?.id !== id) return false
    this.#opening.delete(room)
    const unread = mark.size === 0 ? 0 : countBeyond(seen.told, mark)
    const last = Math.min(opening.last ?? Math.max(Limits.firstEvents, unread), Limits.unreadEvents)
    const view = new ReaderRoom(seen, { cursor: this.#cursors.take(room), last, mark })
    this.#open.set(room, { view, posts: new ReaderPosts(), marks: new ReaderMarks() })
    return true
  }

  /** A room is not opened. Returns what the client has asked for; undefined if it has closed the room meanwhile. */
  refused({ id, room }: Opening): Opened["what"] | undefined {
    const opening = this.#opening.get(room)
    if (opening?.id !== id) return undefined
    this.#opening.delete(room)
    this.#cursors.take(room)
    return opening.what
  }

  /** Returns whether the room was open. */
  close(room: string): boolean {
    this.#presences.delete(room)
    this.#opening.delete(room)
    this.#cursors.take(room)
    return this.#open.delete(room)
  }

  post({ body, kind, n, re, room }: PostMessage): Refusal | undefined {
    const posts = this.#open.get(room)?.posts
    if (posts === undefined) return notOpen
    let unanswered = 0
    for (const open of this.#open.values()) unanswered += open.posts.unanswered
    const held = posts.add({ n, kind, re, body }, unanswered < Limits.unansweredPosts)
    if (held === undefined) return undefined
    const reason = held === n
      ? `${Limits.unansweredPosts} posts have no answer yet`
      : `post ${held} was refused before it, and has to be sent first`
    return { reason, waitMillis: Limits.postWaitMillis }
  }

  setPresence(room: string, state: Exclude<PresenceState, "gone">): void {
    this.#presences.set(room, state)
  }

  get hasPresence(): boolean {
    return this.#presences.size > 0
  }

  takePresence(): ReaderRequest | undefined {
    const [presence] = this.#presences
    if (presence === undefined) return undefined
    const [room, state] = presence
    this.#presences.delete(room)
    return { _tag: "Presence", room, state }
  }

  /** What the shell has to do next. `mayRead`: whether there is room for a page. */
  nextRequest(mayRead: boolean): ReaderRequest | undefined {
    for (const [room, { marks, posts, view }] of this.#open) {
      const post = posts.next()
      if (post !== undefined) return { _tag: "Post", room, post }
      const news = marks.next()
      if (news !== undefined) return { _tag: "Mark", room, news, mark: new Map(view.mark) }
      const read = mayRead ? view.nextRead() : undefined
      if (read !== undefined) return { _tag: "Read", room, read }
    }
    return undefined
  }

  /** The next message of what was asked for, of one of the rooms in turns. */
  nextMessage(): EncodedMessage | undefined {
    for (const [room, open] of this.#open) {
      const message = open.view.next()
      if (message === undefined) continue
      this.#open.delete(room)
      this.#open.set(room, open)
      return message
    }
    return undefined
  }

  clear(): void {
    for (const all of [this.#open, this.#opening, this.#presences]) all.clear()
  }
}

const isOpen: Refusal = { reason: "the room is open already" }

export const notOpen: Refusal = { reason: "the room is not open" }
