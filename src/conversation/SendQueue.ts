/**
 * What waits to be written to one client. It costs a fiber only while a write waits, and holds no more than its owner lets it: the
 * owner sees each write that has completed.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as RoomLimits from "./RoomLimits.ts"

export interface SendQueueOwner {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, unknown>
  readonly fork: (effect: Effect.Effect<void, unknown>) => Fiber.RuntimeFiber<void, unknown>
  /** Whether messages may be joined: their framing alone tells where one ends. */
  readonly joins: boolean
  /** A write has completed. */
  readonly onTaken: () => void
  /** Everything was written, or a write has failed. */
  readonly onIdle: () => void
}

export class SendQueue {
  readonly #owner: SendQueueOwner
  #blocks: Array<Uint8Array> = []
  #bytes = 0
  #isWriting = false
  #isOver = false

  constructor(owner: SendQueueOwner) {
    this.#owner = owner
  }

  /** Bytes whose write has not completed. */
  get bytes(): number {
    return this.#bytes
  }

  get isIdle(): boolean {
    return !this.#isWriting && this.#bytes === 0
  }

  /** Adds bytes, which must not be changed afterwards, for the next `flush`. */
  push(bytes: Uint8Array): void {
    if (this.#isOver) return
    this.#blocks.push(bytes)
    this.#bytes += bytes.length
  }

  /** Writes what waits, as far as there is room at once; the rest follows when there is. */
  flush(): void {
    if (this.#isWriting || this.#blocks.length === 0) return
    this.#isWriting = true
    this.#owner.fork(Effect.suspend(() => this.#next())).addObserver((exit) => {
      this.#isWriting = false
      if (Exit.isFailure(exit)) this.end()
      this.#owner.onIdle()
    })
  }

  /** Discards what waits, and all that follows. */
  end(): void {
    this.#isOver = true
    this.#blocks = []
    this.#bytes = 0
  }

  #next(): Effect.Effect<void, unknown> {
    const block = this.#take()
    if (block === undefined) return Effect.void
    return Effect.flatMap(this.#owner.write(block), () => {
      if (this.#isOver) return Effect.void
      this.#bytes -= block.length
      this.#owner.onTaken()
      return this.#next()
    })
  }

  #take(): Uint8Array | undefined {
    const first = this.#blocks.shift()
    if (first === undefined || !this.#owner.joins) return first
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
