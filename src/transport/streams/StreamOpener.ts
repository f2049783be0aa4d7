/**
 * Opens the streams of this side of a session. While the peer's limit is reached, requests wait in their order. The wait can be
 * interrupted; a stream that is opened in this instant goes to the next request.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Stream } from "../../protocol/flock/streams/Stream.ts"
import type { SessionError } from "../SessionError.ts"

/** The session's functions for its opener. */
export interface Host {
  /** Opens a stream; undefined while the peer's limit is reached. */
  readonly tryToOpen: () => Stream | undefined
  /** Abandons a stream that no request takes. */
  readonly abandon: (stream: Stream) => void
  /** The reason for which the session ended; undefined while it is open. */
  readonly over: () => SessionError | undefined
}

interface Request {
  stream: Stream | undefined
  /** Opens when the request has its stream, or the session is over. */
  readonly answered: Effect.Latch
}

export class StreamOpener {
  readonly #host: Host
  /** In the order of the requests. */
  readonly #waiting = new Set<Request>()

  constructor(host: Host) {
    this.#host = host
  }

  /**
   * A stream as a resource of the scope, which `release` ends. Only the wait is interruptible, unless the caller is not: between the
   * opening and the scope no stream is lost.
   */
  acquire<A>(
    handleOf: (stream: Stream) => A,
    release: (handle: A) => Effect.Effect<void>
  ): Effect.Effect<A, SessionError, Scope.Scope> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.tap(
        Effect.map(this.#open((wait) => restore(wait)), handleOf),
        (handle) => Effect.addFinalizer(() => release(handle))
      )
    )
  }

  #open(restore: (wait: Effect.Effect<void>) => Effect.Effect<void>): Effect.Effect<Stream, SessionError> {
    return Effect.suspend(() => {
      const over = this.#host.over()
      if (over !== undefined) return Effect.fail(over)
      const stream = this.#waiting.size === 0 ? this.#host.tryToOpen() : undefined
      if (stream !== undefined) return Effect.succeed(stream)
      const request: Request = { stream: undefined, answered: Effect.unsafeMakeLatch(false) }
      this.#waiting.add(request)
      return restore(request.answered.await).pipe(
        Effect.onError(() => Effect.sync(() => this.#withdraw(request))),
        Effect.zipRight(Effect.suspend(() => outcomeOf(request.stream, this.#host.over())))
      )
    })
  }

  /** The peer has raised its limit: answers as many requests as it allows. */
  onMayOpen(): void {
    for (const request of this.#waiting) {
      const stream = this.#host.tryToOpen()
      if (stream === undefined) return
      this.#answer(request, stream)
    }
  }

  /** The session is over: every request fails. */
  onOver(): void {
    for (const request of this.#waiting) this.#answer(request, undefined)
  }

  #answer(request: Request, stream: Stream | undefined): void {
    this.#waiting.delete(request)
    request.stream = stream
    request.answered.unsafeOpen()
  }

  #withdraw(request: Request): void {
    if (this.#waiting.delete(request) || request.stream === undefined) return
    const [next] = this.#waiting
    if (next === undefined) this.#host.abandon(request.stream)
    else this.#answer(next, request.stream)
  }
}

const outcomeOf = (
  stream: Stream | undefined,
  over: SessionError | undefined
): Effect.Effect<Stream, SessionError> => {
  if (stream !== undefined) return Effect.succeed(stream)
  return over === undefined ? Effect.dieMessage("a request for a stream was answered without one") : Effect.fail(over)
}
