/**
 * Reports what listeners drop and refuse, as `dropped` events: at most one in ten seconds for each listener, and none while
 * nothing is dropped. A flood of datagrams is visible in this way without a line for each.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Shape as EventBus } from "../../telemetry/EventBus.ts"
import type { LastingEvent, ListenerOpened } from "../../telemetry/TransportEvents.ts"
import * as Timing from "../../transport/Timing.ts"
import type { EventOf, Report } from "./Report.ts"

/** The interval of the readings, and the least interval of two events of one listener, in milliseconds. */
const readMillis = 1000
const reportMillis = 10_000

type DroppedEvent = EventOf<"dropped">
type Counters = Readonly<Record<string, number>>

/** The drops of one listener that are not reported yet. */
class Unreported {
  readonly #listener: ListenerOpened
  #reported: Counters = {}
  /** The beginning of the period of the next event. */
  #since: number
  #reportedAt = -Infinity

  constructor(listener: ListenerOpened, now: number) {
    this.#listener = listener
    this.#since = now
  }

  /** The event of the period until `now` (milliseconds); undefined if nothing was dropped, or the last one is too recent. */
  take(now: number, isEnding: boolean): DroppedEvent | undefined {
    const counters = this.#listener.counters()
    const reasons = Object.fromEntries(
      Object.entries(counters).flatMap(([reason, number]) => {
        const more = number - (this.#reported[reason] ?? 0)
        return more > 0 ? [[reason, more]] : []
      })
    )
    const total = Object.values(reasons).reduce((sum, more) => sum + more, 0)
    if (total === 0) {
      this.#since = now
      return undefined
    }
    if (!isEnding && now - this.#reportedAt < reportMillis) return undefined
    const durationMillis = now - this.#since
    this.#reported = { ...counters }
    this.#since = now
    this.#reportedAt = now
    return { type: "dropped", wire: this.#listener.wire, total, reasons, durationMillis }
  }
}

/** Reports the drops of the listeners that open from now on, until the scope closes. */
export const reported = (
  bus: Pick<EventBus, "listen">,
  emit: Report["emit"]
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const now = yield* Timing.monotonic
    const open = new Map<number, Unreported>()
    /** The last events of listeners that have closed. */
    let last: Array<DroppedEvent> = []
    const onEvent = (event: LastingEvent): void => {
      if (event._tag === "ListenerOpened") open.set(event.id, new Unreported(event, now()))
      if (event._tag !== "ListenerClosed") return
      const dropped = open.get(event.id)?.take(now(), true)
      open.delete(event.id)
      if (dropped !== undefined) last.push(dropped)
    }
    const report = (isEnding: boolean): Effect.Effect<void> =>
      Effect.suspend(() => {
        const events = [...last, ...Array.from(open.values(), (listener) => listener.take(now(), isEnding))]
        last = []
        return Effect.forEach(events, (event) => event === undefined ? Effect.void : emit(event), { discard: true })
      })
    yield* Effect.addFinalizer(() => report(true))
    yield* bus.listen(onEvent)
    yield* Effect.forkScoped(Effect.interruptible(Effect.schedule(report(false), Schedule.spaced(readMillis))))
  })
