/** When a silent peer is lost, and when to let it hear something so that it does not lose us. Milliseconds throughout. */
import * as Limits from "../../ProtocolLimits.ts"

export class IdleTimer {
  readonly #idleMillis: number
  readonly #isKeptAlive: boolean
  #heardAt: number
  #sentAt: number

  constructor(idleMillis: number, isKeptAlive: boolean, now: number) {
    this.#idleMillis = idleMillis
    this.#isKeptAlive = isKeptAlive
    this.#heardAt = now
    this.#sentAt = now
  }

  onReceived(now: number): void {
    this.#heardAt = now
  }

  /** Something left that has to be acknowledged. */
  onSent(now: number): void {
    this.#sentAt = now
  }

  /** When a PING is due. */
  get keepAliveAt(): number {
    if (!this.#isKeptAlive) return Infinity
    return Math.max(this.#heardAt, this.#sentAt) + this.#idleMillis / Limits.keepAlivesPerIdle
  }

  get lostAt(): number {
    return this.#heardAt + this.#idleMillis
  }

  /**
   * Whether the peer is lost. A timer that comes very late says that this program stood still: what came meanwhile is then read
   * first.
   */
  isLost(now: number): boolean {
    if (now < this.lostAt) return false
    if (now < this.lostAt + Limits.stallMillis) return true
    this.#heardAt = now + Limits.stallMillis - this.#idleMillis
    return false
  }
}
