/**
 * Counts the streams of a session: how many each side has opened, and may open (RFC 9000 §4.6; docs/PROTOCOL.md, flock §5.1). A stream
 * that the peer resets costs as much as one that it uses, so that it may be replaced at a limited rate only.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { TokenBucket } from "../../TokenBucket.ts"

export class StreamCounts {
  /** How many streams the peer may have open at once. */
  readonly #peerConcurrentLimit: number
  #openedByUs = 0
  #ourLimit: number
  #openedByPeer = 0
  #peerLimit: number
  #closedOfPeer = 0
  /** Streams that the peer has reset, and that do not count as closed yet. */
  #waitingResets = 0
  #resetsDueAt = Infinity
  readonly #resets = new TokenBucket(Limits.sessionResets, Limits.sessionResetsPerSecond)
  readonly #sharedResets: TokenBucket | undefined
  #isMaxStreamsDue = false

  /**
   * `ourLimit` is the peer's `maxStreams`, `peerConcurrentLimit` is ours. `sharedResets` limits the resets of all sessions
   * of a server.
   */
  constructor(ourLimit: number, peerConcurrentLimit: number, sharedResets?: TokenBucket) {
    this.#ourLimit = ourLimit
    this.#peerConcurrentLimit = peerConcurrentLimit
    this.#peerLimit = peerConcurrentLimit
    this.#sharedResets = sharedResets
  }

  /** Streams that this side has opened since the beginning. */
  get openedByUs(): number {
    return this.#openedByUs
  }

  /** Streams that the peer has opened since the beginning. */
  get openedByPeer(): number {
    return this.#openedByPeer
  }

  /** Streams that the peer may open, counted from the beginning. */
  get peerLimit(): number {
    return this.#peerLimit
  }

  /** Whether MAX_STREAMS has to be sent. */
  get isMaxStreamsDue(): boolean {
    return this.#isMaxStreamsDue
  }

  /** Opens a stream of this side and returns its index; undefined while the peer's limit does not allow it. */
  open(): number | undefined {
    return this.#openedByUs < this.#ourLimit ? this.#openedByUs++ : undefined
  }

  /** Opens the next stream of the peer and returns its index. */
  openPeers(): number {
    return this.#openedByPeer++
  }

  /** Receives MAX_STREAMS. False when it does not raise the limit: then it is ignored. */
  onMaxStreams(count: number): boolean {
    if (count <= this.#ourLimit) return false
    this.#ourLimit = count
    return true
  }

  /** A stream of the peer is closed. The peer's limit is raised when at most half of its concurrent streams are left to open. */
  onPeerStreamClosed(): void {
    this.#closedOfPeer++
    if (this.#peerLimit - this.#closedOfPeer > this.#peerConcurrentLimit / 2) return
    this.#peerLimit = this.#closedOfPeer + this.#peerConcurrentLimit
    this.#isMaxStreamsDue = true
  }

  /** The peer has reset a stream before its end: it is closed, and counts as closed later. */
  onPeerStreamReset(): void {
    this.#waitingResets++
    this.#resetsDueAt = -Infinity
  }

  /** When {@link releaseResets} is due, in milliseconds; Infinity when no reset waits. */
  get deadline(): number {
    return this.#resetsDueAt
  }

  /** Counts streams that were reset as closed, as many as the limits allow at `now`. */
  releaseResets(now: number): void {
    if (now < this.#resetsDueAt) return
    const shared = this.#sharedResets
    while (this.#waitingResets > 0 && this.#resets.isReady(now) && shared?.isReady(now) !== false) {
      this.#resets.take(now)
      shared?.take(now)
      this.#waitingResets--
      this.onPeerStreamClosed()
    }
    this.#resetsDueAt = this.#waitingResets === 0
      ? Infinity
      : Math.max(this.#resets.readyAt(now), shared?.readyAt(now) ?? now)
  }

  /** The limit to send in MAX_STREAMS, which is no longer due. */
  takeMaxStreams(): number {
    this.#isMaxStreamsDue = false
    return this.#peerLimit
  }

  /** A MAX_STREAMS was lost: it is due again. */
  onMaxStreamsLost(): void {
    this.#isMaxStreamsDue = true
  }
}
