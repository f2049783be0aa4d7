/**
 * Drives one core: the turn, the deadline, the latch (docs/ARCHITECTURE.md). It knows when to run a core and nothing of
 * what the core says.
 */
import * as Effect from "effect/Effect"
import type { Fill } from "../../net/Socket.ts"
import * as Timing from "../Timing.ts"

/** A state machine without I/O; times are milliseconds of the monotonic clock. */
export interface Core {
  readonly handleDatagrams: (batch: ReadonlyArray<Uint8Array>, now: number) => void
  readonly handleTimeout: (now: number) => void
  readonly pollTransmit: (target: Uint8Array, now: number) => number
  readonly deadline: number
  readonly isClosed: boolean
}

/** Datagrams that went and came. */
export interface Traffic {
  sentPackets: number
  sentBytes: number
  receivedPackets: number
  receivedBytes: number
}

export interface CoreDriver {
  readonly traffic: Readonly<Traffic>
  /** One synchronous turn: input, transmit, events, deadline. */
  readonly run: (batch?: ReadonlyArray<Uint8Array>) => void
  /** Runs a plain verb of the core, with the time, and then a turn. */
  readonly command: (verb: (now: number) => void) => void
  /** Waits for deadlines and runs the turns that are due, until the core is closed. */
  readonly loop: Effect.Effect<void>
}

/**
 * Drives `core`: `transmit` sends the frames that are due, `afterwards` emits the events of the core. When one of them or the core
 * has thrown, `onDefect` is called, once: it has to close the core.
 */
export const make = (
  core: Core,
  transmit: (fill: Fill) => boolean,
  afterwards: () => void,
  onDefect: (cause: unknown) => void
): Effect.Effect<CoreDriver> =>
  Effect.map(Effect.clock, (clock) => {
    const latch = Effect.unsafeMakeLatch(false)
    let now = 0
    let sleepsUntil = -Infinity
    const traffic: Traffic = { sentPackets: 0, sentBytes: 0, receivedPackets: 0, receivedBytes: 0 }
    const fill: Fill = (target) => {
      const length = core.pollTransmit(target, now)
      if (length > 0) {
        traffic.sentPackets++
        traffic.sentBytes += length
      }
      return length
    }
    const finish = (): void => {
      if (now >= core.deadline) core.handleTimeout(now)
      while (transmit(fill));
      afterwards()
      // A deadline earlier than the one slept for ends the sleep; later ones wake nobody.
      if (core.deadline < sleepsUntil || core.isClosed) latch.unsafeOpen()
    }
    const read = (): number => Timing.nanosToMillis(clock.unsafeCurrentTimeNanos())
    let hasFailed = false
    /** A defect ends this core and no other. What fails because of it changes nothing any more. */
    const guarded = (verb: () => void): void => {
      now = read()
      try {
        verb()
        finish()
      } catch (cause) {
        if (!hasFailed) {
          hasFailed = true
          onDefect(cause)
        }
        if (core.isClosed) latch.unsafeOpen()
      }
    }
    const run = (batch?: ReadonlyArray<Uint8Array>): void =>
      guarded(() => {
        if (batch === undefined) return
        for (const { length } of batch) {
          traffic.receivedPackets++
          traffic.receivedBytes += length
        }
        core.handleDatagrams(batch, now)
      })
    const command = (verb: (now: number) => void): void => guarded(() => verb(now))
    const turn = Effect.sync(() => {
      latch.unsafeClose()
      sleepsUntil = -Infinity
      run()
      sleepsUntil = core.deadline
      return sleepsUntil
    })
    const loop = turn.pipe(
      Effect.repeat(Timing.untilDeadline),
      Effect.raceFirst(latch.await),
      Effect.repeat({ until: () => core.isClosed }),
      Effect.asVoid
    )
    return { traffic, run, command, loop }
  })
