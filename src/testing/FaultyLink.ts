/**
 * Decides the fate of datagrams on a bad network: lost, duplicated, delayed, damaged or truncated, at random (seeded)
 * or by a script. It has no knowledge of sockets and protocols.
 */
import { PCGRandom } from "effect/Utils"
import * as NetLimits from "../net/NetLimits.ts"

export type Direction = "sent" | "received"

/** The fate of a datagram. `delayMillis` delays it, so that later datagrams arrive before it. */
export type Fate =
  | "pass"
  | "drop"
  | "duplicate"
  /** One bit is flipped. */
  | "damage"
  /** The end is removed. */
  | "cut"
  | { readonly delayMillis: number }

/** A rule, such as "drop the third DAT". The first matching rule decides the fate of a datagram. */
export interface Rule {
  readonly fate: Fate
  /** Default: either direction. */
  readonly direction?: Direction
  /** The kind of frame; default: any. */
  readonly kind?: string
  readonly sequenceNumber?: number
  /** The number of the matching datagram, from 1; default: all. */
  readonly nth?: number
}

/** A fault that occurred. */
export interface Fault {
  readonly direction: Direction
  readonly fate: Exclude<Fate, "pass">
  readonly kind: string | undefined
  readonly sequenceNumber: number | undefined
}

export interface Options {
  /** Seeds the random faults: equal seeds and equal datagrams give equal faults. */
  readonly seed: number
  /** Probabilities, 0 to 1, for each datagram in each direction. */
  readonly loss?: number
  readonly duplicate?: number
  readonly reorder?: number
  readonly damage?: number
  readonly cut?: number
  /** The one-way delay of every datagram, and the additional delay of a reordered one, in milliseconds. */
  readonly delayMillis?: number
  readonly reorderMillis?: number
  /** Rules, which take precedence over probabilities. */
  readonly script?: ReadonlyArray<Rule>
  readonly onFault?: (fault: Fault) => void
}

/** The properties of a datagram that a rule can match. */
export type Describe = (bytes: Uint8Array) => {
  readonly kind: string | undefined
  readonly sequenceNumber: number | undefined
}

/** Whether the socket is still open when a delayed datagram is due. */
export interface Gate {
  isOpen: boolean
}

/** A delayed datagram. */
interface Waiting {
  readonly dueAt: number
  /** The socket that it was sent from; undefined for one that is received. */
  readonly from: Gate | undefined
  arrive: () => void
}

/** Decides and applies fates. */
export class FaultyLink {
  readonly #options: Options
  readonly #later: (millis: number, action: () => void) => void
  readonly #random: PCGRandom
  /**
   * The random numbers for bits and lengths, separate from the probabilities, so that one fault does not shift the
   * others.
   */
  readonly #places: PCGRandom
  readonly #matches: Array<number>
  readonly #now: () => number
  readonly #describe: Describe
  /** Ordered by due time, then by the order of sending. */
  readonly #waiting: Array<Waiting> = []

  constructor(
    options: Options,
    later: (millis: number, action: () => void) => void,
    now: () => number,
    describe: Describe
  ) {
    this.#describe = describe
    this.#now = now
    this.#options = options
    this.#later = later
    this.#random = new PCGRandom(options.seed)
    this.#places = new PCGRandom(options.seed, 1)
    this.#matches = (options.script ?? []).map(() => 0)
  }

  /** `from` is the socket of a datagram that is sent. */
  pass(direction: Direction, bytes: Uint8Array, deliver: (bytes: Uint8Array) => void, from?: Gate): void {
    const { kind, sequenceNumber } = this.#describe(bytes)
    const fate = this.#scripted(direction, kind, sequenceNumber) ?? this.#drawn()
    if (fate !== "pass") this.#options.onFault?.({ direction, fate, kind, sequenceNumber })
    this.#meet(fate, bytes, (passed, extraMillis) => this.#deliver(passed, extraMillis, deliver, from))
  }

  /** Delivers the delayed datagrams of a socket now. */
  hurry(from: Gate): void {
    for (const waiting of this.#waiting) {
      if (waiting.from !== from) continue
      waiting.arrive()
      waiting.arrive = () => undefined
    }
  }

  #meet(fate: Fate, bytes: Uint8Array, deliver: (bytes: Uint8Array, extraMillis: number) => void): void {
    if (fate === "drop") return
    if (typeof fate === "object") return deliver(bytes, fate.delayMillis)
    // Copied first: a delivered datagram may be overwritten.
    const copy = fate === "duplicate" ? bytes.slice() : undefined
    deliver(fate === "damage" ? this.#damaged(bytes) : fate === "cut" ? this.#cut(bytes) : bytes, 0)
    if (copy !== undefined) deliver(copy, 0)
  }

  #deliver(
    bytes: Uint8Array,
    extraMillis: number,
    deliver: (bytes: Uint8Array) => void,
    from: Gate | undefined
  ): void {
    const millis = (this.#options.delayMillis ?? 0) + extraMillis
    if (millis === 0) return deliver(bytes)
    if (this.#waiting.length >= NetLimits.queuedDatagrams) return
    // Timers of the same time may fire in any order; the datagrams keep their order.
    const dueAt = this.#now() + millis
    const at = this.#waiting.findLastIndex((other) => other.dueAt <= dueAt) + 1
    const kept = bytes.slice()
    this.#waiting.splice(at, 0, { dueAt, from, arrive: () => deliver(kept) })
    this.#later(millis, () => this.#waiting.shift()?.arrive())
  }

  #scripted(direction: Direction, kind: string | undefined, sequenceNumber: number | undefined): Fate | undefined {
    let fate: Fate | undefined
    for (const [index, rule] of (this.#options.script ?? []).entries()) {
      if (rule.direction !== undefined && rule.direction !== direction) continue
      if (rule.kind !== undefined && rule.kind !== kind) continue
      if (rule.sequenceNumber !== undefined && rule.sequenceNumber !== sequenceNumber) continue
      const match = (this.#matches[index] ?? 0) + 1
      this.#matches[index] = match
      if (rule.nth === undefined || rule.nth === match) fate ??= rule.fate
    }
    return fate
  }

  /** Draws for every fault, so that one probability does not shift the draws of the others. */
  #drawn(): Fate {
    const { cut = 0, damage = 0, duplicate = 0, loss = 0, reorder = 0, reorderMillis = 5 } = this.#options
    const meets = (chance: number): boolean => this.#random.number() < chance
    const [isLost, isDoubled, isLate, isDamaged, isCut] = [loss, duplicate, reorder, damage, cut].map(meets)
    if (isLost === true) return "drop"
    if (isDamaged === true) return "damage"
    if (isCut === true) return "cut"
    if (isDoubled === true) return "duplicate"
    return isLate === true ? { delayMillis: reorderMillis } : "pass"
  }

  #damaged(bytes: Uint8Array): Uint8Array {
    const damaged = bytes.slice()
    const bit = this.#places.integer(bytes.length * 8)
    const at = bit >>> 3
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7))
    return damaged
  }

  #cut(bytes: Uint8Array): Uint8Array {
    return bytes.slice(0, this.#places.integer(bytes.length))
  }
}
