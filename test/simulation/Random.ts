/** A seeded random generator: the same seed yields the same draws on every machine. */
import { PCGRandom } from "effect/Utils"

/** The generator of one script. */
export class Random {
  readonly #random: PCGRandom

  constructor(seed: number) {
    this.#random = new PCGRandom(seed)
  }

  /** A number in [least, most). */
  number(least: number, most: number): number {
    return least + this.#random.number() * (most - least)
  }

  /** An integer in [least, most]. */
  integer(least: number, most: number): number {
    return least + this.#random.integer(most - least + 1)
  }

  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.#random.number() < probability
  }

  /** One of the choices, each with equal probability. */
  pick<A>(choices: readonly [A, ...ReadonlyArray<A>]): A {
    return choices[this.#random.integer(choices.length)] ?? choices[0]
  }
}
