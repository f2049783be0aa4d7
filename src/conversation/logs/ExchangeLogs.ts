/** The logs of the rooms of a server on the exchange of this process. */
import * as Effect from "effect/Effect"
import type { Event } from "../../protocol/conversation/Event.ts"
import type { ExchangeEvent } from "../../protocol/conversation/ExchangeEvent.ts"
import type { Presence } from "../../protocol/conversation/Presences.ts"
import type { Draft } from "../../protocol/conversation/SignedEvent.ts"
import { keyOfRef } from "../../protocol/conversation/TimelineLine.ts"
import { emptyVector, hasEvent } from "../../protocol/conversation/Vector.ts"
import type { ExchangeDriver } from "../links/ExchangeDriver.ts"
import type { PostResult, Present, RoomNews, Shape } from "./Logs.ts"

/** `server` is the name of this server. */
export const make = (driver: ExchangeDriver, server: string): Shape => {
  const { exchange } = driver
  const watchers = new Set<(room: string) => void>()
  const followers = new Set<Follower>()
  return {
    server,
    rooms: exchange.rooms,
    make: (room, access) =>
      Effect.sync(() => {
        if (exchange.roomOf(room) !== undefined) return
        driver.makeRoom(room, access)
        for (const watcher of watchers) watcher(room)
      }),
    follow: (room, onNews) =>
      Effect.gen(function*() {
        const view = () => {
          const found = exchange.roomOf(room)
          if (found === undefined) throw new Error(`there is no room ${room}`)
          return found
        }
        view()
        const follower = new Follower(driver, room, onNews)
        yield* Effect.acquireRelease(
          Effect.sync(() => void followers.add(follower)),
          () => Effect.sync(() => void followers.delete(follower))
        )
        yield* driver.listen((event) => follower.onEvent(event))
        yield* Effect.forkScoped(
          Effect.catchAll(driver.failed, ({ message }) => Effect.sync(() => follower.fail(message)))
        )
        return {
          room,
          access: () => view().access,
          synced: () => view().synced,
          everywhere: () => view().everywhere,
          present: () => exchange.presences.filter((presence) => presence.room === room).map(presentOf),
          post: (draft, done) => follower.post(draft, done),
          setPresence: ({ person, state }) => {
            driver.setPresence({ room, person, state })
            for (const one of followers) one.onPresence(room, { person, state })
          }
        }
      }),
    onRoom: (onRoom) =>
      Effect.zipRight(
        Effect.acquireRelease(
          Effect.sync(() => void watchers.add(onRoom)),
          () => Effect.sync(() => void watchers.delete(onRoom))
        ),
        driver.listen((event) => {
          if (event._tag === "RoomTaken") onRoom(event.room)
        })
      )
  }
}

/** One follower of a room: what happens in it, and the posts of the follower that are not on the disk yet. */
class Follower {
  readonly #driver: ExchangeDriver
  readonly #room: string
  readonly #onNews: (news: RoomNews) => void
  readonly #waiting = new Map<string, Array<(failure?: string) => void>>()
  #failure: string | undefined

  constructor(driver: ExchangeDriver, room: string, onNews: (news: RoomNews) => void) {
    this.#driver = driver
    this.#room = room
    this.#onNews = onNews
  }

  post(draft: Omit<Draft, "room">, done: (result: PostResult) => void): void {
    if (this.#failure !== undefined) return done(this.#failure)
    const posted = this.#driver.post({ ...draft, room: this.#room })
    const ref = posted._tag === "Full" ? undefined : posted.event
    // A post that is repeated while its first copy is being written waits for that one.
    if (ref === undefined || hasEvent(this.#driver.exchange.roomOf(this.#room)?.synced ?? emptyVector, ref)) {
      return done(posted)
    }
    const key = keyOfRef(ref)
    this.#waiting.set(key, [...this.#waiting.get(key) ?? [], (failure) => done(failure ?? posted)])
  }

  fail(reason: string): void {
    this.#failure = reason
    const waiting = Array.from(this.#waiting.values()).flat()
    this.#waiting.clear()
    for (const done of waiting) done(reason)
    this.#onNews({ _tag: "Failed", reason })
  }

  onPresence(room: string, present: Present): void {
    if (room === this.#room) this.#onNews({ _tag: "Presence", present })
  }

  onEvent(event: ExchangeEvent): void {
    switch (event._tag) {
      case "Recorded":
        return this.#onRecorded(event.event)
      case "Everywhere":
        if (event.room === this.#room) this.#onNews({ _tag: "Everywhere", vector: event.vector })
        return
      case "PresenceChanged":
        return this.onPresence(event.presence.room, presentOf(event.presence))
      case "PresencesOver":
        return this.#onGone(event.presences, undefined)
      case "LinkEnded":
        return this.#onGone(event.presences, event.server)
      case "RoomTaken":
      case "ServerJoined":
        return
    }
  }

  #onRecorded(event: Event): void {
    if (event.room !== this.#room) return
    this.#onNews({ _tag: "Recorded", event })
    const key = keyOfRef(event)
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.delete(key)
    for (const done of waiting) done()
  }

  #onGone(presences: ReadonlyArray<Presence>, server: string | undefined): void {
    const people = presences.filter(({ room }) => room === this.#room).map(({ person }) => person)
    if (people.length > 0 || server !== undefined) this.#onNews({ _tag: "Gone", people, server })
  }
}

const presentOf = ({ person, state }: Present): Present => ({ person, state })
