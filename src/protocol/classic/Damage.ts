/**
 * Damages outgoing fragments on purpose, to demonstrate error recovery. The payload of a DAT is changed after its CRC
 * was computed, so the receiver answers NACK (docs/PROTOCOL.md §7.2). Only the first transmission of a fragment is
 * damaged, so every message completes.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"

/** Selects the fragments to damage by sequence number. The fragments of a file's name count too. */
export type Which =
  /** Every Nth fragment. */
  | { readonly every: number }
  /** The fragments with these numbers. */
  | { readonly list: ReadonlyArray<number> }
  /** Each fragment with this probability, 0 to 1. */
  | { readonly rate: number }

/**
 * The change that is made: `remove` deletes the first byte of the payload, as existing programs do; `flip` inverts one
 * bit; `cut` keeps the first half.
 */
export type DamageKind = "remove" | "flip" | "cut"

export interface Damage {
  readonly which: Which
  readonly kind: DamageKind
  /** Seeds the random choices of fragments and bits; equal seeds give equal damage. Default: 1. */
  readonly seed?: number
}

/** Damages the outgoing frames of one message. */
export class Damager {
  readonly #damage: Damage
  readonly #random: () => number
  readonly #list: ReadonlySet<number>
  #highest = 0
  #count = 0
  readonly #numbers: Array<number> = []

  /** `random` returns numbers from 0 up to but not including 1. */
  constructor(damage: Damage, random: () => number) {
    this.#damage = damage
    this.#random = random
    this.#list = new Set("list" in damage.which ? damage.which.list : [])
  }

  /** The number of frames that were damaged. */
  get count(): number {
    return this.#count
  }

  /** The sequence numbers of the damaged frames, the first `Limits.numbersKept` of them. */
  get numbers(): ReadonlyArray<number> {
    return this.#numbers
  }

  /** Damages the frame in the first `length` bytes of `target` if it is selected; returns its new length in bytes. */
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
