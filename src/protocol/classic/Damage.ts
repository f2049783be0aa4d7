/**
 * Deliberate damage, for those who want to see the wire repair it: the payload of a DAT is spoilt after its CRC was
 * computed, so that the receiver answers NACK (docs/PROTOCOL.md §7.2). Each fragment is damaged the first time that it
 * goes and never again, so every message completes.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"

/** Which fragments go damaged, by sequence number; those of a file's name are counted too. */
export type Which =
  /** Every Nth. */
  | { readonly every: number }
  /** These. */
  | { readonly list: ReadonlyArray<number> }
  /** Each with this chance, 0 to 1. */
  | { readonly rate: number }

/**
 * How: `remove` takes the first byte of the payload away, as existing programs do; `flip` inverts one bit of it; `cut`
 * leaves its first half.
 */
export type DamageKind = "remove" | "flip" | "cut"

export interface Damage {
  readonly which: Which
  readonly kind: DamageKind
  /** Of the chances and places; the same seed damages the same. Default: 1. */
  readonly seed?: number
}

/** Spoils the frames of one message as they go out. */
export class Damager {
  readonly #damage: Damage
  readonly #random: () => number
  readonly #list: ReadonlySet<number>
  #highest = 0
  #count = 0
  readonly #numbers: Array<number> = []

  /** `random` gives numbers from 0 up to but not including 1. */
  constructor(damage: Damage, random: () => number) {
    this.#damage = damage
    this.#random = random
    this.#list = new Set("list" in damage.which ? damage.which.list : [])
  }

  /** How many frames went damaged. */
  get count(): number {
    return this.#count
  }

  /** Their sequence numbers, the first `Limits.numbersKept` of them. */
  get numbers(): ReadonlyArray<number> {
    return this.#numbers
  }

  /** Spoils the frame in the first `length` bytes of `target` if its turn has come; returns the length that it has now. */
  apply(target: Uint8Array, length: number): number {
    const frame = Frame.decode(target.subarray(0, length))
    if (typeof frame === "string" || frame.kind !== Frame.Kind.dat || frame.sequenceNumber <= this.#highest) {
      return length
    }
    this.#highest = frame.sequenceNumber
    if (frame.payload.length === 0 || !this.#isChosen(frame.sequenceNumber)) return length
    this.#count++
    if (this.#numbers.length < Limits.numbersKept) this.#numbers.push(frame.sequenceNumber)
    return this.#damagePayload(target, length, frame.payload)
  }

  #isChosen(sequenceNumber: number): boolean {
    const { which } = this.#damage
    if ("every" in which) return sequenceNumber % which.every === 0
    if ("rate" in which) return this.#random() < which.rate
    return this.#list.has(sequenceNumber)
  }

  #damagePayload(target: Uint8Array, length: number, payload: Uint8Array): number {
    switch (this.#damage.kind) {
      case "remove":
        target.copyWithin(Frame.headerBytes, Frame.headerBytes + 1, length)
        return length - 1
      case "cut":
        return Frame.headerBytes + Math.floor(payload.length / 2)
      case "flip": {
        const bit = Math.floor(this.#random() * payload.length * 8)
        const at = bit >>> 3
        payload[at] = (payload[at] ?? 0) ^ (1 << (bit & 7))
        return length
      }
    }
  }
}
