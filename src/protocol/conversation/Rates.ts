/**
 * How often people may post, and hosts may connect to rooms: settings of a server. Its own machine is exempt. Times are milliseconds of
 * a clock that never goes back.
 */
import { isOwnMachine, sourceOf } from "../Source.ts"
import { CountedBuckets } from "./CountedBuckets.ts"
import * as Limits from "./PeopleLimits.ts"

export interface RateSettings {
  readonly postsPerSecond: number
  readonly postBurst: number
  readonly connectionsPerMinute: number
}

export const defaultRates: RateSettings = {
  postsPerSecond: Limits.postsPerSecond,
  postBurst: Limits.postBurst,
  connectionsPerMinute: Limits.connectionsPerMinute
}

type Place = Parameters<typeof sourceOf>[0]

export class Rates {
  readonly #posts: CountedBuckets
  readonly #connections: CountedBuckets

  /** `random` returns an unpredictable number in [0, 1). */
  constructor({ connectionsPerMinute, postBurst, postsPerSecond }: RateSettings, random: () => number) {
    this.#posts = new CountedBuckets(postBurst, postsPerSecond, random)
    this.#connections = new CountedBuckets(connectionsPerMinute, connectionsPerMinute / secondsOfMinute, random)
  }

  /**
   * Counts a post of a person, whatever device it is from: `person` is the account, or the guest's connection. Returns 0 if it may be
   * posted, else the milliseconds after which the next one may be.
   */
  post(person: string, from: Place, now: number): number {
    return isOwnMachine(from.host) ? 0 : this.#posts.take(person, now)
  }

  /** Counts a connection to rooms. Returns 0 if it is admitted, else the milliseconds after which the next one is. */
  connect(from: Place, now: number): number {
    return isOwnMachine(from.host) ? 0 : this.#connections.take(sourceOf(from), now)
  }
}

const secondsOfMinute = 60
