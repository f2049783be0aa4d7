/**
 * The streams of the peer whose message header has not arrived completely. Such a stream costs no fiber and no Effect: a
 * peer may open and reset many of them. One that does not get its header in time is given up.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import type { ReceiveStream } from "../../protocol/flock/streams/ReceiveStream.ts"
import type { Stream } from "../../protocol/flock/streams/Stream.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import * as Timing from "../Timing.ts"
import * as TransportLimits from "../TransportLimits.ts"
import { headerEnd } from "./StreamReader.ts"

/** The session's functions for these streams. */
export interface Owner {
  /** Milliseconds of the monotonic clock. */
  readonly now: () => number
  /** Receives a stream with a complete header, or one that cannot be a header. */
  readonly onReady: (stream: Stream) => void
  /** Abandons a stream: the peer has reset or ended it, or the time is over. */
  readonly giveUp: (stream: Stream) => void
}

export class PendingHeaders {
  readonly #owner: Owner
  readonly #runtime: Runtime.Runtime<never>
  /** The time at which each stream is given up, in milliseconds; the oldest first. */
  readonly #expiresAt = new Map<Stream, number>()
  #expiring: Fiber.RuntimeFiber<unknown> | undefined

  constructor(owner: Owner, runtime: Runtime.Runtime<never>) {
    this.#owner = owner
    this.#runtime = runtime
  }

  /** The peer has opened `stream`, and there is something to read. */
  add(stream: Stream): void {
    if (this.#isSettled(stream)) return
    this.#expiresAt.set(stream, this.#owner.now() + TransportLimits.headerMillis)
    this.#expiring ??= Runtime.runFork(this.#runtime)(
      Effect.repeat(
        Effect.sync(() => this.#expire()),
        Schedule.whileOutput(Timing.untilDeadline, (at) => at < Infinity)
      )
    )
  }

  /** Something has changed at `stream`. */
  onReadable(stream: Stream): void {
    if (this.#expiresAt.has(stream) && this.#isSettled(stream)) this.#expiresAt.delete(stream)
  }

  /** The session is over. */
  end(): void {
    this.#expiresAt.clear()
    this.#expiring?.unsafeInterruptAsFork(this.#expiring.id())
  }

  /** Passes a stream on when its header is complete, or when it will never be. Returns whether it did. */
  #isSettled(stream: Stream): boolean {
    const { receive } = stream
    if (isComplete(receive)) this.#owner.onReady(stream)
    else if (receive.isSettled) this.#owner.giveUp(stream)
    else return false
    return true
  }

  /** Gives up the streams that are due; returns the time of the next one, in milliseconds. */
  #expire(): number {
    for (const [stream, expiresAt] of this.#expiresAt) {
      if (expiresAt > this.#owner.now()) return expiresAt
      this.#expiresAt.delete(stream)
      this.#owner.giveUp(stream)
    }
    this.#expiring = undefined
    return Infinity
  }
}

/** Bytes of the longest varint. */
const varintBytes = 8

/** Whether the header can be read. One that is too long counts as complete, because its reader refuses it. */
const isComplete = (receive: ReceiveStream): boolean => {
  if (receive.resetCode !== undefined) return false
  const end = headerEnd(receive.peek())
  return end !== undefined && (receive.readableBytes >= end || end > Limits.messageHeaderBytes + varintBytes)
}
