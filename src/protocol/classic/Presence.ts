/**
 * How long a receiver remembers its peer: by its silence, by what it may still repeat, and after its end for as long as
 * copies of its frames may come (docs/PROTOCOL.md §5.3, §6).
 */
import { Silence } from "./Silence.ts"
import type { Timing } from "./Timing.ts"

export class Presence {
  readonly #timing: Timing
  readonly #silence: Silence
  #lingersUntil = Infinity
  #mayRepeat = false

  constructor(timing: Timing, now: number) {
    this.#timing = timing
    this.#silence = new Silence(timing, now)
  }

  /** Whether the connection is over and only late copies are expected. */
  get isLingering(): boolean {
    return this.#lingersUntil < Infinity
  }

  /** Until when an idle peer is remembered, in milliseconds. */
  get idleUntil(): number {
    const { silenceMillis, unfinishedMillis } = this.#timing
    return Math.min(this.#lingersUntil, this.#silence.endsAt(this.#mayRepeat ? unfinishedMillis : silenceMillis))
  }

  /** Until when a peer in the middle of a message is, or one that was refused. */
  get unfinishedUntil(): number {
    return this.#silence.endsAt(this.#timing.unfinishedMillis)
  }

  heard(now: number): void {
    this.#silence.heard(now)
  }

  /** A timer due at `deadline` fired at `now`: see {@link Silence.fired}. */
  fired(deadline: number, now: number): void {
    this.#silence.fired(deadline, now)
  }

  /** The peer does something new: it is connected, and has no last fragment to repeat. */
  goOn(): void {
    this.#lingersUntil = Infinity
    this.#mayRepeat = false
  }

  /** The peer is idle and asks, so it has the last answer. */
  ask(): void {
    this.#mayRepeat = false
  }

  /** A message is finished: its last ACK may have been lost, and existing clients repeat late. */
  finish(now: number): void {
    this.#silence.heard(now)
    this.#mayRepeat = true
  }

  /** The connection is over; copies may come until then, in milliseconds. */
  end(copiesUntil: number): void {
    this.#lingersUntil = Math.min(this.#lingersUntil, copiesUntil)
  }
}
