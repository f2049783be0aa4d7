/**
 * The idle timeout of a session and its keep-alives (RFC 9000 §10.1; docs/PROTOCOL.md, flock §10.1). Times are milliseconds.
 */
import * as Limits from "../../ProtocolLimits.ts"

/** Expires `idleTimeoutMillis` after the last packet that was received, not counting the time for which this program did not run. */
export class IdleTimer {
  readonly #idleTimeoutMillis: number
  readonly #isKeptAlive: boolean
  #lastReceivedAt: number
  #lastSentAt: number

  constructor(idleTimeoutMillis: number, isKeptAlive: boolean, now: number) {
    this.#idleTimeoutMillis = idleTimeoutMillis
    this.#isKeptAlive = isKeptAlive
    this.#lastReceivedAt = now
    this.#lastSentAt = now
  }

  /** A packet of the peer was accepted. */
  onReceived(now: number): void {
    this.#lastReceivedAt = now
  }

  /** A datagram was sent. */
  onSent(now: number): void {
    this.#lastSentAt = now
  }

  /** When a PING is due; Infinity where the peer keeps the session alive. */
  get keepAliveAt(): number {
    if (!this.#isKeptAlive) return Infinity
    return Math.max(this.#lastReceivedAt, this.#lastSentAt) + this.#idleTimeoutMillis / Limits.keepAlivesPerIdle
  }

  /** When the idle timeout expires. */
  get expiresAt(): number {
    return this.#lastReceivedAt + this.#idleTimeoutMillis
  }

  /** Whether the idle timeout has expired. */
  hasExpired(now: number): boolean {
    return now >= this.expiresAt
  }

  /**
   * This program did not run for `millis`, such as on a suspended computer. That time does not count, and `Limits.stallMillis`
   * more are allowed to read the packets that arrived meanwhile.
   */
  onStall(millis: number): void {
    this.#lastReceivedAt += millis + Limits.stallMillis
  }
}
