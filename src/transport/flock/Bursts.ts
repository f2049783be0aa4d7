/**
 * Sessions of this process that open or close at the same time do so in batches, one in each turn of the event loop. A thousand first or
 * last datagrams at once are more than a kernel buffers for a server: it would learn of a tenth of them, and keep the closed sessions
 * until their idle timeout.
 */
import * as Effect from "effect/Effect"
import * as TransportLimits from "../TransportLimits.ts"

/** Lets effects through one after another, in the order of their calls, with a turn of the event loop after each batch. */
export class Gate {
  readonly #batch: number
  #isTaken = false
  #passed = 0
  /** Each opens when it is the next. Effect's semaphore is not used: each release would wake all of a thousand. */
  readonly #waiting = new Set<Effect.Latch>()

  constructor(batch: number) {
    this.#batch = batch
  }

  /** The wait is interruptible, unless the caller is not. */
  through<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const turn = Effect.unsafeMakeLatch(!this.#isTaken)
        if (this.#isTaken) this.#waiting.add(turn)
        this.#isTaken = true
        return restore(turn.await).pipe(
          Effect.onError(() => this.#waiting.delete(turn) ? Effect.void : this.#leave),
          Effect.zipRight(Effect.ensuring(restore(effect), this.#leave))
        )
      })
    )
  }

  /** Under TestClock the pause takes no time. */
  readonly #leave = Effect.suspend(() => {
    this.#passed++
    const pause = this.#passed % this.#batch === 0 ? Effect.sleep(0) : Effect.void
    return Effect.map(pause, () => {
      const [next] = this.#waiting
      if (next === undefined) this.#isTaken = false
      else {
        this.#waiting.delete(next)
        next.unsafeOpen()
      }
    })
  })
}

/** For the first datagram of a session, and for its last ones. One for the process: its sockets share the kernel's buffers. */
export const bursts = new Gate(TransportLimits.burstSessions)
