/**
 * The posts of this person in one room that are not in its log yet. One is on its way at a time: a server takes a number below one that it has
 * recorded for a repeated post, so a post that it refuses for a time would be lost behind a later one. One of which no answer has come is sent
 * again to the same author's server, which knows its number. Another server knows the person as another author, and cannot tell whether the post
 * was recorded: there it is `doubtful`, until its event comes or the person decides.
 */
import type { Event } from "../Event.ts"
import * as Limits from "./ClientLimits.ts"
import type { Unrecorded } from "./ClientView.ts"

/** What a person posts. */
export type OwnPost = Pick<Unrecorded, "kind" | "body" | "re">

interface Entry extends OwnPost {
  readonly n: number
  readonly time: number
  /** As whom it was sent; undefined if it never was. */
  author: string | undefined
  /** Whether the server has it on its disk: its event follows. */
  isRecorded: boolean
}

export class OwnPosts {
  readonly #entries: Array<Entry> = []
  #n = 0
  #author: string | undefined
  /** The number of the post that waits for its answer on this connection. */
  #asked: number | undefined
  #retryAt = -Infinity

  /** Whether none waits to be sent or answered on this connection. */
  get isIdle(): boolean {
    return this.#asked === undefined && this.#entries.every((entry) => !this.#isSendable(entry))
  }

  /** When `next` may return a post again that was refused for a time; Infinity if there is none. */
  get deadline(): number {
    return this.#retryAt === -Infinity || this.isIdle ? Infinity : this.#retryAt
  }

  get unrecorded(): ReadonlyArray<Unrecorded> {
    return this.#entries.map((entry) => {
      const { body, kind, n, re, time } = entry
      return { n, kind, body, re, time, state: this.#stateOf(entry) }
    })
  }

  /** Adds a post. Returns its number; undefined when too many wait. */
  add({ body, kind, re }: OwnPost, time: number): number | undefined {
    if (this.#entries.length >= Limits.unansweredPosts) return undefined
    this.#entries.push({ n: ++this.#n, kind, body, re, time, author: undefined, isRecorded: false })
    return this.#n
  }

  /** All events of the room have come on a connection, where the person is `author`: posts can be sent. */
  onLive(author: string): void {
    this.onLost()
    this.#author = author
  }

  /** The person is another author on the same connection. */
  onRenamed(author: string): void {
    if (this.#author !== undefined) this.#author = author
  }

  onLost(): void {
    this.#author = undefined
    this.#asked = undefined
    this.#retryAt = -Infinity
  }

  /** The next post to send. */
  next(now: number): (OwnPost & { readonly n: number }) | undefined {
    if (this.#asked !== undefined || now < this.#retryAt) return undefined
    const entry = this.#entries.find((one) => this.#isSendable(one))
    if (entry === undefined) return undefined
    this.#retryAt = -Infinity
    entry.author = this.#author
    this.#asked = entry.n
    return { n: entry.n, kind: entry.kind, body: entry.body, re: entry.re }
  }

  /** The server has recorded a post. `isHere`: its event has come before this, or will not come for it. */
  onPosted(n: number, isHere: boolean): void {
    if (this.#asked === n) this.#asked = undefined
    const entry = this.#entries.find((one) => one.n === n)
    if (entry === undefined) return
    if (isHere) this.#remove(n)
    else entry.isRecorded = true
  }

  /** An event of this device has come. */
  onEvent({ n }: Pick<Event, "n">): void {
    this.#remove(n)
  }

  /** The server has refused a post: it is taken back, or sent again after `waitMillis`. Returns one that is taken back. */
  onRefused(n: number, waitMillis: number | undefined, now: number): Unrecorded | undefined {
    if (this.#asked === n) this.#asked = undefined
    if (waitMillis === undefined) return this.remove(n)
    this.#retryAt = now + waitMillis
    return undefined
  }

  /** Takes a post back that is not on its way. */
  remove(n: number): Unrecorded | undefined {
    const found = this.unrecorded.find((one) => one.n === n)
    if (found === undefined || this.#asked === n) return undefined
    this.#remove(n)
    return found
  }

  #remove(n: number): void {
    const at = this.#entries.findIndex((one) => one.n === n)
    if (at >= 0) this.#entries.splice(at, 1)
  }

  #isSendable(entry: Entry): boolean {
    const { author, isRecorded } = entry
    return this.#author !== undefined && !isRecorded && (author === undefined || author === this.#author)
  }

  #stateOf({ author, isRecorded, n }: Entry): Unrecorded["state"] {
    if (isRecorded) return "recorded"
    if (this.#asked === n) return "sent"
    return author === undefined || this.#author === undefined || author === this.#author ? "waiting" : "doubtful"
  }
}
