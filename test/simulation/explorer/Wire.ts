/**
 * The datagrams in flight. Each different datagram has a number. The datagrams in flight are a multiset ("bag") of
 * datagrams with their ages; bags are numbered too. Two datagrams with equal bytes and age are indistinguishable.
 */
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"

/** The two ends. */
export type Side = "client" | "server"

/** A datagram, independent of its age. */
export interface Datagram {
  readonly from: Side
  readonly bytes: Uint8Array
}

/** A datagram's number times 2¹², plus its age in milliseconds, which is less than 2¹². */
type InFlight = number
const ageSpan = 4096
/** Upper bounds for the size of a bag and for the number of different sent lists. */
const places = 64
const sentSpan = 4096

/** The number of the datagram. */
export const datagramOf = (inFlight: InFlight): number => Math.floor(inFlight / ageSpan)
/** The age in milliseconds. */
export const ageOf = (inFlight: InFlight): number => inFlight % ageSpan

/** The numbered datagrams and bags of a world. */
export class Wire {
  readonly #datagrams: Array<Datagram> = []
  readonly #numbers = new Map<string, number>()
  readonly #bags: Array<ReadonlyArray<InFlight>> = [[]]
  readonly #bagNumbers = new Map<string, number>([["", 0]])
  readonly #sentNumbers = new Map<string, number>()
  readonly #sent: Array<ReadonlyArray<number>> = []
  readonly #changed = new Map<number, number>()
  readonly #aged = new Map<number, number>()

  /** The number of the empty bag. */
  readonly empty = 0

  /** The number of a datagram; a new datagram gets the next number. */
  numberOf(from: Side, bytes: Uint8Array): number {
    const key = from + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#datagrams.length)
    return this.#datagrams.push({ from, bytes }) - 1
  }

  /** The datagram with a number. */
  datagram(number: number): Datagram {
    return found(this.#datagrams[number])
  }

  /** The bag with a number, sorted, so that equal datagrams are adjacent. */
  bag(number: number): ReadonlyArray<InFlight> {
    return found(this.#bags[number])
  }

  /** The number of a list of datagrams that one event sends, in order. */
  sentNumber(datagrams: ReadonlyArray<number>): number {
    const key = datagrams.join(",")
    const known = this.#sentNumbers.get(key)
    if (known !== undefined) return known
    this.#sentNumbers.set(key, this.#sent.length)
    return this.#sent.push(datagrams) - 1
  }

  /** The list of datagrams with a number; 0 is the empty list. */
  sent(number: number): ReadonlyArray<number> {
    return found(this.#sent[number])
  }

  /** The bag without the datagram at index `place` (−1 for none) and with the sent datagrams. */
  changed(bag: number, place: number, sent: number): number {
    const key = (bag * places + place + 1) * sentSpan + sent
    let changed = this.#changed.get(key)
    if (changed === undefined) {
      const inFlight = this.bag(bag).filter((_, index) => index !== place)
      changed = this.#intern([...inFlight, ...this.sent(sent).map((number) => number * ageSpan)])
      this.#changed.set(key, changed)
    }
    return changed
  }

  /** The bag `millis` later. */
  aged(bag: number, millis: number): number {
    if (bag === this.empty) return bag
    const key = bag * ageSpan + millis
    let aged = this.#aged.get(key)
    if (aged === undefined) {
      aged = this.#intern(this.bag(bag).map((inFlight) => inFlight + millis))
      this.#aged.set(key, aged)
    }
    return aged
  }

  /** The bag without the datagrams of one side. */
  without(bag: number, from: Side): number {
    const kept = this.bag(bag).filter((inFlight) => this.datagram(datagramOf(inFlight)).from !== from)
    return kept.length === this.bag(bag).length ? bag : this.#intern(kept)
  }

  #intern(unordered: ReadonlyArray<InFlight>): number {
    const inFlight = unordered.toSorted((one, other) => one - other)
    const key = inFlight.join(",")
    const known = this.#bagNumbers.get(key)
    if (known !== undefined) return known
    this.#bagNumbers.set(key, this.#bags.length)
    return this.#bags.push(inFlight) - 1
  }
}

/** A datagram as text. */
export const describe = (bytes: Uint8Array): string => {
  const frame = Frame.decode(bytes)
  if (typeof frame === "string") return frame
  const { fragmentCount, fragmentSize, kind, sequenceNumber } = frame
  const data = kind === Frame.Kind.dat || kind === Frame.Kind.inf ? ` "${Buffer.from(frame.payload).toString()}"` : ""
  return `${Frame.kindNames[kind]} (${sequenceNumber}, ${fragmentCount}, ${fragmentSize})${data}`
}

/** The value, which must not be undefined. */
export const found = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error("unknown number")
  return value
}
