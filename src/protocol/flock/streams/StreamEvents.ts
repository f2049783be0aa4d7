/**
 * Collects the events of a session's streams until they are polled; repeated `Readable` and `Writable` events are merged. A stream
 * that the application does not have yet has none.
 */
import type { Stream } from "./Stream.ts"

/** An event for the application. It carries no data: the application inspects the stream. */
export type StreamEvent =
  /** The peer has opened the stream. */
  | { readonly _tag: "Opened"; readonly stream: Stream }
  /** Bytes can be read, the stream has ended, or the peer has reset it. */
  | { readonly _tag: "Readable"; readonly stream: Stream }
  /** More can be written, or the peer has sent STOP_SENDING. */
  | { readonly _tag: "Writable"; readonly stream: Stream }
  /** All written bytes, or RESET_STREAM, were acknowledged. Emitted once. */
  | { readonly _tag: "Settled"; readonly stream: Stream }
  /** The peer has raised its limit: another stream can be opened. */
  | { readonly _tag: "MayOpen" }

/** The events of one session that were not polled. */
export class StreamEvents {
  #events: Array<StreamEvent> = []
  readonly #changed = new Set<Stream>()
  #wasUnderPressure = false

  /** May be called more than once; the event is emitted once. */
  onOpened(stream: Stream): void {
    if (stream.isOpened) return
    stream.isOpened = true
    this.#events.push({ _tag: "Opened", stream })
  }

  onMayOpen(): void {
    this.#events.push({ _tag: "MayOpen" })
  }

  onReadable(stream: Stream): void {
    if (!stream.isOpened) return
    stream.isReadable = true
    this.#changed.add(stream)
  }

  onWritable(stream: Stream): void {
    if (!stream.isOpened) return
    stream.isWritable = true
    this.#changed.add(stream)
  }

  /**
   * Reports whether little of the session's buffer space is left. When that begins, `Readable` is emitted for each stream with
   * unread bytes: otherwise readers that wait for more bytes would wait for each other's buffer space.
   */
  onBufferPressure(isUnderPressure: boolean, streams: Iterable<Stream>): void {
    const wasUnderPressure = this.#wasUnderPressure
    this.#wasUnderPressure = isUnderPressure
    if (wasUnderPressure || !isUnderPressure) return
    for (const stream of streams) if (stream.receive.readableBytes > 0) this.onReadable(stream)
  }

  /** May be called more than once; the event is emitted once. */
  onSettled(stream: Stream): void {
    if (stream.isSettled || !stream.isOpened) return
    stream.isSettled = true
    this.#events.push({ _tag: "Settled", stream })
  }

  /** Returns the events since the last call. */
  poll(): ReadonlyArray<StreamEvent> {
    const events = this.#events
    this.#events = []
    for (const stream of this.#changed) {
      if (stream.isReadable) events.push({ _tag: "Readable", stream })
      if (stream.isWritable) events.push({ _tag: "Writable", stream })
      stream.isReadable = stream.isWritable = false
    }
    this.#changed.clear()
    return events
  }
}
