/** What waits to be written to one client. It holds no more than its owner lets it: the owner sees each write that has completed. */
import type { Codec } from "../protocol/framing/Framing.ts"
import * as RoomLimits from "./RoomLimits.ts"

export interface SendQueueOwner {
  /** Takes bytes. False: they wait, and `SendQueue.onDrain` must be called when there is room again. */
  readonly write: (bytes: Uint8Array) => boolean
  /** A write has completed. */
  readonly onTaken: () => void
  /** Everything was written. */
  readonly onIdle: () => void
}

export class SendQueue {
  readonly #owner: SendQueueOwner
  readonly #codec: Pick<Codec, "delimits">
  #blocks: Array<Uint8Array> = []
  #bytes = 0
  /** Bytes of the write that waits for room; 0 without one. */
  #writingBytes = 0
  #isOver = false

  /** Messages are joined while the codec delimits them. */
  constructor(owner: SendQueueOwner, codec: Pick<Codec, "delimits">) {
    this.#owner = owner
    this.#codec = codec
  }

  /** Bytes whose write has not completed. */
  get bytes(): number {
    return this.#bytes
  }

  get isIdle(): boolean {
    return this.#bytes === 0
  }

  /** Adds bytes, which must not be changed afterwards, for the next `flush`. */
  push(bytes: Uint8Array): void {
    if (this.#isOver || bytes.length === 0) return
    this.#blocks.push(bytes)
    this.#bytes += bytes.length
  }

  /** Writes what waits, as far as there is room at once; the rest follows when there is. */
  flush(): void {
    if (this.#writingBytes > 0 || this.#blocks.length === 0) return
    for (let block = this.#take(); block !== undefined; block = this.#take()) {
      this.#writingBytes = block.length
      if (!this.#owner.write(block) || this.#isOver) return
      this.#taken()
    }
    this.#owner.onIdle()
  }

  /** There is room again. */
  onDrain(): void {
    if (this.#writingBytes === 0) return
    this.#taken()
    if (this.#blocks.length > 0) return this.flush()
    this.#owner.onIdle()
  }

  /** Discards what waits, and all that follows. */
  end(): void {
    this.#isOver = true
    this.#blocks = []
    this.#bytes = this.#writingBytes = 0
  }

  #taken(): void {
    this.#bytes -= this.#writingBytes
    this.#writingBytes = 0
    this.#owner.onTaken()
  }

  #take(): Uint8Array | undefined {
    const first = this.#blocks.shift()
    if (first === undefined || !this.#codec.delimits) return first
    let length = first.length
    let count = 0
    for (const { length: more } of this.#blocks) {
      if (length + more > RoomLimits.joinedBytes) break
      length += more
      count++
    }
    if (count === 0) return first
    const joined = new Uint8Array(length)
    joined.set(first)
    let filled = first.length
    for (const block of this.#blocks.splice(0, count)) {
      joined.set(block, filled)
      filled += block.length
    }
    return joined
  }
}
