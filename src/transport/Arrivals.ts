/**
 * The messages or streams that a peer opens, on their way to the application. Each has one end: its handler, or it is given up.
 * So no sender waits for an application that has dropped its message.
 */
import * as Cause from "effect/Cause"
import type { Clock } from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { SessionError } from "./SessionError.ts"
import * as Timing from "./Timing.ts"
import * as TransportLimits from "./TransportLimits.ts"

/** Runs a handler for each arrival, until no more can come. A SessionError of a handler is of its arrival alone: it is ignored. */
export type Serve<A> = <R>(
  handle: (arrival: A) => Effect.Effect<unknown, SessionError, R>
) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>

export interface Options<A> {
  /** Arrivals that wait for a handler; a further one is refused. */
  readonly capacity: number
  /** Handlers at the same time. */
  readonly concurrency: number
  /** Informs the sender. No effect on an arrival that its handler has answered. */
  readonly giveUp: (arrival: A) => Effect.Effect<void>
}

interface Waiting<A> {
  readonly arrival: A
  /** The time at which it is given up unless a server runs, in milliseconds. */
  expiresAt: number
}

export const make = <A>(options: Options<A>): Effect.Effect<Arrivals<A>> =>
  Effect.zipWith(Effect.runtime<never>(), Effect.clock, (runtime, clock) => new Arrivals(options, runtime, clock))

/** The arrivals of one session. */
export class Arrivals<A> {
  readonly #options: Options<A>
  readonly #runtime: Runtime.Runtime<never>
  readonly #clock: Clock
  readonly #waiting: Array<Waiting<A>> = []
  /** Open while something waits, or nothing more can come. */
  readonly #changed = Effect.unsafeMakeLatch(false)
  #servers = 0
  #hasEnded = false
  #expiring: Fiber.RuntimeFiber<unknown> | undefined

  constructor(options: Options<A>, runtime: Runtime.Runtime<never>, clock: Clock) {
    this.#options = options
    this.#runtime = runtime
    this.#clock = clock
  }

  /** Adds an arrival; false if there is no room for it. Synchronous, for a turn. */
  offer(arrival: A): boolean {
    if (this.#hasEnded || this.#waiting.length >= this.#options.capacity) return false
    this.#waiting.push({ arrival, expiresAt: this.#now() + TransportLimits.untakenMillis })
    this.#changed.unsafeOpen()
    this.#expireUnlessServed()
    return true
  }

  /** The session is over: a server handles what waits, and then ends. */
  end(): void {
    this.#hasEnded = true
    if (this.#servers === 0) this.#waiting.length = 0
    this.#stopExpiring()
    this.#changed.unsafeOpen()
  }

  /**
   * Runs `handle` for each arrival, in a fiber and a scope of its own, until the session is over and all handlers have ended. An
   * arrival that is not answered when its handler ends is given up. A failure or a defect of a handler ends no other.
   */
  readonly serve: Serve<A> = (handle) => {
    const { concurrency, giveUp } = this.#options
    return Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const running = new Set<Fiber.RuntimeFiber<void>>()
        const permits = Effect.unsafeMakeSemaphore(concurrency)
        const handled = (arrival: A) =>
          restore(Effect.scoped(handle(arrival))).pipe(
            Effect.catchAllCause((cause) => Cause.isDie(cause) ? Effect.logError(handlerFailed, cause) : Effect.void),
            Effect.zipRight(giveUp(arrival)),
            Effect.zipRight(permits.release(1)),
            Effect.asVoid
          )
        /** Begins the next handler; false when no arrival can come. */
        const next = Effect.zipRight(
          restore(Effect.zipRight(permits.take(1), this.#changed.await)),
          Effect.suspend(() => {
            const waiting = this.#waiting.shift()
            if (waiting === undefined) return Effect.as(permits.release(1), this.#sleepUnlessEnded())
            return Effect.map(Effect.forkDaemon(handled(waiting.arrival)), (fiber) => {
              running.add(fiber)
              fiber.addObserver(() => running.delete(fiber))
              return true
            })
          })
        )
        this.#servers++
        this.#stopExpiring()
        return Effect.repeat(next, { while: (goesOn) => goesOn }).pipe(
          Effect.zipRight(restore(permits.take(concurrency))),
          Effect.ensuring(Effect.suspend(() => {
            this.#servers--
            for (const waiting of this.#waiting) waiting.expiresAt = this.#now() + TransportLimits.untakenMillis
            this.#expireUnlessServed()
            return Fiber.interruptAll(running)
          })),
          Effect.asVoid
        )
      })
    )
  }

  #now(): number {
    return Timing.nanosToMillis(this.#clock.unsafeCurrentTimeNanos())
  }

  #sleepUnlessEnded(): boolean {
    if (!this.#hasEnded) this.#changed.unsafeClose()
    return !this.#hasEnded
  }

  /** Gives up arrivals that wait too long, while no server runs. */
  #expireUnlessServed(): void {
    if (this.#servers > 0 || this.#waiting.length === 0 || this.#hasEnded || this.#expiring !== undefined) return
    /** Gives up one arrival, and returns the time of the next. */
    const due = Effect.uninterruptible(Effect.suspend(() => {
      const [first] = this.#waiting
      if (first === undefined) this.#expiring = undefined
      if (first === undefined || first.expiresAt > this.#now()) return Effect.succeed(first?.expiresAt ?? Infinity)
      this.#waiting.shift()
      return Effect.as(this.#options.giveUp(first.arrival), -Infinity)
    }))
    this.#expiring = Runtime.runFork(this.#runtime)(
      Effect.repeat(due, Schedule.whileOutput(Timing.untilDeadline, (at) => at < Infinity))
    )
  }

  #stopExpiring(): void {
    this.#expiring?.unsafeInterruptAsFork(this.#expiring.id())
    this.#expiring = undefined
  }
}

const handlerFailed = "the handler of a message has failed; the message is given up, and others continue"
