/**
 * A room of a site on the host that runs it: a log id of its own start, its posts, and a stream to each host that follows it. It is open
 * while a host follows it. Before it reads anything it puts its log id into the store, and every later turn requires it there: a room that
 * has moved to another host while this one was stopped writes nothing any more.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as RcRef from "effect/RcRef"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ExchangeDriver from "../../conversation/links/ExchangeDriver.ts"
import * as ExchangeLogs from "../../conversation/logs/ExchangeLogs.ts"
import type { FollowedRoom, PostResult, Present, RoomNews } from "../../conversation/logs/Logs.ts"
import { Store, StoreError } from "../../conversation/store/Store.ts"
import type { SeenPost } from "../../conversation/store/StoredRows.ts"
import * as StoreLimits from "../../conversation/store/StoreLimits.ts"
import { Exchange } from "../../protocol/conversation/Exchange.ts"
import type { Draft, EventChecks, EventSigner } from "../../protocol/conversation/SignedEvent.ts"
import { recordOf } from "../../protocol/conversation/Vector.ts"
import type { Crypto } from "../../security/Crypto.ts"
import * as ClusterLimits from "./ClusterLimits.ts"
import { type PostAnswer, type PostOutcome, RoomLost, type RoomMessage } from "./SiteEntities.ts"
import { SitePresence } from "./SitePresence.ts"

export interface SiteServer {
  /** The name of the site, the same at all hosts. */
  readonly server: string
  /** A signer with a new log id. */
  readonly newSigner: () => EventSigner
  readonly checks: EventChecks
}

export interface SiteRoom {
  /** `Opened` first, then what happens. Fails when the room cannot go on here, and when the host takes too little of it. */
  readonly follow: Stream.Stream<RoomMessage, RoomLost>
  /** Completes when the outcomes are on the disk. */
  readonly post: (posts: ReadonlyArray<Omit<Draft, "room">>) => Effect.Effect<PostAnswer, RoomLost>
  /** Of a host whose stream has this number, at the start of the room with this log id; otherwise nothing happens. */
  readonly setPresence: (
    from: { readonly subscription: number; readonly origin: string },
    changes: ReadonlyArray<Present>
  ) => Effect.Effect<void, RoomLost>
}

/** A room of which nothing runs before it is followed. */
export const make = (
  room: string,
  site: SiteServer
): Effect.Effect<SiteRoom, never, Store | Crypto | Scope.Scope> =>
  Effect.gen(function*() {
    const shared = yield* RcRef.make({ acquire: Effect.mapError(opened(room, site), lost) })
    return {
      follow: Stream.unwrapScoped(Effect.flatMap(RcRef.get(shared), (running) => running.follow)),
      post: (posts) => Effect.scoped(Effect.flatMap(RcRef.get(shared), (running) => running.post(posts))),
      setPresence: (from, changes) =>
        Effect.scoped(Effect.map(RcRef.get(shared), (running) => running.setPresence(from, changes)))
    }
  })

/** The value that a room has in the store while it runs somewhere: the log id of its last start. */
export const ownerKeyOf = (room: string): string => `owner of the log of ${room}`

/** A host that follows the room. */
type Subscriber = (message: RoomMessage) => void

const opened = (room: string, { checks, newSigner, server }: SiteServer) =>
  Effect.gen(function*() {
    const store = yield* Store
    const signer = newSigner()
    const { origin } = signer
    const owner = { key: ownerKeyOf(room), value: origin }
    yield* store.commit([{ _tag: "PutMeta", ...owner }])
    const exchange = new Exchange({ signer, checks, trusts: () => false, takes: () => false })
    const access = (yield* store.room(room))?.access
    if (access === undefined) {
      return yield* new StoreError({ reason: "Invalid", message: `the room ${room} has no log in the store` })
    }
    const heads = yield* store.heads(room)
    exchange.openRoom(room, access, {
      heads: Array.from(heads, ([one, head]) => ({ origin: one, ...head })),
      servers: []
    })
    yield* restorePosts(exchange, room)
    const driver = yield* ExchangeDriver.make(exchange, origin).pipe(Effect.provideService(Store, {
      ...store,
      commit: (turn) => store.commit([{ _tag: "RequireMeta", ...owner }, ...turn])
    }))
    const followed = (onNews: (news: RoomNews) => void) => ExchangeLogs.make(driver, server).follow(room, onNews)
    const posting = yield* followed(() => undefined)
    return new RunningRoom({ origin, followed, posting, failed: Effect.mapError(driver.failed, lost) })
  })

const restorePosts = (exchange: Exchange, room: string): Effect.Effect<void, StoreError, Store> =>
  Effect.gen(function*() {
    const { seen } = yield* Store
    let last: SeenPost | undefined
    do {
      const page: ReadonlyArray<SeenPost> = yield* seen(room, last)
      for (const post of page) exchange.restorePost(post)
      last = page.length < StoreLimits.pageRows ? undefined : page.at(-1)
    } while (last !== undefined)
  })

interface RunningOptions {
  readonly origin: string
  readonly followed: (onNews: (news: RoomNews) => void) => Effect.Effect<FollowedRoom, StoreError, Scope.Scope>
  readonly posting: FollowedRoom
  readonly failed: Effect.Effect<never, RoomLost>
}

/** A room at one of its starts. */
class RunningRoom {
  readonly #options: RunningOptions
  readonly #presence = new SitePresence()
  readonly #subscribers = new Map<number, Subscriber>()
  #lastSubscription = 0

  constructor(options: RunningOptions) {
    this.#options = options
  }

  get follow(): Effect.Effect<Stream.Stream<RoomMessage, RoomLost>, RoomLost, Scope.Scope> {
    const { failed, followed, origin } = this.#options
    const [presence, subscribers] = [this.#presence, this.#subscribers]
    const subscribed = Effect.acquireRelease(
      Effect.sync(() => ++this.#lastSubscription),
      (subscription) => Effect.sync(() => this.#leave(subscription))
    )
    return Effect.gen(function*() {
      const mailbox = yield* Mailbox.make<RoomMessage, RoomLost>({
        capacity: ClusterLimits.unsentMessages,
        strategy: "dropping"
      })
      const send = (message: RoomMessage): void => {
        if (!mailbox.unsafeOffer(message)) mailbox.unsafeDone(Exit.fail(behind))
      }
      let isOpen = false
      const { access, everywhere, synced } = yield* Effect.mapError(
        followed((news) => {
          if (isOpen && news._tag === "Recorded") send({ _tag: "Recorded", event: news.event })
          if (isOpen && news._tag === "Everywhere") send({ _tag: "Everywhere", vector: recordOf(news.vector) })
        }),
        lost
      )
      yield* Effect.forkScoped(Effect.catchAll(failed, (error) => mailbox.fail(error)))
      const subscription = yield* subscribed
      isOpen = true
      const vectors = { synced: recordOf(synced()), everywhere: recordOf(everywhere()) }
      send({ _tag: "Opened", origin, subscription, access: access(), ...vectors })
      const people = presence.all
      for (let at = 0; at < people.length; at += ClusterLimits.partEntries) {
        send({ _tag: "Here", people: people.slice(at, at + ClusterLimits.partEntries) })
      }
      subscribers.set(subscription, send)
      const parts = Stream.flatMap(
        Stream.chunks(Mailbox.toStream(mailbox)),
        (messages) => Stream.fromIterable(Chunk.chunksOf(messages, ClusterLimits.partMessages))
      )
      return Stream.flattenChunks(parts)
    })
  }

  post(posts: ReadonlyArray<Omit<Draft, "room">>): Effect.Effect<PostAnswer, RoomLost> {
    const { failed, origin, posting } = this.#options
    return Effect.gen(function*() {
      const outcomes = yield* Effect.forEach(posts, (post) => recorded(posting, post), { concurrency: "unbounded" })
      // A text is what the store has failed with: the room is over, and the post is repeated at another start.
      const known = outcomes.flatMap((outcome) => typeof outcome === "string" ? [] : [outcome])
      if (known.length < outcomes.length) return yield* failed
      return { outcomes: known, origin, last: posting.synced().get(origin) ?? 0 }
    })
  }

  setPresence(
    { origin, subscription }: { readonly subscription: number; readonly origin: string },
    changes: ReadonlyArray<Present>
  ): void {
    if (origin !== this.#options.origin || !this.#subscribers.has(subscription)) return
    const news = changes.flatMap((change) => this.#presence.set(subscription, change) ?? [])
    this.#tellOthers(subscription, news)
  }

  #leave(subscription: number): void {
    this.#subscribers.delete(subscription)
    const people = this.#presence.leave(subscription)
    this.#tellOthers(subscription, people.map((person) => ({ person, state: "gone" })))
  }

  #tellOthers(subscription: number, news: ReadonlyArray<Present>): void {
    const people = news.filter(({ state }) => state !== "gone")
    const gone = news.filter(({ state }) => state === "gone").map(({ person }) => person)
    for (const [id, send] of this.#subscribers) {
      if (id === subscription) continue
      if (people.length > 0) send({ _tag: "Here", people })
      if (gone.length > 0) send({ _tag: "Gone", people: gone })
    }
  }
}

/** What became of a post: a text if the store has failed. */
const recorded = (room: FollowedRoom, draft: Omit<Draft, "room">): Effect.Effect<PostOutcome | string> =>
  Effect.async((resume) => {
    try {
      room.post(draft, (result) => resume(Effect.succeed(outcomeOf(result))))
    } catch (cause) {
      resume(Effect.succeed({ _tag: "Refused", reason: `the post was refused: ${String(cause)}` }))
    }
  })

const outcomeOf = (result: PostResult): PostOutcome | string => {
  if (typeof result === "string") return result
  switch (result._tag) {
    case "Posted":
      return { _tag: "Posted" }
    case "Repeated":
      return { _tag: "Repeated", event: result.event }
    case "Full":
      return { _tag: "Full" }
  }
}

const behind = new RoomLost({ reason: "the host takes the events of the room too slowly", isPassing: true })

/** The error of a room whose store has failed. */
export const lost = ({ message, reason }: StoreError): RoomLost =>
  new RoomLost({ reason: message, isPassing: reason === "Conflict" || reason === "Unreachable" || reason === "Closed" })
