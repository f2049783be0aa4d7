/**
 * What connections and endpoints publish, for reports, logs, traces and metrics. Publishing is synchronous and costs nothing
 * without subscribers. A subscription is bounded: its oldest events slide away, and are counted. Outcomes of transfers are
 * return values; they are never on the bus alone.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LastingEvent, Packet, TransportEvent } from "./TransportEvents.ts"

/**
 * Called in the turn in which the event occurs: it must not wait. What it throws is logged by the Logger of its subscriber, and
 * changes nothing for the transport and for other listeners.
 */
export type Listener<Event> = (event: Event) => void

export interface Subscription {
  /** The events since the subscription, without packets; it ends with them after the scope has closed. */
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
  /** Gathers at most `capacity` events that are wanted, without packets, until the Stream takes them. Default: 1,024, all events. */
  readonly subscribe: (
    capacity?: number,
    isWanted?: (event: LastingEvent) => boolean
  ) => Effect.Effect<Subscription, never, Scope.Scope>
}

/** Events that a subscription holds by default: those of a busy second. */
const defaultCapacity = 1024

/** A bus of its own. */
export const make = (): Shape => {
  const tracers = new Set<Listener<Packet>>()
  const listeners = new Set<Listener<LastingEvent>>()
  const added = <Event>(to: Set<Listener<Event>>, listener: Listener<Event>) =>
    Effect.flatMap(Effect.runtime<never>(), (runtime) => {
      const guarded: Listener<Event> = (event) => {
        try {
          listener(event)
        } catch (thrown) {
          Runtime.runFork(runtime)(Effect.logError("a listener of the EventBus failed", Cause.die(thrown)))
        }
      }
      const adding = Effect.sync(() => void to.add(guarded))
      return Effect.acquireRelease(adding, () => Effect.sync(() => void to.delete(guarded)))
    })
  return {
    publish: (event) => {
      if (event._tag === "Packet") { for (const tracer of tracers) tracer(event) }
      else for (const listener of listeners) listener(event)
    },
    isTraced: () => tracers.size > 0,
    trace: (listener) => added(tracers, listener),
    listen: (listener) => added(listeners, listener),
    subscribe: (capacity = defaultCapacity, isWanted = () => true) =>
      Effect.gen(function*() {
        const mailbox = yield* Effect.acquireRelease(
          Mailbox.make<LastingEvent>({ capacity, strategy: "sliding" }),
          // What waits can still be taken.
          (waiting) => waiting.end
        )
        let slid = 0
        yield* added(listeners, (event) => {
          if (!isWanted(event)) return
          if (Option.getOrElse(mailbox.unsafeSize(), () => 0) >= capacity) slid++
          mailbox.unsafeOffer(event)
        })
        return { events: Mailbox.toStream(mailbox), slid: () => slid }
      })
  }
}

/** The bus of the transports; by default one of the whole process. */
export class EventBus extends Context.Reference<EventBus>()("holub/EventBus", { defaultValue: make }) {}
