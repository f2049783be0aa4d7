/**
 * The handshakes in progress of a listener of tcp: how many there may be, of each source and together, how often one begins, and how long it
 * may take. Times are milliseconds.
 */
import type { Address } from "../../net/Address.ts"
import * as HandshakeLimits from "../../protocol/flock/handshake/HandshakeLimits.ts"
import { HashedBuckets } from "../../protocol/HashedBuckets.ts"
import { Shares } from "../../protocol/Shares.ts"
import { isOwnMachine, sourceOf } from "../../protocol/Source.ts"
import { TokenBucket } from "../../protocol/TokenBucket.ts"

export class HandshakePlaces {
  readonly #places = new Shares(HandshakeLimits.halfOpen, HandshakeLimits.leastHalfOpen)
  readonly #all: TokenBucket
  readonly #bySource: HashedBuckets

  /** `random` returns an unpredictable number in [0, 1). */
  constructor(random: () => number, handshakesPerSecond: number = HandshakeLimits.handshakesPerSecond) {
    this.#all = new TokenBucket(handshakesPerSecond, handshakesPerSecond)
    this.#bySource = new HashedBuckets(
      HandshakeLimits.sourceHandshakes,
      HandshakeLimits.sourceHandshakesPerSecond,
      random
    )
  }

  /** Whether a connection from `peer` gets a place. It is given back when its handshake has ended. */
  take(peer: Address): boolean {
    return this.#places.take(sourceOf(peer))
  }

  give(peer: Address): void {
    this.#places.give(sourceOf(peer))
  }

  /** Whether a first message of `peer` is read, which costs up to 0.4 ms. */
  admits(peer: Address, now: number): boolean {
    return (isOwnMachine(peer.host) || this.#bySource.take(sourceOf(peer), now)) && this.#all.take(now)
  }
}
