/**
 * What is on its way. Datagrams are numbered, each different one once; what is on its way is a bag of datagrams with their
 * ages, numbered too. Two datagrams of the same bytes and age are the same: the wire cannot tell them apart.
 */
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"

export type Side = "client" | "server"

export interface Datagram {
  readonly from: Side
  readonly bytes: Uint8Array
}

/** A datagram and its age in one number, whose fraction is that of the age. Ages are below 2¹². */
type Flying = number
const ageSpan = 4096
/** More than any bag holds, and more than is ever sent at once. */
const places = 64
const sentSpan = 4096

export const datagramOf = (flying: Flying): number => Math.floor(flying / ageSpan)
export const ageOf = (flying: Flying): number => flying % ageSpan

export class Wire {
  readonly #datagrams: Array<Datagram> = []
  readonly #numbers = new Map<string, number>()
  readonly #bags: Array<ReadonlyArray<Flying>> = [[]]
  readonly #bagNumbers = new Map<string, number>([["", 0]])
  readonly #sentNumbers = new Map<string, number>()
  readonly #sent: Array<ReadonlyArray<number>> = []
  readonly #changed = new Map<number, number>()
  readonly #aged = new Map<number, number>()

  /** The bag that holds nothing. */
  readonly empty = 0

  numberOf(from: Side, bytes: Uint8Array): number {
    const key = from + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#datagrams.length)
    return this.#datagrams.push({ from, bytes }) - 1
  }

  datagram(number: number): Datagram {
    return found(this.#datagrams[number])
  }

  /** In order, so that equal ones stand together. */
  bag(number: number): ReadonlyArray<Flying> {
    return found(this.#bags[number])
  }

  /** A number for what one event sends, in its order. */
  sentNumber(datagrams: ReadonlyArray<number>): number {
    const key = datagrams.join(",")
    const known = this.#sentNumbers.get(key)
    if (known !== undefined) return known
    this.#sentNumbers.set(key, this.#sent.length)
    return this.#sent.push(datagrams) - 1
  }

  /** What has that number; 0 for nothing. */
  sent(number: number): ReadonlyArray<number> {
    return found(this.#sent[number])
  }

  /** The same bag without what stands at `place` (−1 for nothing), and with what was sent. */
  changed(bag: number, place: number, sent: number): number {
    const key = (bag * places + place + 1) * sentSpan + sent
    let changed = this.#changed.get(key)
    if (changed === undefined) {
      const flying = this.bag(bag).filter((_, at) => at !== place)
      changed = this.#intern([...flying, ...this.sent(sent).map((number) => number * ageSpan)])
      this.#changed.set(key, changed)
    }
    return changed
  }

  aged(bag: number, millis: number): number {
    if (bag === this.empty) return bag
    const key = bag * ageSpan + millis
    let aged = this.#aged.get(key)
    if (aged === undefined) {
      aged = this.#intern(this.bag(bag).map((flying) => flying + millis))
      this.#aged.set(key, aged)
    }
    return aged
  }

  /** Without those that nobody hears any more. */
  without(bag: number, from: Side): number {
    const kept = this.bag(bag).filter((flying) => this.datagram(datagramOf(flying)).from !== from)
    return kept.length === this.bag(bag).length ? bag : this.#intern(kept)
  }

  #intern(unordered: ReadonlyArray<Flying>): number {
    const flying = unordered.toSorted((one, other) => one - other)
    const key = flying.join(",")
    const known = this.#bagNumbers.get(key)
    if (known !== undefined) return known
    this.#bagNumbers.set(key, this.#bags.length)
    return this.#bags.push(flying) - 1
  }
}

/** For people: what a datagram says. */
export const sayingOf = (bytes: Uint8Array): string => {
  const frame = Frame.decode(bytes)
  if (typeof frame === "string") return frame
  const { fragmentCount, fragmentSize, kind, sequenceNumber } = frame
  const data = kind === Frame.Kind.dat || kind === Frame.Kind.inf ? ` "${Buffer.from(frame.payload).toString()}"` : ""
  return `${Frame.kindNames[kind]} (${sequenceNumber}, ${fragmentCount}, ${fragmentSize})${data}`
}

export const found = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error("a number that nobody gave")
  return value
}
