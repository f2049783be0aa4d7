/**
 * The memory for bytes that arrived before the bytes that precede them (docs/PROTOCOL.md, flock §5.4). All streams of a session share
 * it, because a peer may leave a gap in each of them.
 */
import type { FlowControl } from "./FlowControl.ts"

/** Memory that a piece takes in addition to its bytes. */
const pieceOverheadBytes = 256

/** The space in relation to the session's window: pieces of full packets fit even when they fill the window. */
const spaceShare = 5 / 4

export class OutOfOrderSpace {
  readonly #window: Pick<FlowControl, "windowBytes">
  #takenBytes = 0

  /** `window` is that of the session. */
  constructor(window: Pick<FlowControl, "windowBytes">) {
    this.#window = window
  }

  /** Whether so many pieces fit, of `bytes` together. */
  hasRoomFor(bytes: number, pieces = 1): boolean {
    return this.#takenBytes + bytes + pieces * pieceOverheadBytes <= this.#window.windowBytes * spaceShare
  }

  take(bytes: number): void {
    this.#takenBytes += bytes + pieceOverheadBytes
  }

  give(bytes: number): void {
    this.#takenBytes -= bytes + pieceOverheadBytes
  }
}
