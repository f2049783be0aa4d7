/**
 * Decides how long a receiver keeps the state of its peer: until the idle timeout, longer while the peer may retransmit
 * its last DAT, and after the end while late copies of its frames may arrive (docs/PROTOCOL.md §5.3, §6).
 */
import { IdleClock } from "./IdleClock.ts"
import type { TimingValues } from "./TimingValues.ts"

/** The timers of one peer at a receiver. All times are milliseconds. */
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

  /** Whether the connection has ended and only late copies are expected. */
  get isLingering(): boolean {
    return this.#lingersUntil < Infinity
  }

  /** The deadline of a peer between messages: its idle timeout, or the removal of its state. */
  get idleDeadline(): number {
    const { idleTimeoutMillis, unfinishedMillis } = this.#timing
    return Math.min(this.#lingersUntil, this.#idleClock.expiresAt(this.#isLost ? unfinishedMillis : idleTimeoutMillis))
  }

  /** The deadline of a peer in the middle of a message, and of a peer that was refused. */
  get unfinishedDeadline(): number {
    return this.#idleClock.expiresAt(this.#timing.unfinishedMillis)
  }

  /** A frame of the peer was received. */
  restart(now: number): void {
    this.#idleClock.restart(now)
    this.#isLost = false
  }

  /** The idle timeout expired. Returns whether the state is kept because the peer may retransmit its last DAT. */
  onIdleTimeout(): boolean {
    const isKept = this.#mayRepeat && !this.#isLost && !this.isLingering
    this.#isLost = true
    return isKept
  }

  /** A timer due at `deadline` fired at `now`; see {@link IdleClock.onTimeout}. */
  onTimeout(deadline: number, now: number): number {
    return this.#idleClock.onTimeout(deadline, now)
  }

  /** The peer began a message: it is connected, and it will not retransmit the last DAT of the message before. */
  onMessageBegun(): void {
    this.#lingersUntil = Infinity
    this.#mayRepeat = false
    this.#mayProbeUntil = -Infinity
  }

  /**
   * The peer sent a KPA. Returns whether it may be the probe of a sender that did not receive the last ACK
   * (docs/PROTOCOL.md §6).
   */
  onKeepAlive(now: number): boolean {
    this.#mayRepeat = false
    if (now >= this.#mayProbeUntil) return false
    this.onRepeat(now)
    return true
  }

  /**
   * The peer retransmitted a DAT of the finished message: it did not receive the last ACK, and may probe until a
   * timeout later.
   */
  onRepeat(now: number): void {
    this.#mayProbeUntil = now + this.#timing.lateMillis + this.#timing.maxTimeoutMillis
  }

  /** A message is finished. Its last ACK may be lost, and existing clients retransmit only after 20 s. */
  onMessageFinished(now: number): void {
    this.restart(now)
    this.#mayRepeat = true
    this.onRepeat(now)
  }

  /** The connection has ended; copies of its frames may arrive until `copiesUntil`. */
  linger(copiesUntil: number): void {
    this.#lingersUntil = Math.min(this.#lingersUntil, copiesUntil)
  }
}
