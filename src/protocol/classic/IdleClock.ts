/**
 * Since when a peer has been silent, in time that the program was awake (docs/PROTOCOL.md §5.3).
 */
import type { TimingValues } from "./TimingValues.ts"

export class IdleClock {
  readonly #timing: TimingValues
  #lastActivityAt: number

  constructor(timing: TimingValues, now: number) {
    this.#timing = timing
    this.#lastActivityAt = now
  }

  /** The peer was heard, or there is no reason to expect it before now. */
  restart(now: number): void {
    this.#lastActivityAt = now
  }

  /** When a silence of `limitMillis` is complete. */
  expiresAt(limitMillis: number): number {
    return this.#lastActivityAt + limitMillis
  }

  /**
   * A timer due at `deadline` fires at `now`. Much too late means that the program was suspended or busy, and that
   * datagrams may wait unread: the lateness is not counted as silence, and there is time to read them. Returns the
   * milliseconds that are not counted.
   */
  onTimeout(deadline: number, now: number): number {
    const { stallMillis } = this.#timing
    const excusedMillis = now - deadline > stallMillis ? now - deadline + stallMillis : 0
    this.#lastActivityAt += excusedMillis
    return excusedMillis
  }
}
