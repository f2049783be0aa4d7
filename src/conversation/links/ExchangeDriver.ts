/**
 * Runs an Exchange on a store, a clock and the streams of its links. Each input is a synchronous turn: input, events, writes, reads,
 * messages, deadline. One fiber writes: what is recorded while a transaction runs is in the next one.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type { Event } from "../../protocol/conversation/Event.ts"
import type { Exchange } from "../../protocol/conversation/Exchange.ts"
import type { ExchangeEvent, Posted } from "../../protocol/conversation/ExchangeEvent.ts"
import type { LinkEnd, RoomAccess } from "../../protocol/conversation/LinkedRooms.ts"
import type { LinkMessage } from "../../protocol/conversation/LinkMessage.ts"
import type { PageRequest } from "../../protocol/conversation/OrderedEvents.ts"
import type { Presence } from "../../protocol/conversation/Presences.ts"
import type { Draft } from "../../protocol/conversation/SignedEvent.ts"
import type { Stored } from "../../protocol/conversation/WriteQueue.ts"
import { Crypto } from "../../security/Crypto.ts"
import * as Alarm from "../../transport/Alarm.ts"
import * as Timing from "../../transport/Timing.ts"
import { Store, type StoreError } from "../store/Store.ts"
import type { Write } from "../store/StoreWrites.ts"
import * as ExchangeTurns from "./ExchangeTurns.ts"

/** A link as its stream serves it. */
export interface LinkPort {
  /** There may be messages to send, or room to receive. */
  readonly wake: () => void
  /** The link has ended: what `nextMessage` still has is sent, then the session ends. */
  readonly onEnd: (end: LinkEnd) => void
}

export interface ExchangeDriver {
  readonly exchange: Pick<Exchange, "rooms" | "roomOf" | "presences" | "isFull">
  /** Records a post, which is on the disk when the event `Recorded` follows. */
  readonly post: (draft: Draft) => Posted
  /** Opens a room that is new here. */
  readonly makeRoom: (room: string, access: RoomAccess) => void
  readonly setPresence: (presence: Presence) => void
  /** Calls `listener` with each event of the exchange, in the turn in which it happens, until the scope closes. */
  readonly listen: (listener: (event: ExchangeEvent) => void) => Effect.Effect<void, never, Scope.Scope>
  /** Begins a link with a server; returns its id. */
  readonly openLink: (server: string, port: LinkPort) => number
  readonly receive: (link: number, message: LinkMessage) => void
  readonly refuse: (link: number, reason: string) => void
  readonly nextMessage: (link: number) => LinkMessage | undefined
  /** The session of a link is over. */
  readonly closeLink: (link: number, text: string) => void
  /** Fails when the store does: what was recorded since is not on the disk, so the server must end. */
  readonly failed: Effect.Effect<never, StoreError>
}

/** Bytes of the salt of an event. */
const saltBytes = 16

/** Runs an exchange, whose events have the origin `own`, until the scope closes. */
export const make = (
  exchange: Exchange,
  own: string
): Effect.Effect<ExchangeDriver, never, Store | Crypto | Scope.Scope> =>
  Effect.gen(function*() {
    const store = yield* Store
    const { random } = yield* Crypto
    const now = yield* Timing.monotonic
    const makeAlarm = yield* Alarm.make
    const fork = yield* FiberSet.makeRuntime<never>()
    const failure = yield* Deferred.make<never, StoreError>()
    const hasWrites = Effect.unsafeMakeLatch(false)
    const listeners = new Set<(event: ExchangeEvent) => void>()
    const ports = new Map<number, LinkPort>()
    let rooms: Array<Write> = []
    let events: Array<Stored> = []
    let lastLink = 0
    let isBusy = false

    const floorOf = ({ origin, room }: Event): number => exchange.roomOf(room)?.floors.get(origin) ?? 0
    const read = (link: number, room: string, { after, beyond, limit }: PageRequest): void => {
      fork(Effect.matchEffect(store.after(room, beyond, limit, after), {
        onFailure: (error) => Deferred.fail(failure, error),
        onSuccess: (page) => Effect.sync(() => turn(() => exchange.onPage(link, room, page)))
      }))
    }

    const tell = (event: ExchangeEvent): void => {
      if (event._tag === "RoomTaken") rooms.push(ExchangeTurns.putRoom(event.room, event.access))
      if (event._tag === "LinkEnded") ports.get(event.link)?.onEnd(event.end)
      for (const listener of listeners) listener(event)
    }

    /** A listener may cause an input: it is part of this turn. */
    const turn = (input: () => void): void => {
      input()
      if (isBusy) return
      isBusy = true
      for (let told = exchange.pollEvents(); told.length > 0; told = exchange.pollEvents()) told.forEach(tell)
      isBusy = false
      events.push(...exchange.pollStore())
      if (rooms.length + events.length > 0) hasWrites.unsafeOpen()
      for (const { link, request, room } of exchange.pollReads()) read(link, room, request)
      for (const port of ports.values()) port.wake()
      alarm.set(exchange.deadline)
    }
    const alarm = makeAlarm(now, () => turn(() => exchange.handleTimeout(now())))

    const writeOnce: Effect.Effect<void, StoreError> = Effect.suspend(() => {
      hasWrites.unsafeClose()
      const turns = ExchangeTurns.turnsOf(rooms, events, own, floorOf)
      ;[rooms, events] = [[], []]
      return Effect.forEach(
        turns,
        ({ last, writes }) => Effect.map(store.commit(writes), () => turn(() => exchange.synced(last))),
        { discard: true }
      )
    })
    yield* Effect.forkScoped(
      Effect.catchAll(
        Effect.forever(Effect.zipRight(hasWrites.await, writeOnce)),
        (error) => Deferred.fail(failure, error)
      )
    )
    yield* Effect.addFinalizer(() => Effect.sync(() => alarm.set(Infinity)))
    turn(() => undefined)

    return {
      exchange,
      post: (draft) => {
        let posted: Posted = { _tag: "Full" }
        turn(() => {
          posted = exchange.post(draft, random(saltBytes))
        })
        return posted
      },
      makeRoom: (room, access) =>
        turn(() => {
          rooms.push(ExchangeTurns.putRoom(room, access))
          exchange.openRoom(room, access)
        }),
      setPresence: (presence) => turn(() => exchange.setPresence(presence, now())),
      listen: (listener) =>
        Effect.acquireRelease(
          Effect.sync(() => void listeners.add(listener)),
          () => Effect.sync(() => void listeners.delete(listener))
        ),
      openLink: (server, port) => {
        const id = ++lastLink
        ports.set(id, port)
        turn(() => exchange.openLink(id, server, now()))
        return id
      },
      receive: (link, message) => turn(() => exchange.receive(link, message, now())),
      refuse: (link, reason) => turn(() => exchange.refuse(link, reason)),
      nextMessage: (link) => exchange.nextMessage(link),
      closeLink: (link, text) => {
        turn(() => exchange.closeLink(link, text))
        ports.delete(link)
      },
      failed: Deferred.await(failure)
    }
  })
