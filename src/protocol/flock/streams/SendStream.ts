/**
 * One direction of a stream, on its way out: what is written is kept, uncopied, until it is acknowledged. It decides which
 * bytes go next, lost ones first; when and in which packet is for others.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Frame, StreamFrame } from "../wire/Frame.ts"
import { streamHeaderBytes } from "../wire/Frame.ts"
import { Ranges } from "./Ranges.ts"

interface Block {
  /** Its place in the stream. */
  readonly offset: number
  readonly bytes: Uint8Array
}

export class SendStream {
  readonly id: number
  #blocks: Array<Block> = []
  /** Blocks that have arrived, if anybody wants them back. */
  #released: Array<Uint8Array> = []
  #writtenBytes = 0
  #sentBytes = 0
  /** What the peer allows, as an offset. */
  #allowedBytes: number
  readonly #acked = new Ranges()
  readonly #lost = new Ranges()
  #isFinished = false
  /** The end of the stream: told, lost again, known to have arrived. */
  #isEndDue = false
  #isEndAcked = false
  #resetCode: number | undefined
  #isResetDue = false
  #isResetAcked = false

  constructor(id: number, allowedBytes: number) {
    this.id = id
    this.#allowedBytes = allowedBytes
  }

  /** Bytes that were written and have not been sent for the first time. */
  get unsentBytes(): number {
    return this.#resetCode === undefined ? this.#writtenBytes - this.#sentBytes : 0
  }

  /** Bytes sent so far, each counted once: what flow control counts. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  /** Bytes from the beginning that have arrived without a gap. */
  get ackedBytes(): number {
    return this.#acked.firstAt(0) === 0 ? this.#acked.endAt(0) : 0
  }

  /** Whether all of it has arrived, or the peer knows that it never will. */
  get isSettled(): boolean {
    return this.#resetCode === undefined
      ? this.#isEndAcked && this.ackedBytes === this.#writtenBytes
      : this.#isResetAcked
  }

  /** Whether something that was sent has to go again. */
  get hasLost(): boolean {
    return this.#resetCode === undefined && !this.#lost.isEmpty
  }

  get isFinished(): boolean {
    return this.#isFinished || this.#resetCode !== undefined
  }

  /** Whether only the peer's limit for this stream holds it back. */
  get isBlocked(): boolean {
    return this.unsentBytes > 0 && this.#sentBytes >= this.#allowedBytes
  }

  /** Takes a block, which must not change until it is acknowledged. */
  write(bytes: Uint8Array): void {
    if (this.isFinished || bytes.length === 0) return
    this.#blocks.push({ offset: this.#writtenBytes, bytes })
    this.#writtenBytes += bytes.length
  }

  /** Blocks that were written and have arrived: nobody here looks at them again. Only the last few are kept. */
  takeReleased(): ReadonlyArray<Uint8Array> {
    if (this.#released.length === 0) return none
    const released = this.#released
    this.#released = []
    return released
  }

  /** No more follows. */
  finish(): void {
    if (this.isFinished) return
    this.#isFinished = true
    this.#isEndDue = true
  }

  /** Gives the stream up: what was not sent is never sent. */
  reset(code: number): void {
    if (this.#resetCode !== undefined || this.isSettled) return
    this.#resetCode = code
    this.#isResetDue = true
    this.#blocks = []
  }

  /** The peer takes bytes up to that offset. */
  allow(bytes: number): void {
    this.#allowedBytes = Math.max(this.#allowedBytes, bytes)
  }

  /** Whether a frame could go, if the connection has so many bytes of credit for what was never sent. */
  isReady(creditBytes: number): boolean {
    if (this.#resetCode !== undefined) return this.#isResetDue
    if (!this.#lost.isEmpty) return true
    if (this.unsentBytes > 0) return creditBytes > 0 && this.#sentBytes < this.#allowedBytes
    return this.#isEndDue
  }

  /** The next frame of at most `roomBytes`, header included; undefined when none fits or none is due. */
  nextFrame(roomBytes: number, creditBytes: number): Frame | undefined {
    if (this.#resetCode !== undefined) return this.#nextReset(roomBytes)
    if (!this.#lost.isEmpty) {
      const first = this.#lost.firstAt(0)
      const frame = this.#frame(first, this.#lost.endAt(0), roomBytes)
      if (frame !== undefined) this.#lost.remove(first, first + frame.end - frame.start)
      return frame
    }
    const end = Math.min(this.#writtenBytes, this.#allowedBytes, this.#sentBytes + creditBytes)
    if (end <= this.#sentBytes && !(this.#isEndDue && this.unsentBytes === 0)) return undefined
    const frame = this.#frame(this.#sentBytes, end, roomBytes)
    if (frame !== undefined) this.#sentBytes += frame.end - frame.start
    return frame
  }

  onAcked(frame: Frame): void {
    if (frame.type === "ResetStream") {
      this.#isResetAcked = true
    } else if (frame.type === "Stream") {
      const end = frame.offset + frame.end - frame.start
      this.#acked.add(frame.offset, end)
      this.#lost.remove(frame.offset, end)
      if (frame.isLast) {
        this.#isEndAcked = true
        this.#isEndDue = false
      }
      this.#forgetAcked()
    }
  }

  onLost(frame: Frame): void {
    if (frame.type === "ResetStream") {
      this.#isResetDue = !this.#isResetAcked
    } else if (frame.type === "Stream" && this.#resetCode === undefined) {
      this.#lost.add(frame.offset, frame.offset + frame.end - frame.start)
      for (let index = 0; index < this.#acked.count && !this.#lost.isEmpty; index++) {
        if (this.#acked.firstAt(index) >= frame.offset + frame.end - frame.start) break
        this.#lost.remove(this.#acked.firstAt(index), this.#acked.endAt(index))
      }
      if (frame.isLast) this.#isEndDue = !this.#isEndAcked
    }
  }

  #nextReset(roomBytes: number): Frame | undefined {
    if (!this.#isResetDue || this.#resetCode === undefined || roomBytes < 25) return undefined
    this.#isResetDue = false
    return { type: "ResetStream", id: this.id, code: this.#resetCode, finalBytes: this.#sentBytes }
  }

  /** Bytes from `first` up to `end`, as many as fit and lie in one block. */
  #frame(first: number, end: number, roomBytes: number): StreamFrame | undefined {
    const block = first < this.#writtenBytes ? this.#blockAt(first) : { offset: first, bytes: nothing }
    const there = Math.min(end, block.offset + block.bytes.length) - first
    const length = Math.min(there, roomBytes - streamHeaderBytes(this.id, first, Math.min(there, roomBytes)))
    if (length < 0 || (length === 0 && there > 0)) return undefined
    const isLast = this.#isFinished && first + length === this.#writtenBytes
    if (isLast) this.#isEndDue = false
    const start = first - block.offset
    return { type: "Stream", id: this.id, offset: first, isLast, bytes: block.bytes, start, end: start + length }
  }

  #blockAt(offset: number): Block {
    const blocks = this.#blocks
    // What is sent is mostly in the last blocks.
    for (let index = blocks.length - 1; index >= 0; index--) {
      const block = blocks[index]
      if (block !== undefined && block.offset <= offset) return block
    }
    throw new RangeError(`stream ${this.id} has no byte ${offset} any more`)
  }

  #forgetAcked(): void {
    const acked = this.ackedBytes
    let done = 0
    for (const { bytes, offset } of this.#blocks) {
      if (offset + bytes.length > acked) break
      done++
    }
    if (done === 0) return
    for (const { bytes } of this.#blocks.splice(0, done)) {
      if (this.#released.length < Limits.spareBlocks) this.#released.push(bytes)
    }
  }
}

const nothing = new Uint8Array(0)
const none: ReadonlyArray<Uint8Array> = []
