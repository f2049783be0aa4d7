/**
 * The streams of the peer whose message header has not arrived completely. Such a stream costs no fiber and no Effect: a
 * peer may open and reset many of them. One that does not get its header in time is given up. A message that is hardly more than
 * its header waits here as long as the limit of such messages says.
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
import type { StartLimit } from "./StartLimit.ts"
import { startBytes } from "./StreamLimits.ts"
import { headerEnd } from "./StreamReader.ts"

/** The session's functions for these streams. */
export interface Owner {
  /** Milliseconds of the monotonic clock. */
  readonly now: () => number
  /** Receives a stream with a complete header, or one that cannot be a header. */
  readonly onReady: (stream: Stream) => void
  /** Limits the messages that are hardly more than their headers. */
  readonly starts: Pick<StartLimit, "take" | "readyAt">
  /** Abandons a stream: the peer has reset or ended it, or the time is over. */
  readonly giveUp: (stream: Stream) => void
}

export class PendingHeaders {
  readonly #owner: Owner
  readonly #runtime: Runtime.Runtime<never>
  /** The time at which each stream is given up, in milliseconds; the oldest first. */
  readonly #expiresAt = new Map<Stream, number>()
  #expiring: Fiber.RuntimeFiber<unknown> | undefined
  /** The streams with a header that wait for the limit, the oldest first. */
  readonly #waiting = new Set<Stream>()
  #starting: Fiber.RuntimeFiber<unknown> | undefined

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
    if (this.#waiting.has(stream)) return this.#startIfArrived(stream)
    if (this.#expiresAt.has(stream) && this.#isSettled(stream)) this.#expiresAt.delete(stream)
  }

  /** The session is over. */
  end(): void {
    this.#expiresAt.clear()
    this.#waiting.clear()
    this.#starting?.unsafeInterruptAsFork(this.#starting.id())
    this.#expiring?.unsafeInterruptAsFork(this.#expiring.id())
  }

  /** Passes a stream on when its header is complete, or when it will never be. Returns whether it did. */
  #isSettled(stream: Stream): boolean {
    const { receive } = stream
    if (isComplete(receive)) this.#start(stream)
    else if (receive.isSettled) this.#owner.giveUp(stream)
    else return false
    return true
  }

  /** Passes on a stream with a header, or lets it wait. */
  #start(stream: Stream): void {
    const isFree = (): boolean => this.#waiting.size === 0 && this.#owner.starts.take(this.#owner.now())
    if (hasArrived(stream.receive) || isFree()) return this.#owner.onReady(stream)
    this.#waiting.add(stream)
    this.#starting ??= Runtime.runFork(this.#runtime)(
      Effect.repeat(
        Effect.sync(() => this.#startWaiting()),
        Schedule.whileOutput(Timing.untilDeadline, (at) => at < Infinity)
      )
    )
  }

  /** More of a stream that waits has arrived, or its peer has reset it. */
  #startIfArrived(stream: Stream): void {
    if (!hasArrived(stream.receive)) return
    this.#waiting.delete(stream)
    if (stream.receive.resetCode === undefined) this.#owner.onReady(stream)
    else this.#owner.giveUp(stream)
  }

  /** Passes on as many as the limit allows; returns the time of the next one, in milliseconds. */
  #startWaiting(): number {
    const { now, onReady, starts } = this.#owner
    for (const stream of this.#waiting) {
      if (!starts.take(now())) return starts.readyAt(now())
      this.#waiting.delete(stream)
      onReady(stream)
    }
    this.#starting = undefined
    return Infinity
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

/** Whether a message is more than an announcement, or is over. */
const hasArrived = (receive: ReceiveStream): boolean => receive.isSettled || receive.readableBytes >= startBytes
