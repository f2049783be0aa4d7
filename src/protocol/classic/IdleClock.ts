/**
 * Measures the time since the last frame of a peer. Time during which the program itself did not run is not counted
 * (docs/PROTOCOL.md §5.3).
 */
import type { TimingValues } from "./TimingValues.ts"

/** An idle timer as in RFC 9000 §10.1. All times are milliseconds. */
export class IdleClock {
  readonly #timing: TimingValues
  #lastActivityAt: number

  constructor(timing: TimingValues, now: number) {
    this.#timing = timing
    this.#lastActivityAt = now
  }

  /** A frame of the peer was received, or no frame was expected before `now`. */
  restart(now: number): void {
    this.#lastActivityAt = now
  }

  /** The time at which the peer has been idle for `limitMillis`. */
  expiresAt(limitMillis: number): number {
    return this.#lastActivityAt + limitMillis
  }

  /**
   * A timer due at `deadline` fired at `now`. A delay of more than `stallMillis` means that the program was suspended
   * or busy, and datagrams may wait unread. The delay is then not counted as idle time, and `stallMillis` more are
   * allowed to read the datagrams. Returns the milliseconds that are not counted.
   */
  onTimeout(deadline: number, now: number): number {
    const { stallMillis } = this.#timing
    const stalledMillis = now - deadline > stallMillis ? now - deadline + stallMillis : 0
    this.#lastActivityAt += stalledMillis
    return stalledMillis
  }
}
