/**
 * A room of a site as a host that follows it knows it, and the posts of this host that are not on the disk yet. Pure: the shell
 * (`RoomFollower`) passes what the room says, reads pages from the store, and sends what `nextPosts` and `nextPresences` return.
 */
import type { FollowedRoom, PostResult, Present, RoomNews } from "../../conversation/logs/Logs.ts"
import type { Event } from "../../protocol/conversation/Event.ts"
import { postKeyOf } from "../../protocol/conversation/RoomOrder.ts"
import type { Draft } from "../../protocol/conversation/SignedEvent.ts"
import { covers, emptyVector, hasEvent, raise, type Vector, vectorOf } from "../../protocol/conversation/Vector.ts"
import * as ClusterLimits from "./ClusterLimits.ts"
import { ReplicaPresence } from "./ReplicaPresence.ts"
import type { Opened, PostAnswer, PostOutcome, RoomMessage } from "./SiteEntities.ts"

type Post = Omit<Draft, "room">

/** A post that is not known to be on the disk. */
interface Waiting {
  readonly post: Post
  readonly done: Array<(result: PostResult) => void>
  /** Whether a call with it is under way, or was answered. */
  isSent: boolean
}

/** The answer to a call, which is applied when all events up to it are here. */
interface Answered {
  readonly posts: ReadonlyArray<Post>
  readonly answer: PostAnswer
}

export class RoomReplica implements Omit<FollowedRoom, "room"> {
  readonly #listeners = new Set<(news: RoomNews) => void>()
  readonly #wake: () => void
  readonly #presence = new ReplicaPresence()
  readonly #vector = new Map<string, number>()
  readonly #everywhere = new Map<string, number>()
  /** By the key of the post, in the order of the posts. */
  readonly #waiting = new Map<string, Waiting>()
  #answered: Array<Answered> = []
  #opened: Opened | undefined
  #target: Vector = emptyVector
  #isCalling = false
  #wasOpened = false
  #failure: string | undefined

  /** `wake` is called when there may be something to send. */
  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** Whether the room was reached once, so that `synced` and `access` are known. */
  get wasOpened(): boolean {
    return this.#wasOpened
  }

  /** Whether events are missing that the store has: `onEvents` takes them. */
  get isBehind(): boolean {
    return !covers(this.#vector, this.#target)
  }

  readonly access = () => this.#opened?.access ?? { access: "private" as const, servers: [] }
  readonly synced = (): Vector => this.#vector
  readonly everywhere = (): Vector => this.#everywhere
  readonly present = (): ReadonlyArray<Present> => this.#presence.all

  listen(onNews: (news: RoomNews) => void): void {
    this.#listeners.add(onNews)
  }

  unlisten(onNews: (news: RoomNews) => void): void {
    this.#listeners.delete(onNews)
  }

  readonly post = (post: Post, done: (result: PostResult) => void): void => {
    if (this.#failure !== undefined) return done(this.#failure)
    const key = postKeyOf(post)
    const known = this.#waiting.get(key)
    if (known !== undefined) return void known.done.push(done)
    if (this.#waiting.size >= ClusterLimits.waitingPosts) {
      return done(`more than ${ClusterLimits.waitingPosts} posts wait for the room`)
    }
    this.#waiting.set(key, { post, done: [done], isSent: false })
    this.#wake()
  }

  readonly setPresence = (present: Present): void => {
    this.#presence.set(present)
    this.#wake()
  }

  /** A session with the room begins: what was sent in the one before may be lost. */
  onSession(): void {
    this.#isCalling = false
    this.#answered = []
    for (const waiting of this.#waiting.values()) waiting.isSent = false
  }

  /** What the room says. After `Opened` the shell reads the store while the replica `isBehind`. */
  onMessage(message: RoomMessage): void {
    switch (message._tag) {
      case "Opened":
        return this.#onOpened(message)
      case "Recorded":
        return this.onEvents([message.event])
      case "Everywhere":
        return this.#onEverywhere(vectorOf(message.vector))
      case "Here":
        for (const present of this.#presence.onHere(message.people)) this.#tell({ _tag: "Presence", present })
        return
      case "Gone":
        return this.#tellGone(this.#presence.onGone(message.people))
    }
  }

  /** Events on the disk, those of each origin in their order. Known ones are passed over. */
  onEvents(events: ReadonlyArray<Event>): void {
    for (const event of events) {
      if (hasEvent(this.#vector, event)) continue
      this.#vector.set(event.origin, event.seq)
      this.#tell({ _tag: "Recorded", event })
      this.#end(event, { _tag: "Posted", event })
    }
    this.#apply()
  }

  /** The store has no more of the missing events: they were purged. */
  onPurged(): void {
    raise(this.#vector, this.#target)
    this.#apply()
  }

  /** The people who were not named again since the room has moved are gone. */
  onLeaseEnd(): void {
    this.#tellGone(this.#presence.onLeaseEnd())
  }

  /** The posts of the next call; empty while one is under way, or the room is not open here. */
  nextPosts(): ReadonlyArray<Post> {
    if (this.#isCalling || this.#opened === undefined || this.isBehind) return []
    const posts: Array<Post> = []
    for (const waiting of this.#waiting.values()) {
      if (waiting.isSent) continue
      waiting.isSent = true
      if (posts.push(waiting.post) >= ClusterLimits.batchPosts) break
    }
    this.#isCalling = posts.length > 0
    return posts
  }

  /** The people to name next, and where; undefined if there are none. */
  nextPresences(): { readonly to: Opened; readonly changes: ReadonlyArray<Present> } | undefined {
    const changes = this.#opened === undefined ? [] : this.#presence.nextChanges(ClusterLimits.partEntries)
    return this.#opened === undefined || changes.length === 0 ? undefined : { to: this.#opened, changes }
  }

  /** The answer to a call with these posts. False if the room has moved meanwhile: then another session is needed. */
  onAnswer(posts: ReadonlyArray<Post>, answer: PostAnswer): boolean {
    this.#isCalling = false
    if (answer.origin !== this.#opened?.origin) return false
    this.#answered.push({ posts, answer })
    this.#apply()
    this.#wake()
    return true
  }

  /** The room takes nothing any more. */
  fail(reason: string): void {
    if (this.#failure !== undefined) return
    this.#failure = reason
    const waiting = Array.from(this.#waiting.values()).flatMap(({ done }) => done)
    this.#waiting.clear()
    for (const done of waiting) done(reason)
    this.#tell({ _tag: "Failed", reason })
  }

  #onOpened(opened: Opened): void {
    this.#opened = opened
    if (!this.#wasOpened) raise(this.#vector, vectorOf(opened.synced))
    this.#wasOpened = true
    this.#target = vectorOf(opened.synced)
    this.#presence.onOpened()
    this.#onEverywhere(vectorOf(opened.everywhere))
    this.#wake()
  }

  #onEverywhere(vector: Vector): void {
    const news = raise(this.#everywhere, vector)
    if (news.size > 0) this.#tell({ _tag: "Everywhere", vector: news })
  }

  /** Applies the answers up to which all events are here: posts that still wait were recorded before, or not at all. */
  #apply(): void {
    while (!this.isBehind) {
      const [first] = this.#answered
      if (first === undefined || (this.#vector.get(first.answer.origin) ?? 0) < first.answer.last) return
      this.#answered.shift()
      for (const [at, post] of first.posts.entries()) {
        const result = resultOf(first.answer.outcomes[at])
        if (result !== undefined) this.#end(post, result)
      }
    }
  }

  #end(post: Pick<Post, "author" | "device" | "n">, result: PostResult): void {
    const key = postKeyOf(post)
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return
    this.#waiting.delete(key)
    for (const done of waiting.done) done(result)
  }

  #tellGone(people: ReadonlyArray<string>): void {
    if (people.length > 0) this.#tell({ _tag: "Gone", people, server: undefined })
  }

  #tell(news: RoomNews): void {
    for (const listener of Array.from(this.#listeners)) listener(news)
  }
}

/** What the poster gets; undefined for a post whose event ends its wait. */
const resultOf = (outcome: PostOutcome | undefined): PostResult | undefined => {
  switch (outcome?._tag) {
    case undefined:
    case "Posted":
      return undefined
    case "Repeated":
      return { _tag: "Repeated", event: outcome.event }
    case "Full":
      return { _tag: "Full" }
    case "Refused":
      return outcome.reason
  }
}
