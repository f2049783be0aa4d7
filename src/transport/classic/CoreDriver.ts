/**
 * Runs one core: the turn, the deadline, the latch (docs/ARCHITECTURE.md). It knows deadlines, but no frames.
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

/** Counts of sent and received datagrams. */
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
  /** Calls a method of the core with the current time, and then runs a turn. */
  readonly command: (verb: (now: number) => void) => void
  /** Waits for deadlines and runs the turns that are due, until the core is closed. */
  readonly loop: Effect.Effect<void>
}

/**
 * Makes the driver of `core`: `transmit` sends one frame, if one is due; `afterwards` polls the core's events. `onDefect` is called
 * once, after one of them or the core has thrown, and has to close the core.
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
      // A deadline before the end of the current sleep ends the sleep; a later deadline wakes no fiber.
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
        if (hasFailed) return
        hasFailed = true
        onDefect(cause)
        // The peer gets the last frame of a closed core, if the defect permits it.
        guarded(() => undefined)
        latch.unsafeOpen()
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
