/**
 * What connections and endpoints publish, for reports, logs, traces and metrics. Publishing is synchronous and costs nothing
 * without subscribers. A subscription is bounded: its oldest events slide away, and are counted. Outcomes of transfers are
 * return values; they are never on the bus alone.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LastingEvent, Packet, TransportEvent } from "./TransportEvents.ts"

/** Called in the turn in which the event occurs: it must not throw and must not wait. */
export type Listener<Event> = (event: Event) => void

export interface Subscription {
  /** The events since the subscription, without packets. */
  readonly events: Stream.Stream<LastingEvent>
  /** The number of events that slid away because the subscriber was slow. */
  readonly slid: () => number
}

export interface Shape {
  readonly publish: Listener<TransportEvent>
  /** Whether there is a listener for packets: transports read them for the trace only then. */
  readonly isTraced: () => boolean
  /** Receives packets, whose bytes are valid until the listener returns, until the scope closes. */
  readonly trace: (listener: Listener<Packet>) => Effect.Effect<void, never, Scope.Scope>
  /** Receives every event but packets, until the scope closes. */
  readonly listen: (listener: Listener<LastingEvent>) => Effect.Effect<void, never, Scope.Scope>
  /** Gathers at most `capacity` events, without packets, until the Stream takes them. */
  readonly subscribe: (capacity?: number) => Effect.Effect<Subscription, never, Scope.Scope>
}

/** Events that a subscription holds by default: those of a busy second. */
const defaultCapacity = 1024

/** A bus of its own. */
export const make = (): Shape => {
  const tracers = new Set<Listener<Packet>>()
  const listeners = new Set<Listener<LastingEvent>>()
  const added = <Event>(to: Set<Listener<Event>>, listener: Listener<Event>) =>
    Effect.acquireRelease(Effect.sync(() => void to.add(listener)), () => Effect.sync(() => void to.delete(listener)))
  return {
    publish: (event) => {
      if (event._tag === "Packet") { for (const tracer of tracers) tracer(event) }
      else for (const listener of listeners) listener(event)
    },
    isTraced: () => tracers.size > 0,
    trace: (listener) => added(tracers, listener),
    listen: (listener) => added(listeners, listener),
    subscribe: (capacity = defaultCapacity) =>
      Effect.gen(function*() {
        const mailbox = yield* Effect.acquireRelease(
          Mailbox.make<LastingEvent>({ capacity, strategy: "sliding" }),
          (waiting) => waiting.shutdown
        )
        let waiting = 0
        let slid = 0
        yield* added(listeners, (event) => {
          if (waiting === capacity) slid++
          else waiting++
          mailbox.unsafeOffer(event)
        })
        const events = Stream.tap(Mailbox.toStream(mailbox), () => Effect.sync(() => void waiting--))
        return { events, slid: () => slid }
      })
  }
}

/** The bus of the transports; by default one of the whole process. */
export class EventBus extends Context.Reference<EventBus>()("holub/EventBus", { defaultValue: make }) {}
