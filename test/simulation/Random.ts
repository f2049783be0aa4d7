/** Chance from a seed: the same seed gives the same draws, on every machine. */
import { PCGRandom } from "effect/Utils"

export class Random {
  readonly #random: PCGRandom

  constructor(seed: number) {
    this.#random = new PCGRandom(seed)
  }

  /** At least `least`, less than `most`. */
  number(least: number, most: number): number {
    return least + this.#random.number() * (most - least)
  }

  /** Both ends included. */
  integer(least: number, most: number): number {
    return least + this.#random.integer(most - least + 1)
  }

  chance(probability: number): boolean {
    return this.#random.number() < probability
  }

  pick<A>(choices: readonly [A, ...ReadonlyArray<A>]): A {
    return choices[this.#random.integer(choices.length)] ?? choices[0]
  }
}
