/**
 * What connections and endpoints publish, for reports, logs, traces and metrics. Publishing is synchronous and costs nothing
 * where nobody has subscribed. A subscription is bounded: its oldest events slide away, and are counted. Outcomes of
 * transfers are return values; they are never on the bus alone.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { TransportEvent } from "./TransportEvents.ts"

/** Called in the turn in which the event occurs: it must not throw and must not wait. Views in an event are valid until it returns. */
export type Listener = (event: TransportEvent) => void

export interface Subscription {
  /** The events from the subscription on, but for packets, whose bytes are valid within their turn only. */
  readonly events: Stream.Stream<TransportEvent>
  /** How many events slid away because the subscriber was slow. */
  readonly slid: () => number
}

export interface Shape {
  readonly publish: Listener
  /** Whether anybody would receive packets: they are read for the trace only then. */
  readonly isTraced: () => boolean
  /** Receives every event, packets included, until the scope closes. */
  readonly listen: (listener: Listener) => Effect.Effect<void, never, Scope.Scope>
  /** Gathers at most `capacity` events until the Stream takes them. */
  readonly subscribe: (capacity?: number) => Effect.Effect<Subscription, never, Scope.Scope>
}

/** Events that a subscription holds unless it asks for another number: those of a busy second. */
const defaultCapacity = 1024

/** A bus of its own. */
export const make = (): Shape => {
  const listeners = new Set<Listener>()
  const subscribers = new Set<Listener>()
  const publish: Listener = (event) => {
    for (const listener of listeners) listener(event)
    if (event._tag === "Packet") return
    for (const subscriber of subscribers) subscriber(event)
  }
  const added = (to: Set<Listener>, listener: Listener) =>
    Effect.acquireRelease(Effect.sync(() => void to.add(listener)), () => Effect.sync(() => void to.delete(listener)))
  return {
    publish,
    isTraced: () => listeners.size > 0,
    listen: (listener) => added(listeners, listener),
    subscribe: (capacity = defaultCapacity) =>
      Effect.gen(function*() {
        const mailbox = yield* Effect.acquireRelease(
          Mailbox.make<TransportEvent>({ capacity, strategy: "sliding" }),
          (waiting) => waiting.shutdown
        )
        let waiting = 0
        let slid = 0
        yield* added(subscribers, (event) => {
          if (waiting === capacity) slid++
          else waiting++
          mailbox.unsafeOffer(event)
        })
        const events = Stream.tap(Mailbox.toStream(mailbox), () => Effect.sync(() => void waiting--))
        return { events, slid: () => slid }
      })
  }
}

/** The bus of the transports; by default one to which nobody has subscribed. */
export class EventBus extends Context.Reference<EventBus>()("holub/EventBus", { defaultValue: make }) {}
