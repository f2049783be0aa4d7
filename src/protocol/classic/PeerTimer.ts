/**
 * How long a receiver remembers its peer: by its silence, by what it may still repeat, and after its end for as long as
 * copies of its frames may come (docs/PROTOCOL.md §5.3, §6).
 */
import { IdleClock } from "./IdleClock.ts"
import type { TimingValues } from "./TimingValues.ts"

export class PeerTimer {
  readonly #timing: TimingValues
  readonly #idleClock: IdleClock
  #lingersUntil = Infinity
  #isLost = false
  #mayRepeat = false
  #mayProbeUntil = -Infinity

  constructor(timing: TimingValues, now: number) {
    this.#timing = timing
    this.#idleClock = new IdleClock(timing, now)
  }

  /** Whether the connection is over and only late copies are expected. */
  get isLingering(): boolean {
    return this.#lingersUntil < Infinity
  }

  /** When something is due for an idle peer, in milliseconds: it is lost, or forgotten. */
  get idleDeadline(): number {
    const { silenceMillis, unfinishedMillis } = this.#timing
    return Math.min(this.#lingersUntil, this.#idleClock.expiresAt(this.#isLost ? unfinishedMillis : silenceMillis))
  }

  /** Until when a peer in the middle of a message is, or one that was refused. */
  get unfinishedDeadline(): number {
    return this.#idleClock.expiresAt(this.#timing.unfinishedMillis)
  }

  restart(now: number): void {
    this.#idleClock.restart(now)
    this.#isLost = false
  }

  /** An idle peer is lost; gives whether it is remembered even so: it may still repeat its last fragment. */
  onIdleTimeout(): boolean {
    const isRemembered = this.#mayRepeat && !this.#isLost && !this.isLingering
    this.#isLost = true
    return isRemembered
  }

  /** A timer due at `deadline` fired at `now`: see {@link IdleClock.onTimeout}. */
  onTimeout(deadline: number, now: number): number {
    return this.#idleClock.onTimeout(deadline, now)
  }

  /** The peer does something new: it is connected, and has no last fragment to repeat. */
  onMessageBegun(): void {
    this.#lingersUntil = Infinity
    this.#mayRepeat = false
    this.#mayProbeUntil = -Infinity
  }

  /** The peer asks, and whether it may do so because it lacks the last answer: a sender asks again within that time. */
  onKeepAlive(now: number): boolean {
    this.#mayRepeat = false
    if (now >= this.#mayProbeUntil) return false
    this.onRepeat(now)
    return true
  }

  /** The peer repeats a fragment of the finished message, because it lacks the last answer. */
  onRepeat(now: number): void {
    this.#mayProbeUntil = now + this.#timing.lateMillis + this.#timing.maxTimeoutMillis
  }

  /** A message is finished: its last ACK may have been lost, and existing clients repeat late. */
  onMessageFinished(now: number): void {
    this.restart(now)
    this.#mayRepeat = true
    this.onRepeat(now)
  }

  /** The connection is over; copies may come until then, in milliseconds. */
  linger(copiesUntil: number): void {
    this.#lingersUntil = Math.min(this.#lingersUntil, copiesUntil)
  }
}
