/**
 * When a server asks for tokens, and how many handshakes it admits then (docs/PROTOCOL.md, flock §3.6; RFC 9000 §8.1.2). Times are
 * milliseconds.
 */
import { HashedBuckets } from "../../HashedBuckets.ts"
import { isOwnMachine, sourceOf } from "../../Source.ts"
import { TokenBucket } from "../../TokenBucket.ts"
import type { Path } from "../path/PathValidation.ts"
import * as HandshakeLimits from "./HandshakeLimits.ts"

/** The mode of one server. */
export class RetryMode {
  #until = -Infinity
  readonly #plain = new TokenBucket(HandshakeLimits.retryHellosPerSecond, HandshakeLimits.retryHellosPerSecond)
  readonly #all: TokenBucket
  readonly #bySource: HashedBuckets
  readonly #retries = new TokenBucket(HandshakeLimits.retriesPerSecond, HandshakeLimits.retriesPerSecond)
  readonly #retriesBySource: HashedBuckets

  /** `random` returns an unpredictable number in [0, 1). `handshakesPerSecond` are admitted with a token. */
  constructor(random: () => number, handshakesPerSecond: number = HandshakeLimits.handshakesPerSecond) {
    const { sourceHandshakes, sourceHandshakesPerSecond } = HandshakeLimits
    this.#all = new TokenBucket(handshakesPerSecond, handshakesPerSecond)
    this.#bySource = new HashedBuckets(sourceHandshakes, sourceHandshakesPerSecond, random)
    this.#retriesBySource = new HashedBuckets(sourceHandshakes, sourceHandshakesPerSecond, random)
  }

  /** A new HELLO without a token arrived while `halfOpen` handshakes are incomplete. Returns whether it needs one. */
  wantsToken(halfOpen: number, now: number): boolean {
    const isFlood = !this.#plain.take(now) || halfOpen >= HandshakeLimits.retryHalfOpen
    if (isFlood) this.#until = now + HandshakeLimits.retryMillis
    return now < this.#until
  }

  /**
   * A HELLO that needs a token arrived without one. Returns whether RETRY answers it. The limit of a source counts only beyond that of
   * all: the source of a HELLO may be forged, and a few thousand of them must not use up what their victim needs.
   */
  answers(from: Path, now: number): boolean {
    return isOwnMachine(from.host) || this.#retries.take(now) || this.#retriesBySource.take(sourceOf(from), now)
  }

  /** A HELLO with a valid token arrived. Returns whether the handshake may go on. */
  admits(from: Path, now: number): boolean {
    return (isOwnMachine(from.host) || this.#bySource.take(sourceOf(from), now)) && this.#all.take(now)
  }
}
