/**
 * One direction of a stream, on its way in: bytes may come in any order and more than once, and are read in order and once.
 * It holds no more than its window allows, however the peer cuts it.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { StreamFrame } from "../wire/Frame.ts"
import { FlowControl } from "./FlowControl.ts"
import { Ranges } from "./Ranges.ts"

/** What became of a frame. `Full`: it cannot be held now, and must not be acknowledged. The others break the protocol. */
export type Outcome = "Taken" | "Full" | "FlowControlError" | "FinalSizeError"

/** Bytes that came before those that precede them. */
interface Early {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** The first block of a stream, in bytes; each next one is twice as large, up to `Limits.streamBlockBytes`. */
const firstBlockBytes = 1024

/** What it costs to keep a piece that came early, besides its bytes. */
const earlyOverheadBytes = 256

export class ReceiveStream {
  readonly id: number
  readonly window: FlowControl
  /** Bytes that came in order are written at `#filled`, and read from `#taken`. */
  #block: Uint8Array = nothing
  #taken = 0
  #filled = 0
  #nextBlockBytes = firstBlockBytes
  /** Blocks that are full and not read. */
  readonly #full: Array<Uint8Array> = []
  /** Blocks that the reader gave back, whole, to be filled again: fresh ones keep the garbage collector busy. */
  readonly #spare: Array<Uint8Array> = []
  readonly #returned = new WeakMap<ArrayBufferLike, number>()
  /** All that came in order. */
  #inOrderBytes = 0
  readonly #early: Array<Early> = []
  readonly #earlyRanges = new Ranges()
  #earlyCostBytes = 0
  /** The end of the furthest byte that came. */
  #furthest = 0
  #finalBytes: number | undefined
  #resetCode: number | undefined
  #isStopped = false
  #readBytes = 0

  constructor(id: number, windowBytes: number) {
    this.id = id
    this.window = new FlowControl(windowBytes, Limits.streamWindowBytes)
  }

  /** Bytes that can be read now. */
  get readableBytes(): number {
    return this.#inOrderBytes - this.#readBytes
  }

  /** Bytes that have been read. */
  get readBytes(): number {
    return this.#readBytes
  }

  /** The end of the furthest byte that came: what flow control counts. */
  get furthestBytes(): number {
    return this.#furthest
  }

  /** The peer has ended the stream and everything was read. */
  get isAtEnd(): boolean {
    return this.#finalBytes !== undefined && this.#resetCode === undefined && this.#readBytes === this.#finalBytes
  }

  /** The code with which the peer gave the stream up. */
  get resetCode(): number | undefined {
    return this.#resetCode
  }

  /** Whether nothing more can come that matters. */
  get isSettled(): boolean {
    return this.#resetCode !== undefined || (this.#finalBytes !== undefined && this.#inOrderBytes === this.#finalBytes)
  }

  /** Takes what came, after `creditBytes`, which all streams of the connection together have left. */
  onFrame({ bytes, end, isLast, offset, start }: StreamFrame, creditBytes: number): Outcome {
    const frameEnd = offset + end - start
    const isBeyondTheEnd = this.#finalBytes !== undefined && frameEnd > this.#finalBytes
    const isAnotherEnd = isLast && frameEnd !== (this.#finalBytes ?? Math.max(frameEnd, this.#furthest))
    if (isBeyondTheEnd || isAnotherEnd) return "FinalSizeError"
    if (frameEnd > this.window.limitBytes || frameEnd - this.#furthest > creditBytes) return "FlowControlError"
    if (this.#resetCode === undefined && !this.#isStopped && !this.#store(offset, bytes, start, end)) return "Full"
    this.#furthest = Math.max(this.#furthest, frameEnd)
    if (isLast) this.#finalBytes = frameEnd
    if (this.#isStopped) this.#readBytes = this.#inOrderBytes = this.#furthest
    return "Taken"
  }

  /** The peer has given the stream up. */
  onReset(code: number, finalBytes: number, creditBytes: number): Outcome {
    if (finalBytes < this.#furthest || finalBytes !== (this.#finalBytes ?? finalBytes)) return "FinalSizeError"
    if (finalBytes > this.window.limitBytes || finalBytes - this.#furthest > creditBytes) return "FlowControlError"
    if (this.isSettled) return "Taken"
    this.#furthest = finalBytes
    this.#finalBytes = finalBytes
    this.#resetCode = code
    this.#forget()
    this.#readBytes = this.#inOrderBytes = finalBytes
    return "Taken"
  }

  /** Nothing that comes is wanted any more. */
  stop(): void {
    this.#isStopped = true
    this.#forget()
    this.#readBytes = this.#inOrderBytes = this.#furthest
  }

  /** The next bytes in order, as many as stand together, no more than `maxBytes`; undefined when there are none. They are the reader's. */
  read(maxBytes = Infinity): Uint8Array | undefined {
    const block = this.#full[0] ?? this.#block
    const end = Math.min(this.#full.length > 0 ? block.length : this.#filled, this.#taken + maxBytes)
    if (end <= this.#taken) return undefined
    const bytes = block.subarray(this.#taken, end)
    this.#taken = end
    this.#readBytes += bytes.length
    if (this.#full.length > 0 && end === block.length) {
      this.#full.shift()
      this.#taken = 0
    }
    return bytes
  }

  /** The reader is done with bytes that it has read, and nobody will look at them again. */
  release({ buffer, length }: Uint8Array): void {
    const returned = (this.#returned.get(buffer) ?? 0) + length
    this.#returned.set(buffer, returned)
    if (returned < buffer.byteLength || buffer.byteLength !== Limits.streamBlockBytes) return
    this.#returned.delete(buffer)
    if (this.#spare.length < Limits.spareBlocks) this.#spare.push(new Uint8Array(buffer))
  }

  #store(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
    const frameEnd = offset + end - start
    if (frameEnd <= this.#inOrderBytes) return true
    if (offset > this.#inOrderBytes) return this.#storeEarly(offset, bytes, start, end)
    this.#append(bytes, start + this.#inOrderBytes - offset, end)
    this.#joinEarly()
    return true
  }

  #storeEarly(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
    const cost = end - start + earlyOverheadBytes
    if (this.#earlyCostBytes + cost > 2 * this.window.windowBytes) return false
    // A copy of what is here already, as every duplicate is, costs nothing.
    if (!this.#earlyRanges.add(offset, offset + end - start)) return true
    this.#earlyCostBytes += cost
    const piece = { offset, bytes: bytes.slice(start, end) }
    let at = this.#early.length
    while (at > 0 && (this.#early[at - 1]?.offset ?? 0) > offset) at--
    this.#early.splice(at, 0, piece)
    return true
  }

  /** Early pieces whose turn has come. */
  #joinEarly(): void {
    let joined = 0
    for (const { bytes, offset } of this.#early) {
      if (offset > this.#inOrderBytes) break
      joined++
      this.#earlyCostBytes -= bytes.length + earlyOverheadBytes
      if (offset + bytes.length > this.#inOrderBytes) this.#append(bytes, this.#inOrderBytes - offset, bytes.length)
    }
    if (joined === 0) return
    this.#early.splice(0, joined)
    this.#earlyRanges.remove(0, this.#inOrderBytes)
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    let from = start
    while (from < end) {
      if (this.#filled === this.#block.length) this.#beginBlock(end - from)
      const length = Math.min(end - from, this.#block.length - this.#filled)
      this.#block.set(bytes.subarray(from, from + length), this.#filled)
      this.#filled += length
      from += length
    }
    this.#inOrderBytes += end - start
  }

  #beginBlock(neededBytes: number): void {
    if (this.#filled > 0 && (this.#full.length > 0 || this.#taken < this.#filled)) this.#full.push(this.#block)
    else this.#taken = 0
    while (this.#nextBlockBytes < neededBytes && this.#nextBlockBytes < Limits.streamBlockBytes) {
      this.#nextBlockBytes *= 2
    }
    const spare = this.#nextBlockBytes === Limits.streamBlockBytes ? this.#spare.pop() : undefined
    this.#block = spare ?? new Uint8Array(this.#nextBlockBytes)
    this.#nextBlockBytes = Math.min(2 * this.#nextBlockBytes, Limits.streamBlockBytes)
    this.#filled = 0
  }

  #forget(): void {
    this.#block = nothing
    this.#taken = this.#filled = 0
    this.#full.length = 0
    this.#early.length = 0
    this.#earlyCostBytes = 0
    this.#spare.length = 0
  }
}

const nothing: Uint8Array = new Uint8Array(0)
