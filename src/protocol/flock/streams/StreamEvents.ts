/**
 * News of streams for the application: it is told that there is some, once until it asks, and looks for itself what it is.
 */
import type { Stream } from "./Stream.ts"

export type StreamEvent =
  /** The peer has opened it. */
  | { readonly type: "Opened"; readonly stream: Stream }
  /** There is something to read, or the end, or the peer gave it up. */
  | { readonly type: "Readable"; readonly stream: Stream }
  /** There is room to write again, or the peer wants no more. */
  | { readonly type: "Writable"; readonly stream: Stream }
  /** Everything written has arrived, or the peer knows that it never will. */
  | { readonly type: "Settled"; readonly stream: Stream }
  /** The peer allows another stream to be opened. */
  | { readonly type: "MayOpen" }

export class StreamEvents {
  #events: Array<StreamEvent> = []
  readonly #changed = new Set<Stream>()
  #wasTight = false

  onOpened(stream: Stream): void {
    this.#events.push({ type: "Opened", stream })
  }

  onMayOpen(): void {
    this.#events.push({ type: "MayOpen" })
  }

  onReadable(stream: Stream): void {
    stream.isReadable = true
    this.#changed.add(stream)
  }

  onWritable(stream: Stream): void {
    stream.isWritable = true
    this.#changed.add(stream)
  }

  /**
   * Whether there is little room for more. Readers that wait for more than has come would then wait for each other's room: when it
   * becomes tight each of them is told.
   */
  onTightness(isTight: boolean, streams: Iterable<Stream>): void {
    const wasTight = this.#wasTight
    this.#wasTight = isTight
    if (wasTight || !isTight) return
    for (const stream of streams) if (stream.receive.readableBytes > 0) this.onReadable(stream)
  }

  /** May be said more than once; it is news once. */
  onSettled(stream: Stream): void {
    if (stream.isSettled) return
    stream.isSettled = true
    this.#events.push({ type: "Settled", stream })
  }

  poll(): ReadonlyArray<StreamEvent> {
    const events = this.#events
    this.#events = []
    for (const stream of this.#changed) {
      if (stream.isReadable) events.push({ type: "Readable", stream })
      if (stream.isWritable) events.push({ type: "Writable", stream })
      stream.isReadable = stream.isWritable = false
    }
    this.#changed.clear()
    return events
  }
}
