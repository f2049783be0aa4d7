/**
 * How long a receiver remembers its peer: by its silence, by what it may still repeat, and after its end for as long as
 * copies of its frames may come (docs/PROTOCOL.md §5.3, §6).
 */
import { IdleClock } from "./IdleClock.ts"
import type { TimingValues } from "./TimingValues.ts"

export class PeerTimer {
  readonly #timing: TimingValues
  readonly #silence: IdleClock
  #lingersUntil = Infinity
  #isLost = false
  #mayRepeat = false
  #mayProbeUntil = -Infinity

  constructor(timing: TimingValues, now: number) {
    this.#timing = timing
    this.#silence = new IdleClock(timing, now)
  }

  /** Whether the connection is over and only late copies are expected. */
  get isLingering(): boolean {
    return this.#lingersUntil < Infinity
  }

  /** When something is due for an idle peer, in milliseconds: it is lost, or forgotten. */
  get idleUntil(): number {
    const { silenceMillis, unfinishedMillis } = this.#timing
    return Math.min(this.#lingersUntil, this.#silence.endsAt(this.#isLost ? unfinishedMillis : silenceMillis))
  }

  /** Until when a peer in the middle of a message is, or one that was refused. */
  get unfinishedUntil(): number {
    return this.#silence.endsAt(this.#timing.unfinishedMillis)
  }

  heard(now: number): void {
    this.#silence.heard(now)
    this.#isLost = false
  }

  /** An idle peer is lost; gives whether it is remembered even so: it may still repeat its last fragment. */
  lose(): boolean {
    const isRemembered = this.#mayRepeat && !this.#isLost && !this.isLingering
    this.#isLost = true
    return isRemembered
  }

  /** A timer due at `deadline` fired at `now`: see {@link IdleClock.fired}. */
  fired(deadline: number, now: number): number {
    return this.#silence.fired(deadline, now)
  }

  /** The peer does something new: it is connected, and has no last fragment to repeat. */
  goOn(): void {
    this.#lingersUntil = Infinity
    this.#mayRepeat = false
    this.#mayProbeUntil = -Infinity
  }

  /** The peer asks, and whether it may do so because it lacks the last answer: a sender asks again within that time. */
  asks(now: number): boolean {
    this.#mayRepeat = false
    if (now >= this.#mayProbeUntil) return false
    this.repeats(now)
    return true
  }

  /** The peer repeats a fragment of the finished message, because it lacks the last answer. */
  repeats(now: number): void {
    this.#mayProbeUntil = now + this.#timing.lateMillis + this.#timing.maxTimeoutMillis
  }

  /** A message is finished: its last ACK may have been lost, and existing clients repeat late. */
  finish(now: number): void {
    this.heard(now)
    this.#mayRepeat = true
    this.repeats(now)
  }

  /** The connection is over; copies may come until then, in milliseconds. */
  end(copiesUntil: number): void {
    this.#lingersUntil = Math.min(this.#lingersUntil, copiesUntil)
  }
}
