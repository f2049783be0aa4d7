/**
 * The bytes of a stream from the first unacknowledged one to the last that was written, in blocks of the writer. Small writes are
 * gathered: a frame has bytes of one block, and a frame of a few bytes costs as much as one of a whole packet.
 */
import * as Limits from "../../ProtocolLimits.ts"

/** Bytes of the stream that are adjacent in memory. */
export interface Block {
  /** Offset of its first byte in the stream. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** How many of `bytes` were written: the rest of a gathering block follows later. */
  length: number
  /** Whether it is a copy of small writes, and no block of the writer. */
  readonly isGathered: boolean
}

/** Size of a stream's first gathering block; each next one is twice as large, up to `Limits.gatheredBlockBytes`. */
const firstGatheredBytes = 256

/** Dropped blocks at the beginning of the array, from which on it is cut: cutting after each one would cost as much as all that remain. */
const droppedBlocks = 64

/** Appends at the end, sends from anywhere, releases from the beginning: each in constant time, but for retransmissions. */
export class SendBuffer {
  readonly #blocks: Array<Block> = []
  /** Index of the first block that is not released. */
  #first = 0
  /** Index of the block with the byte that was sent last for the first time, or of one before it. */
  #cursor = 0
  #nextGatheredBytes = firstGatheredBytes
  /** Blocks that may be overwritten, for reuse by the writer. */
  #released: Array<Uint8Array> = []
  #writtenBytes = 0

  get writtenBytes(): number {
    return this.#writtenBytes
  }

  /** Appends bytes. A large block is not copied and must not change until it is released; a small one is released at once. */
  write(bytes: Uint8Array): void {
    if (bytes.length < Limits.gatheredWriteBytes) this.#gather(bytes)
    else this.#blocks.push({ offset: this.#writtenBytes, bytes, length: bytes.length, isGathered: false })
    this.#writtenBytes += bytes.length
  }

  /** The block with the byte at `offset`, which was written and is not released. */
  blockAt(offset: number): Block {
    const index = this.#indexFromCursor(offset) ?? this.#indexBySearch(offset)
    const block = this.#blocks[index]
    if (block === undefined || offset < block.offset || offset >= block.offset + block.length) {
      throw new RangeError(`byte ${offset} was released already, or is not written`)
    }
    // Retransmitted bytes are before it.
    this.#cursor = Math.max(this.#cursor, index)
    return block
  }

  /** Releases all blocks that end at `offset` or before. */
  release(offset: number): void {
    for (;;) {
      const block = this.#blocks[this.#first]
      if (block === undefined || block.offset + block.length > offset) break
      // The last gathering block is kept: later small writes fill it.
      if (block.isGathered && this.#first === this.#blocks.length - 1) break
      if (!block.isGathered) this.#releaseToWriter(block.bytes)
      this.#first++
    }
    if (this.#first < droppedBlocks || 2 * this.#first < this.#blocks.length) return
    this.#blocks.splice(0, this.#first)
    this.#cursor = Math.max(0, this.#cursor - this.#first)
    this.#first = 0
  }

  /** Drops everything. */
  clear(): void {
    this.#blocks.length = 0
    this.#first = this.#cursor = 0
  }

  /** Returns, once, the blocks that may be overwritten; at most `Limits.spareBlocks`. */
  takeReleased(): ReadonlyArray<Uint8Array> {
    if (this.#released.length === 0) return noBlocks
    const released = this.#released
    this.#released = []
    return released
  }

  #gather(bytes: Uint8Array): void {
    const last = this.#blocks.at(-1)
    if (last?.isGathered === true && last.length + bytes.length <= last.bytes.length) {
      last.bytes.set(bytes, last.length)
      last.length += bytes.length
    } else {
      // A stream with one small write needs no large block.
      if (last?.isGathered === true) {
        this.#nextGatheredBytes = Math.min(2 * last.bytes.length, Limits.gatheredBlockBytes)
      }
      const block = new Uint8Array(Math.max(this.#nextGatheredBytes, bytes.length))
      block.set(bytes)
      this.#blocks.push({ offset: this.#writtenBytes, bytes: block, length: bytes.length, isGathered: true })
    }
    this.#releaseToWriter(bytes)
  }

  #releaseToWriter(bytes: Uint8Array): void {
    if (this.#released.length < Limits.spareBlocks) this.#released.push(bytes)
  }

  /** Bytes that are sent for the first time are in the block of the last ones, or in the next. */
  #indexFromCursor(offset: number): number | undefined {
    for (let index = Math.max(this.#cursor, this.#first); index <= this.#cursor + 1; index++) {
      const block = this.#blocks[index]
      if (block !== undefined && block.offset <= offset && offset < block.offset + block.length) return index
    }
    return undefined
  }

  #indexBySearch(offset: number): number {
    let least = this.#first
    let most = this.#blocks.length - 1
    while (least < most) {
      const middle = (least + most + 1) >>> 1
      if ((this.#blocks[middle]?.offset ?? Infinity) <= offset) least = middle
      else most = middle - 1
    }
    return least
  }
}

const noBlocks: ReadonlyArray<Uint8Array> = []
