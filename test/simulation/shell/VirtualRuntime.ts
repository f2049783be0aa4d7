/**
 * Runs Effect in virtual time, with a clock and a first-in-first-out scheduler on a host of the simulation. A whole
 * shell thus runs synchronously and deterministically, and is paused and crashes with its host.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { RuntimeFiber } from "effect/Fiber"
import type { Scheduler } from "effect/Scheduler"
import * as Supervisor from "effect/Supervisor"
import { digestAtOnce } from "../../digestAtOnce.ts"
import type { Runtime } from "../Host.ts"

/** A promise-like value that runs `act` after `millis` of virtual time and resolves to its result. */
export const later = <A>(runtime: Runtime, millis: number, act: () => A): Promise<A> => {
  const thenable: PromiseLike<A> = {
    then: (succeed, fail) => {
      runtime.after(millis, () => {
        try {
          succeed?.(act())
        } catch (cause) {
          fail?.(cause)
        }
      })
      return thenable as never
    }
  }
  return thenable as Promise<A>
}

// A bundle drops an import without names, since package.json declares that modules have no side effects.
digestAtOnce()

/** Operations of one fiber before other fibers run. */
const maxOperationsPerTurn = 2048

/** Effect's runtime on one host. */
export class VirtualRuntime {
  readonly #runtime: Runtime
  readonly #supervisor = Supervisor.unsafeTrack()
  readonly #tasks: Array<() => void> = []
  #isScheduled = false
  #lastNanos = 0
  /** The offset of the wall clock from the virtual time. */
  wallClockMillis = 0

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  /** Starts a program; `exited` is called with its exit. */
  fork<A, E>(program: Effect.Effect<A, E>, exited: (exit: Exit.Exit<A, E>) => void): RuntimeFiber<A, E> {
    const fiber = Effect.runFork(
      program.pipe(Effect.withClock(this.#clock), Effect.supervised(this.#supervisor)),
      { scheduler: this.#scheduler }
    )
    fiber.addObserver(exited)
    return fiber
  }

  /** Interrupts a fiber without waiting for its end. */
  interrupt(fiber: RuntimeFiber<unknown, unknown>): void {
    Effect.runFork(Fiber.interruptFork(fiber), { scheduler: this.#scheduler })
  }

  /** The number of fibers that have not ended. */
  get fibers(): number {
    return Effect.runSync(this.#supervisor.value).length
  }

  readonly #scheduler: Scheduler = {
    shouldYield: (fiber) => fiber.currentOpCount > maxOperationsPerTurn ? 0 : false,
    scheduleTask: (task) => {
      this.#tasks.push(task)
      if (this.#isScheduled) return
      this.#isScheduled = true
      this.#runtime.after(0, () => this.#runTasks())
    }
  }

  readonly #clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => this.#wallClock(),
    unsafeCurrentTimeNanos: () => this.#nanos(),
    currentTimeMillis: Effect.sync(() => this.#wallClock()),
    currentTimeNanos: Effect.sync(() => this.#nanos()),
    sleep: (duration) =>
      Effect.async<void>((resume) => {
        const millis = Duration.toMillis(duration)
        if (millis === Infinity) return
        let isAwaited = true
        this.#runtime.after(millis, () => {
          if (isAwaited) resume(Effect.void)
        })
        return Effect.sync(() => {
          isAwaited = false
        })
      })
  }

  #wallClock(): number {
    return Math.floor(this.#runtime.now() + this.wallClockMillis)
  }

  /** Each read of the clock advances it by a nanosecond, so that a loop that waits for less than a millisecond ends. */
  #nanos(): bigint {
    this.#lastNanos = Math.max(this.#lastNanos + 1, Math.round(this.#runtime.now() * 1e6))
    return BigInt(this.#lastNanos)
  }

  #runTasks(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task()
    this.#isScheduled = false
  }
}
