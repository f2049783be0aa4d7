/** Limits how often something may happen: a burst at once, and a rate over time. Times are milliseconds. */
export class TokenBucket {
  readonly #burst: number
  readonly #perMilli: number
  #tokens: number
  #at = -Infinity

  /** `burst` events may happen at once, and `perSecond` each second after that. */
  constructor(burst: number, perSecond: number) {
    this.#burst = burst
    this.#perMilli = perSecond / 1000
    this.#tokens = burst
  }

  /** Whether an event may happen at `now`. */
  isReady(now: number): boolean {
    this.#refill(now)
    return this.#tokens >= 1
  }

  /** Takes the tokens of `amount` events, where there are as many. */
  take(now: number, amount = 1): boolean {
    this.#refill(now)
    if (this.#tokens < amount) return false
    this.#tokens -= amount
    return true
  }

  /** When `amount` events, not more than the burst, may happen. */
  readyAt(now: number, amount = 1): number {
    this.#refill(now)
    // Rounding must not end a wait just before the token is there.
    return this.#tokens >= amount ? now : now + Math.ceil((amount - this.#tokens) / this.#perMilli)
  }

  #refill(now: number): void {
    if (now > this.#at) this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMilli)
    this.#at = Math.max(this.#at, now)
  }
}
