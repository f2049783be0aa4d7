/**
 * The states of one side, each known by a number, and its steps, each taken once: the production core runs once for a state
 * and an input, however many states of the whole world they are part of. That is sound because a core's behaviour depends
 * on instants only relative to the present, which is what its key says too (CoreKey). It is not only believed: of every state
 * the last other one with the same key is kept, and in the end made to take the same steps (`disagreement`).
 */
import { found } from "./Wire.ts"

export interface Step<Local> {
  readonly local: Local
  /** Datagrams that are sent, in their order. */
  readonly frames: ReadonlyArray<Uint8Array>
  /** For people. */
  readonly notes: ReadonlyArray<string>
  readonly violation: string | undefined
}

/** The same with numbers. */
export interface Taken {
  readonly to: number
  /** The number of what is sent. */
  readonly sent: number
  readonly notes: ReadonlyArray<string>
  readonly violation: string | undefined
}

/** More inputs than any world has. */
const inputs = 2 ** 16

export class Locals<Local extends { readonly now: number }> {
  readonly #keyOf: (local: Local) => string
  readonly #take: (local: Local, input: number) => Step<Local>
  readonly #sentNumber: (frames: ReadonlyArray<Uint8Array>) => number
  readonly #locals: Array<Local> = []
  /** Another one with the same key. */
  readonly #others: Array<Local | undefined> = []
  readonly #numbers = new Map<string, number>()
  readonly #taken = new Map<number, Taken>()
  readonly #aged: Array<Map<number, number>> = []

  constructor(
    keyOf: (local: Local) => string,
    take: (local: Local, input: number) => Step<Local>,
    sentNumber: (frames: ReadonlyArray<Uint8Array>) => number
  ) {
    this.#keyOf = keyOf
    this.#take = take
    this.#sentNumber = sentNumber
  }

  get size(): number {
    return this.#locals.length
  }

  at(number: number): Local {
    return found(this.#locals[number])
  }

  number(local: Local): number {
    const key = this.#keyOf(local)
    const known = this.#numbers.get(key)
    if (known !== undefined) {
      this.#others[known] = local
      return known
    }
    this.#numbers.set(key, this.#locals.length)
    this.#aged.push(new Map())
    return this.#locals.push(local) - 1
  }

  take(number: number, input: number): Taken {
    const key = number * inputs + input
    const known = this.#taken.get(key)
    if (known !== undefined) return known
    const { frames, local, notes, violation } = this.#take(this.at(number), input)
    const taken = { to: this.number(local), sent: this.#sentNumber(frames), notes, violation }
    this.#taken.set(key, taken)
    return taken
  }

  /** The same state so many milliseconds later. */
  aged(number: number, millis: number): number {
    const ages = found(this.#aged[number])
    const known = ages.get(millis)
    if (known !== undefined) return known
    const local = this.at(number)
    const later = this.number({ ...local, now: local.now + millis })
    ages.set(millis, later)
    return later
  }

  /** What two states with the same key do differently, or undefined. */
  disagreement(): string | undefined {
    for (const [key, { sent, to }] of Array.from(this.#taken)) {
      const other = this.#others[Math.floor(key / inputs)]
      if (other === undefined) continue
      const step = this.#take(other, key % inputs)
      if (this.number(step.local) !== to || this.#sentNumber(step.frames) !== sent) {
        return `two states with the same key take different steps: ${JSON.stringify(this.#keyOf(other))}`
      }
    }
    for (const [number, ages] of this.#aged.slice().entries()) {
      const other = this.#others[number]
      for (const [millis, later] of other === undefined ? [] : Array.from(ages)) {
        if (other === undefined || this.number({ ...other, now: other.now + millis }) === later) continue
        return `two states with the same key grow old differently: ${JSON.stringify(this.#keyOf(other))}`
      }
    }
    return undefined
  }
}
