/**
 * The bytes that all peers of a server together may send before the application reads them (docs/PROTOCOL.md, flock §5.3). What was
 * acknowledged cannot be given back, so that a window is only promised when there is memory for it. A session takes its first window
 * here, asks before it doubles it, and returns it at its end.
 */
import * as Limits from "../../ProtocolLimits.ts"

/** The part of the free credit that a new session gets at most. */
const firstShare = 1 / 8

/** The part of the credit that must be free when a window grows: it is left for new sessions. */
const spareShare = 1 / 2

/** The credit of one server, in bytes. */
export class ReceiveCredit {
  readonly #totalBytes: number
  #takenBytes = 0

  constructor(totalBytes: number = Limits.receiveCreditBytes) {
    this.#totalBytes = totalBytes
  }

  /** Bytes that no session has. Negative when there are more sessions than it suffices for: each has the least window. */
  get freeBytes(): number {
    return this.#totalBytes - this.#takenBytes
  }

  /** Takes the first window of a session and returns its size. */
  takeFirst(): number {
    const share = Math.floor(this.freeBytes * firstShare)
    const bytes = Math.max(Limits.leastSessionWindowBytes, Math.min(Limits.firstSessionWindowBytes, share))
    this.#takenBytes += bytes
    return bytes
  }

  /** Takes the bytes by which a window grows. Returns false, and takes nothing, while too little is free. */
  grow(bytes: number): boolean {
    if (this.freeBytes - bytes < this.#totalBytes * spareShare) return false
    this.#takenBytes += bytes
    return true
  }

  /** Returns the bytes of a session that has ended. */
  give(bytes: number): void {
    this.#takenBytes -= bytes
  }
}
