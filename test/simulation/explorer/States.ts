/** The visited states, numbered in the order of discovery: a hash table of four integers each, compared completely. */
import type { State } from "./Moves.ts"

const fields = 4

/** The set of visited states. */
export class States {
  /** The number of states. */
  size = 0
  #fields = new Int32Array(fields * 1024)
  /** Number + 1 of the state, 0 for none; linear probing. */
  #places = new Int32Array(4096)

  /** The state with a number. */
  at(number: number): State {
    const offset = number * fields
    return {
      client: this.#field(offset),
      server: this.#field(offset + 1),
      bag: this.#field(offset + 2),
      budget: this.#field(offset + 3)
    }
  }

  /** The number of a state; a new state gets the next number. */
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

/** A copy with twice the length, for growing arrays. */
export const doubled = (integers: Int32Array): Int32Array<ArrayBuffer> => {
  const longer = new Int32Array(integers.length * 2)
  longer.set(integers)
  return longer
}
