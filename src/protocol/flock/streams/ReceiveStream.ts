/**
 * The receiving half of a stream (RFC 9000 §2.2, §3.2): reassembles bytes that arrive in any order and more than once. Its memory is
 * bounded by its flow control window, and that of pieces by a space of the session (docs/PROTOCOL.md, flock §5.4).
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { StreamFrame } from "../wire/Frame.ts"
import { FlowControl } from "./FlowControl.ts"
import type { OutOfOrderSpace } from "./OutOfOrderSpace.ts"
import { Ranges } from "./Ranges.ts"

/** Outcome of a frame. `Full`: there is no space now, and its packet must not be acknowledged. The last two violate the protocol. */
export type Outcome = "Accepted" | "Full" | "FlowControlError" | "FinalSizeError"

/** Bytes that arrived before the bytes that precede them. */
interface OutOfOrderPiece {
  readonly offset: number
  readonly bytes: Uint8Array
}

/**
 * Size of a stream's first block; each next one is twice as large, up to `Limits.streamBlockBytes`. Many streams carry a header only,
 * or are reset: an array of this size costs no allocation outside of the heap.
 */
const firstBlockBytes = 64

/** The receiving half of one stream. Offsets and sizes are bytes. */
export class ReceiveStream {
  readonly id: number
  readonly window: FlowControl
  /** Bytes in order are written at `#filled`. `#consumed` is the read position in the oldest block. */
  #block: Uint8Array = emptyBytes
  #consumed = 0
  #filled = 0
  #nextBlockBytes = firstBlockBytes
  /** Blocks that are full and not completely read, oldest first. */
  readonly #full: Array<Uint8Array> = []
  /** Blocks that the reader has released, for reuse: new ones would load the garbage collector. */
  readonly #spare: Array<Uint8Array> = []
  /** Released bytes of each block; undefined before the first release. */
  #returned: WeakMap<ArrayBufferLike, number> | undefined
  /** Bytes that arrived without a gap. */
  #inOrderBytes = 0
  readonly #outOfOrder: Array<OutOfOrderPiece> = []
  readonly #outOfOrderRanges = new Ranges()
  readonly #space: OutOfOrderSpace
  /** End of the highest byte that arrived. */
  #highestOffset = 0
  #finalBytes: number | undefined
  #resetCode: number | undefined
  #isStopped = false
  #readBytes = 0

  /** `space` bounds the out-of-order pieces of all streams of the session. */
  constructor(id: number, windowBytes: number, space: OutOfOrderSpace) {
    this.id = id
    this.#space = space
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

  /** End of the highest byte that arrived: flow control counts it. */
  get furthestBytes(): number {
    return this.#highestOffset
  }

  /** Whether the peer has ended the stream and all bytes were read. */
  get isAtEnd(): boolean {
    return this.#finalBytes !== undefined && this.#resetCode === undefined && this.#readBytes === this.#finalBytes
  }

  /** Code of the peer's RESET_STREAM; undefined when there was none. */
  get resetCode(): number | undefined {
    return this.#resetCode
  }

  /** Whether the stream was reset or all of its bytes have arrived. */
  get isSettled(): boolean {
    return this.#resetCode !== undefined || (this.#finalBytes !== undefined && this.#inOrderBytes === this.#finalBytes)
  }

  /** Whether this side has stopped reading. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Bytes that arrived without a gap. */
  get contiguousBytes(): number {
    return this.#inOrderBytes
  }

  /** Whether bytes from `offset` to `end` would be stored as a piece if the first `contiguousBytes` had arrived without a gap. */
  needsSpace(offset: number, end: number, contiguousBytes: number): boolean {
    if (offset <= contiguousBytes || end <= offset || this.#resetCode !== undefined || this.#isStopped) return false
    return !this.#outOfOrderRanges.includes(offset, end)
  }

  /** Receives a STREAM frame. `creditBytes` is how much the session's flow control still allows for all streams together. */
  onFrame({ bytes, end, isLast, offset, start }: StreamFrame, creditBytes: number): Outcome {
    const frameEnd = offset + end - start
    const isPastFinalSize = this.#finalBytes !== undefined && frameEnd > this.#finalBytes
    const isFinalSizeChange = isLast && frameEnd !== (this.#finalBytes ?? Math.max(frameEnd, this.#highestOffset))
    if (isPastFinalSize || isFinalSizeChange) return "FinalSizeError"
    if (frameEnd > this.window.limitBytes || frameEnd - this.#highestOffset > creditBytes) return "FlowControlError"
    if (this.#resetCode === undefined && !this.#isStopped && !this.#store(offset, bytes, start, end)) return "Full"
    this.#highestOffset = Math.max(this.#highestOffset, frameEnd)
    if (isLast) this.#finalBytes = frameEnd
    if (this.#isStopped) this.#readBytes = this.#inOrderBytes = this.#highestOffset
    return "Accepted"
  }

  /** Receives RESET_STREAM. Bytes that were not read are discarded; it has no effect when all bytes have arrived. */
  onReset(code: number, finalBytes: number, creditBytes: number): Outcome {
    if (finalBytes < this.#highestOffset || finalBytes !== (this.#finalBytes ?? finalBytes)) return "FinalSizeError"
    if (finalBytes > this.window.limitBytes || finalBytes - this.#highestOffset > creditBytes) return "FlowControlError"
    if (this.isSettled) return "Accepted"
    this.#highestOffset = finalBytes
    this.#finalBytes = finalBytes
    this.#resetCode = code
    this.#discard()
    this.#readBytes = this.#inOrderBytes = finalBytes
    return "Accepted"
  }

  /** Discards the bytes that arrived and those that will arrive. */
  stop(): void {
    this.#isStopped = true
    this.#discard()
    this.#readBytes = this.#inOrderBytes = this.#highestOffset
  }

  /** The next contiguous bytes in order, which stay unread; empty when there are none. */
  peek(): Uint8Array {
    const [block = this.#block] = this.#full
    return block.subarray(this.#consumed, this.#full.length > 0 ? block.length : this.#filled)
  }

  /**
   * Reads the next contiguous bytes in order, at most `maxBytes`; undefined when there are none. They belong to the reader until it
   * releases them.
   */
  read(maxBytes = Infinity): Uint8Array | undefined {
    const block = this.#full[0] ?? this.#block
    const end = Math.min(this.#full.length > 0 ? block.length : this.#filled, this.#consumed + maxBytes)
    if (end <= this.#consumed) return undefined
    const bytes = block.subarray(this.#consumed, end)
    this.#consumed = end
    this.#readBytes += bytes.length
    if (this.#full.length > 0 && end === block.length) {
      this.#full.shift()
      this.#consumed = 0
    }
    return bytes
  }

  /** Releases bytes that {@link read} returned: their block is reused when all of it was released. */
  release({ buffer, length }: Uint8Array): void {
    if (buffer.byteLength !== Limits.streamBlockBytes) return
    this.#returned ??= new WeakMap()
    const returned = (this.#returned.get(buffer) ?? 0) + length
    this.#returned.set(buffer, returned)
    if (returned < buffer.byteLength) return
    this.#returned.delete(buffer)
    if (this.#spare.length < Limits.spareBlocks) this.#spare.push(new Uint8Array(buffer))
  }

  #store(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
    const frameEnd = offset + end - start
    if (frameEnd <= this.#inOrderBytes) return true
    if (offset > this.#inOrderBytes) return this.#storeOutOfOrder(offset, bytes, start, end)
    this.#append(bytes, start + this.#inOrderBytes - offset, end)
    this.#appendOutOfOrder()
    return true
  }

  #storeOutOfOrder(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
    // A duplicate of a piece takes no memory.
    if (this.#outOfOrderRanges.includes(offset, offset + end - start)) return true
    if (!this.#space.hasRoomFor(end - start)) return false
    this.#outOfOrderRanges.add(offset, offset + end - start)
    this.#space.take(end - start)
    const piece = { offset, bytes: bytes.slice(start, end) }
    let at = this.#outOfOrder.length
    while (at > 0 && (this.#outOfOrder[at - 1]?.offset ?? 0) > offset) at--
    this.#outOfOrder.splice(at, 0, piece)
    return true
  }

  /** Appends the out-of-order pieces that are now in order. */
  #appendOutOfOrder(): void {
    let joined = 0
    for (const { bytes, offset } of this.#outOfOrder) {
      if (offset > this.#inOrderBytes) break
      joined++
      this.#space.give(bytes.length)
      if (offset + bytes.length > this.#inOrderBytes) this.#append(bytes, this.#inOrderBytes - offset, bytes.length)
    }
    if (joined === 0) return
    this.#outOfOrder.splice(0, joined)
    this.#outOfOrderRanges.remove(0, this.#inOrderBytes)
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
    if (this.#filled > 0 && (this.#full.length > 0 || this.#consumed < this.#filled)) this.#full.push(this.#block)
    else this.#consumed = 0
    while (this.#nextBlockBytes < neededBytes && this.#nextBlockBytes < Limits.streamBlockBytes) {
      this.#nextBlockBytes *= 2
    }
    const spare = this.#nextBlockBytes === Limits.streamBlockBytes ? this.#spare.pop() : undefined
    this.#block = spare ?? new Uint8Array(this.#nextBlockBytes)
    this.#nextBlockBytes = Math.min(2 * this.#nextBlockBytes, Limits.streamBlockBytes)
    this.#filled = 0
  }

  #discard(): void {
    this.#block = emptyBytes
    this.#consumed = this.#filled = 0
    this.#full.length = 0
    for (const { bytes } of this.#outOfOrder) this.#space.give(bytes.length)
    this.#outOfOrder.length = 0
    this.#spare.length = 0
  }
}

const emptyBytes: Uint8Array = new Uint8Array(0)
