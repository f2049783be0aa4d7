/**
 * The numbered states of one side (client or server) and their steps. The production core runs once for each state and
 * input, independent of the number of world states that contain them. This is sound, because a core's behaviour depends
 * on times relative to the current time only, and so does its key (CoreKey). The assumption is checked: for every state
 * one other state with the same key is stored, and at the end both must take the same steps (`disagreement`).
 */
import { found } from "./Wire.ts"

/** The result of an input: the new state and its effects. */
export interface Step<Local> {
  readonly local: Local
  /** The sent datagrams, in order. */
  readonly frames: ReadonlyArray<Uint8Array>
  /** Text for the printed path. */
  readonly notes: ReadonlyArray<string>
  readonly violation: string | undefined
}

/** A step with numbers instead of values. */
export interface Taken {
  readonly to: number
  /** The number of the list of sent datagrams. */
  readonly sent: number
  readonly notes: ReadonlyArray<string>
  readonly violation: string | undefined
}

/** An upper bound for the number of inputs. */
const inputs = 2 ** 16

/** The states of one side. */
export class SideStates<Local extends { readonly now: number }> {
  readonly #keyOf: (local: Local) => string
  readonly #take: (local: Local, input: number) => Step<Local>
  readonly #sentNumber: (frames: ReadonlyArray<Uint8Array>) => number
  readonly #locals: Array<Local> = []
  /** Another state with the same key. */
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

  /** The number of states. */
  get size(): number {
    return this.#locals.length
  }

  /** The state with a number. */
  at(number: number): Local {
    return found(this.#locals[number])
  }

  /** The number of a state; a new state gets the next number. */
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

  /** The step of a state for an input. */
  take(number: number, input: number): Taken {
    const key = number * inputs + input
    const known = this.#taken.get(key)
    if (known !== undefined) return known
    const { frames, local, notes, violation } = this.#take(this.at(number), input)
    const taken = { to: this.number(local), sent: this.#sentNumber(frames), notes, violation }
    this.#taken.set(key, taken)
    return taken
  }

  /** The number of the same state `millis` later. */
  aged(number: number, millis: number): number {
    const ages = found(this.#aged[number])
    const known = ages.get(millis)
    if (known !== undefined) return known
    const local = this.at(number)
    const later = this.number({ ...local, now: local.now + millis })
    ages.set(millis, later)
    return later
  }

  /** Describes two states with the same key that behave differently; undefined if there are none. */
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
        return `two states with the same key differ after the same time: ${JSON.stringify(this.#keyOf(other))}`
      }
    }
    return undefined
  }
}
