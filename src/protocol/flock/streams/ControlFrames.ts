/**
 * The control frames of a session's streams that are due (RFC 9000 §4.1, §4.6): new limits for the peer, and STOP_SENDING. Of each
 * kind only the newest is sent, so that nothing queues up.
 */
import type { Frame } from "../wire/Frame.ts"
import type { FlowControl } from "./FlowControl.ts"
import type { Stream } from "./Stream.ts"
import type { StreamCounts } from "./StreamCounts.ts"

export class ControlFrames {
  readonly #window: FlowControl
  readonly #counts: StreamCounts
  /** Streams with a MAX_STREAM_DATA or STOP_SENDING to send. */
  readonly #pending = new Set<Stream>()
  #isMaxDataDue = false

  /** `window` is that of the session. */
  constructor(window: FlowControl, counts: StreamCounts) {
    this.#window = window
    this.#counts = counts
  }

  /** Whether {@link next} may have a frame. */
  get isDue(): boolean {
    return this.#isMaxDataDue || this.#counts.isMaxStreamsDue || this.#pending.size > 0
  }

  /** Bytes of the stream were read; `readBytes` counts those of the whole session. */
  onRead(stream: Stream, readBytes: number): void {
    if (this.#window.isUpdateDue(readBytes)) this.#isMaxDataDue = true
    if (!stream.receive.window.isUpdateDue(stream.receive.readBytes) || stream.receive.isSettled) return
    stream.isMaxStreamDataDue = true
    this.#pending.add(stream)
  }

  /** Asks the peer to stop sending on the stream, with `code`. */
  stopSending(stream: Stream, code: number): void {
    stream.stopSendingDue = code
    this.#pending.add(stream)
  }

  /** The next frame, of at most `smallFrameBytes`. `readBytes` counts those of the whole session. */
  next(readBytes: number, roundTripMillis: number, now: number): Frame | undefined {
    if (this.#isMaxDataDue) {
      this.#isMaxDataDue = false
      return { _tag: "MaxData", bytes: this.#window.raise(readBytes, roundTripMillis, now) }
    }
    if (this.#counts.isMaxStreamsDue) return { _tag: "MaxStreams", count: this.#counts.takeMaxStreams() }
    for (const stream of this.#pending) {
      if (stream.stopSendingDue !== undefined) {
        const frame: Frame = { _tag: "StopSending", id: stream.id, code: stream.stopSendingDue }
        stream.stopSendingDue = undefined
        return frame
      }
      this.#pending.delete(stream)
      if (!stream.isMaxStreamDataDue || stream.receive.isSettled) continue
      stream.isMaxStreamDataDue = false
      const { receive } = stream
      const bytes = receive.window.raise(receive.readBytes, roundTripMillis, now)
      return { _tag: "MaxStreamData", id: stream.id, bytes }
    }
    return undefined
  }

  /** A MAX_DATA of `bytes` was lost. */
  onMaxDataLost(bytes: number): void {
    if (bytes === this.#window.limitBytes) this.#isMaxDataDue = true
  }

  /** A MAX_STREAM_DATA or STOP_SENDING of the stream was lost. */
  onLost(stream: Stream): void {
    this.#pending.add(stream)
  }

  /** The stream is closed: it needs none any more. */
  forget(stream: Stream): void {
    this.#pending.delete(stream)
  }
}
