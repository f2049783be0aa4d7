/** The states that were found, numbered in the order of finding: four integers each, compared in full, found by a hash. */
import type { State } from "./Moves.ts"

const fields = 4

export class States {
  size = 0
  #fields = new Int32Array(fields * 1024)
  /** Number + 1 of the state, 0 for none; linear probing. */
  #places = new Int32Array(4096)

  at(number: number): State {
    const at = number * fields
    return {
      client: this.#field(at),
      server: this.#field(at + 1),
      bag: this.#field(at + 2),
      budget: this.#field(at + 3)
    }
  }

  /** The number of the state; a new one gets the next. */
  number({ bag, budget, client, server }: State): number {
    const mask = this.#places.length - 1
    let place = hashOf(client, server, bag, budget) & mask
    for (let known = this.#places[place] ?? 0; known > 0; known = this.#places[place] ?? 0) {
      const at = (known - 1) * fields
      const all = this.#fields
      if (all[at] === client && all[at + 1] === server && all[at + 2] === bag && all[at + 3] === budget) {
        return known - 1
      }
      place = (place + 1) & mask
    }
    const number = this.size++
    this.#places[place] = this.size
    if (this.size * fields > this.#fields.length) this.#fields = doubled(this.#fields)
    const at = number * fields
    this.#fields[at] = client
    this.#fields[at + 1] = server
    this.#fields[at + 2] = bag
    this.#fields[at + 3] = budget
    if (this.size * 2 > this.#places.length) this.#grow()
    return number
  }

  #field(at: number): number {
    return this.#fields[at] ?? 0
  }

  #grow(): void {
    const places = new Int32Array(this.#places.length * 2)
    const mask = places.length - 1
    for (let number = 0; number < this.size; number++) {
      const { bag, budget, client, server } = this.at(number)
      let place = hashOf(client, server, bag, budget) & mask
      while ((places[place] ?? 0) > 0) place = (place + 1) & mask
      places[place] = number + 1
    }
    this.#places = places
  }
}

const hashOf = (client: number, server: number, bag: number, budget: number): number => {
  let hash = Math.imul(client + 1, 0x9e_37_79_b1) ^ Math.imul(server + 1, 0x85_eb_ca_6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2_b2_ae_35) ^ Math.imul(bag + 1, 0x27_d4_eb_2f) ^
    Math.imul(budget, 0x16_56_67_b1)
  hash = Math.imul(hash ^ (hash >>> 13), 0x9e_37_79_b1)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A longer copy, for lists of integers that grow. */
export const doubled = (integers: Int32Array): Int32Array<ArrayBuffer> => {
  const longer = new Int32Array(integers.length * 2)
  longer.set(integers)
  return longer
}
