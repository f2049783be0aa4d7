/**
 * Decides which stream of a session sends next (docs/PROTOCOL.md, flock §5.5): lost data first, then new data, one frame of each
 * stream in turn, as far as the session's flow control allows.
 */
import { type Frame, smallFrameBytes } from "../wire/Frame.ts"
import type { Stream } from "./Stream.ts"

export class SendScheduler {
  /** Streams that may have data to send, in round-robin order. */
  readonly #active = new Set<Stream>()
  /** Streams with lost data: it is sent before new data of any stream. */
  readonly #retransmitting = new Set<Stream>()
  readonly #onWritable: (stream: Stream) => void
  #peerMaxDataBytes: number
  #sentBytes = 0

  /** `peerMaxDataBytes` is the peer's first limit; `onWritable` is called when a full stream has room again. */
  constructor(peerMaxDataBytes: number, onWritable: (stream: Stream) => void) {
    this.#peerMaxDataBytes = peerMaxDataBytes
    this.#onWritable = onWritable
  }

  /** Whether a stream may have data to send, new or lost. */
  get hasUnsent(): boolean {
    return this.#active.size > 0 || this.#retransmitting.size > 0
  }

  /** Bytes that the peer's limit for the session still allows. */
  get creditBytes(): number {
    return this.#peerMaxDataBytes - this.#sentBytes
  }

  /** The stream may have new data to send. */
  activate(stream: Stream): void {
    this.#active.add(stream)
  }

  /** Data of the stream was lost. */
  retransmit(stream: Stream): void {
    this.#retransmitting.add(stream)
  }

  /** The stream is closed. */
  forget(stream: Stream): void {
    this.#active.delete(stream)
    this.#retransmitting.delete(stream)
  }

  /** Receives MAX_DATA. False when it does not raise the limit: then it is ignored. */
  raiseLimit(bytes: number): boolean {
    if (bytes <= this.#peerMaxDataBytes) return false
    this.#peerMaxDataBytes = bytes
    return true
  }

  /** The next STREAM or RESET_STREAM frame, of at most `roomBytes`. */
  nextFrame(roomBytes: number): Frame | undefined {
    if (roomBytes < smallFrameBytes + 1) return undefined
    const retransmission = this.#retransmitting.size > 0 ? this.#nextFrom(this.#retransmitting, roomBytes) : undefined
    return retransmission ?? this.#nextFrom(this.#active, roomBytes)
  }

  #nextFrom(queue: Set<Stream>, roomBytes: number): Frame | undefined {
    for (const stream of queue) {
      // What was lost has been acknowledged since: new data waits for its turn.
      if (queue === this.#retransmitting && !stream.send.isReady(0)) {
        queue.delete(stream)
        this.#active.add(stream)
        continue
      }
      const sentBefore = stream.send.sentBytes
      const frame = stream.send.nextFrame(roomBytes, this.creditBytes)
      if (frame === undefined) {
        queue.delete(stream)
        continue
      }
      this.#sentBytes += stream.send.sentBytes - sentBefore
      if (stream.takeWritable()) this.#onWritable(stream)
      const isReady = stream.send.isReady(this.creditBytes)
      const next = stream.send.hasLost ? this.#retransmitting : isReady ? this.#active : undefined
      // A stream that is alone stays in the set: removing and adding it costs more than the rest of this method.
      if (next === queue && queue.size === 1) return frame
      queue.delete(stream)
      next?.add(stream)
      return frame
    }
    return undefined
  }
}
