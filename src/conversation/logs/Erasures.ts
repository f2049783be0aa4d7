/**
 * Erases the texts of events that a person has removed, if that person may: salt and body go from the store, their hashes and signatures
 * stay (docs/PROTOCOL.md, conversations §2). The edits of a removed post go with it.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Event } from "../../protocol/conversation/Event.ts"
import { saidIn } from "../../protocol/conversation/LoggedEvent.ts"
import * as PostRules from "../../protocol/conversation/PostRules.ts"
import { PowerHistory } from "../../protocol/conversation/PowerHistory.ts"
import { keyOfRef } from "../../protocol/conversation/TimelineLine.ts"
import * as LinkLimits from "../links/LinkLimits.ts"
import type { Shape as Store, StoreError } from "../store/Store.ts"
import type { Write } from "../store/StoreWrites.ts"
import * as WholeLog from "../store/WholeLog.ts"

/** Returns a function that takes each event that is on the disk. Erases until the scope closes. A store that fails ends its server by itself. */
export const make = (store: Store): Effect.Effect<(event: Event) => void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const removals = yield* Queue.dropping<Event>(LinkLimits.waitingErasures)
    /** Removals that came before what they remove, by its identity. */
    const early = new Map<string, Event>()
    const one = (removal: Event) =>
      Effect.ignore(Effect.map(erased(store, removal), (isThere) => {
        if (isThere || removal.re === undefined) return
        early.set(identityOf(removal.room, removal.re), removal)
        const [oldest = ""] = early.keys()
        if (early.size > LinkLimits.waitingErasures) early.delete(oldest)
      }))
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(removals), one)))
    return (event) => {
      if (event.kind === "removed") return void removals.unsafeOffer(event)
      if (early.size === 0) return
      const key = identityOf(event.room, event)
      const removal = early.get(key)
      if (removal !== undefined && early.delete(key)) removals.unsafeOffer(removal)
    }
  })

/** Whether the event that is to be removed is there. It is erased if its remover may do that. */
const erased = (store: Store, removal: Event): Effect.Effect<boolean, StoreError> =>
  Effect.gen(function*() {
    const { author, re, room, time } = removal
    const said = saidIn(removal)
    if (re === undefined || said === undefined) return true
    const about = yield* store.event(room, re)
    if (about === undefined) return false
    const powers = about.author === author ? PowerHistory.of(room) : yield* powersOf(store, room)
    if (PostRules.refusalOf(powers.before(removal), { about, author, said }, time) !== undefined) return true
    const edits = (yield* store.about(room, re)).filter(({ kind }) => kind === "edited")
    const writes = [about, ...edits].map(({ origin, seq }): Write => ({ _tag: "Erase", room, origin, seq }))
    yield* store.commit(writes)
    return true
  })

/** The powers of a room, which follow from all events of its log. */
const powersOf = (store: Store, room: string): Effect.Effect<PowerHistory, StoreError> =>
  Effect.suspend(() => {
    let history = PowerHistory.of(room)
    const add = (events: ReadonlyArray<Event>): void => {
      for (const event of events) history = history.add(event)
    }
    return Effect.map(WholeLog.read(store, room, add), () => history)
  })

const identityOf = (room: string, ref: Pick<Event, "origin" | "seq">): string => JSON.stringify([room, keyOfRef(ref)])
