/**
 * The sending half of a stream (RFC 9000 §2.2, §3.1): keeps written blocks, without a copy, until they are acknowledged. It decides
 * which bytes are sent next, lost ones first; Streams and Transmission decide when.
 */
import type { Frame, StreamFrame } from "../wire/Frame.ts"
import { streamHeaderBytes } from "../wire/Frame.ts"
import { Ranges } from "./Ranges.ts"
import { type Block, SendBuffer } from "./SendBuffer.ts"

/** The sending half of one stream. Offsets and sizes are bytes. */
export class SendStream {
  readonly id: number
  readonly #buffer = new SendBuffer()
  #sentBytes = 0
  /** The peer's flow control limit, as an offset. */
  #limitBytes: number
  readonly #acked = new Ranges()
  readonly #lost = new Ranges()
  #isFinished = false
  /** Whether the end of the stream has to be sent, for the first time or again. */
  #isFinDue = false
  #isFinAcked = false
  #resetCode: number | undefined
  #isResetDue = false
  #isResetAcked = false

  constructor(id: number, limitBytes: number) {
    this.id = id
    this.#limitBytes = limitBytes
  }

  /** Bytes that were written and never sent. */
  get unsentBytes(): number {
    return this.#resetCode === undefined ? this.#buffer.writtenBytes - this.#sentBytes : 0
  }

  /** Bytes that were sent, each counted once: flow control counts them. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  /** Bytes from the beginning that were acknowledged without a gap. */
  get ackedBytes(): number {
    return this.#acked.firstAt(0) === 0 ? this.#acked.endAt(0) : 0
  }

  /** Whether the peer has acknowledged the whole stream with its end, or RESET_STREAM. */
  get isSettled(): boolean {
    return this.#resetCode === undefined
      ? this.#isFinAcked && this.ackedBytes === this.#buffer.writtenBytes
      : this.#isResetAcked
  }

  /** Whether lost bytes have to be sent again. */
  get hasLost(): boolean {
    return this.#resetCode === undefined && !this.#lost.isEmpty
  }

  /** Whether the stream was finished or reset: nothing more can be written. */
  get isFinished(): boolean {
    return this.#isFinished || this.#resetCode !== undefined
  }

  /** Whether the peer's limit for this stream prevents sending. */
  get isBlocked(): boolean {
    return this.unsentBytes > 0 && this.#sentBytes >= this.#limitBytes
  }

  /** Appends a block, which must not change until it is released. No effect on a finished stream. */
  write(bytes: Uint8Array): void {
    if (!this.isFinished && bytes.length > 0) this.#buffer.write(bytes)
  }

  /** Returns, once, the blocks that may be overwritten: acknowledged or copied. At most `Limits.spareBlocks`. */
  takeReleased(): ReadonlyArray<Uint8Array> {
    return this.#buffer.takeReleased()
  }

  /** Ends the stream after the bytes that were written. */
  finish(): void {
    if (this.isFinished) return
    this.#isFinished = true
    this.#isFinDue = true
  }

  /** Abandons the stream with RESET_STREAM of `code`: bytes that were not sent are never sent. */
  reset(code: number): void {
    if (this.#resetCode !== undefined || this.isSettled) return
    this.#resetCode = code
    this.#isResetDue = true
    this.#buffer.clear()
  }

  /** Receives MAX_STREAM_DATA: the peer accepts bytes up to that offset. A lower limit is ignored. */
  raiseLimit(bytes: number): void {
    this.#limitBytes = Math.max(this.#limitBytes, bytes)
  }

  /**
   * Whether a frame can be sent, given `creditBytes` of the session's flow control for bytes that were never sent. With 0: whether
   * there is a frame without such bytes, such as one that was lost.
   */
  isReady(creditBytes: number): boolean {
    if (this.#resetCode !== undefined) return this.#isResetDue
    if (!this.#lost.isEmpty) return true
    if (this.unsentBytes > 0) return creditBytes > 0 && this.#sentBytes < this.#limitBytes
    return this.#isFinDue
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
    const end = Math.min(this.#buffer.writtenBytes, this.#limitBytes, this.#sentBytes + creditBytes)
    if (end <= this.#sentBytes && !(this.#isFinDue && this.unsentBytes === 0)) return undefined
    const frame = this.#frame(this.#sentBytes, end, roomBytes)
    if (frame !== undefined) this.#sentBytes += frame.end - frame.start
    return frame
  }

  /** A STREAM or RESET_STREAM frame of this stream was acknowledged. */
  onAcked(frame: Frame): void {
    if (frame._tag === "ResetStream") {
      this.#isResetAcked = true
    } else if (frame._tag === "Stream") {
      const end = frame.offset + frame.end - frame.start
      this.#acked.add(frame.offset, end)
      this.#lost.remove(frame.offset, end)
      if (frame.isLast) {
        this.#isFinAcked = true
        this.#isFinDue = false
      }
      this.#buffer.release(this.ackedBytes)
    }
  }

  /** A STREAM or RESET_STREAM frame of this stream was lost: what is not acknowledged is sent again. */
  onLost(frame: Frame): void {
    if (frame._tag === "ResetStream") {
      this.#isResetDue = !this.#isResetAcked
    } else if (frame._tag === "Stream" && this.#resetCode === undefined) {
      this.#lost.add(frame.offset, frame.offset + frame.end - frame.start)
      for (let index = 0; index < this.#acked.count && !this.#lost.isEmpty; index++) {
        if (this.#acked.firstAt(index) >= frame.offset + frame.end - frame.start) break
        this.#lost.remove(this.#acked.firstAt(index), this.#acked.endAt(index))
      }
      if (frame.isLast) this.#isFinDue = !this.#isFinAcked
    }
  }

  #nextReset(roomBytes: number): Frame | undefined {
    if (!this.#isResetDue || this.#resetCode === undefined || roomBytes < 25) return undefined
    this.#isResetDue = false
    return { _tag: "ResetStream", id: this.id, code: this.#resetCode, finalBytes: this.#sentBytes }
  }

  /** A frame with bytes of [first, end): as many as fit into `roomBytes` and are in one block. */
  #frame(first: number, end: number, roomBytes: number): StreamFrame | undefined {
    const block = first < this.#buffer.writtenBytes ? this.#buffer.blockAt(first) : { ...emptyBlock, offset: first }
    const availableBytes = Math.min(end, block.offset + block.length) - first
    const length = Math.min(
      availableBytes,
      roomBytes - streamHeaderBytes(this.id, first, Math.min(availableBytes, roomBytes))
    )
    if (length < 0 || (length === 0 && availableBytes > 0)) return undefined
    const isLast = this.#isFinished && first + length === this.#buffer.writtenBytes
    if (isLast) this.#isFinDue = false
    const start = first - block.offset
    return { _tag: "Stream", id: this.id, offset: first, isLast, bytes: block.bytes, start, end: start + length }
  }
}

const emptyBlock: Block = { offset: 0, bytes: new Uint8Array(0), length: 0, isGathered: false }
