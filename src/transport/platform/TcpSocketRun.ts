/**
 * One run of a socket on a TCP connection. Its handler is called in the turn in which bytes arrive; it costs a fiber only where
 * it returns an Effect, and reading pauses while much is in Effects that have not completed.
 */
import * as Socket from "@effect/platform/Socket"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import type { SocketError } from "../../net/Socket.ts"
import type { TcpConnection, TcpHandler } from "../../net/Tcp.ts"
import * as TransportLimits from "../TransportLimits.ts"
import type { Lingering } from "./Lingering.ts"

/** The code of a close event without another one (RFC 6455 §7.4.1). */
const closedCode = 1000

/** The end of a run without a reason: made once, because an error costs as much as a message. */
const plainClose = Exit.fail(new Socket.SocketCloseError({ reason: "Close", code: closedCode }))

type Result<E> = Exit.Exit<void, Socket.SocketError | E>

/** A run, for its socket. */
export interface Running {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, Socket.SocketError>
  /** Ends this direction. */
  readonly finish: () => void
  /** Ends this direction, and the run. */
  readonly close: (event: Socket.CloseEvent) => void
  /** Interrupts the handlers that have not completed. */
  readonly interruptHandlers: Effect.Effect<void>
  /** Ends both directions after what was written, and discards input meanwhile. Waits for the end of the connection. */
  readonly linger: Effect.Effect<void>
  /** The same without waiting: `lingering` has its deadline. */
  readonly lingerIn: (lingering: Lingering) => void
}

export class TcpSocketRun<E, R> implements TcpHandler, Running {
  readonly mostUnsentBytes = TransportLimits.unsentBytes
  readonly #connection: TcpConnection
  readonly #handle: (bytes: Uint8Array) => Effect.Effect<unknown, E, R> | void
  readonly #runtime: Runtime.Runtime<R>
  readonly #halfClose: () => Effect.Effect<void>
  /** The handlers that have not completed, and HalfClose. */
  #fibers: Set<Fiber.RuntimeFiber<unknown, E>> | undefined
  #unhandledBytes = 0
  #hasPeerEnded = false
  #isClosed = false
  #result: Result<E> | undefined
  #onResult: ((result: Result<E>) => void) | undefined
  /** Writes that wait for room. */
  #waiting: Array<() => void> | undefined
  /** After the end: input is discarded until the connection closes. */
  #discardedBytes = 0
  #onClosed: (() => void) | undefined

  constructor(
    connection: TcpConnection,
    handle: (bytes: Uint8Array) => Effect.Effect<unknown, E, R> | void,
    runtime: Runtime.Runtime<R>,
    halfClose: () => Effect.Effect<void>
  ) {
    this.#connection = connection
    this.#handle = handle
    this.#runtime = runtime
    this.#halfClose = halfClose
  }

  /** Begins to read; `onResult` is called once, at the end of the run. */
  start(onResult: (result: Result<E>) => void): void {
    this.#onResult = onResult
    this.#connection.start(this)
  }

  /** Runs the effect of an open socket. */
  open(effect: Effect.Effect<void>): void {
    this.#fork(effect, () => undefined)
  }

  write(bytes: Uint8Array): Effect.Effect<void, Socket.SocketError> {
    if (this.#isClosed || this.#result !== undefined) return notWritten
    if (this.#connection.write(bytes)) return Effect.void
    return Effect.async<void, Socket.SocketError>((resume) => {
      if (this.#isClosed) return resume(notWritten)
      const done = (): void => resume(this.#isClosed ? notWritten : Effect.void)
      const waiting = this.#waiting ??= []
      waiting.push(done)
      return Effect.sync(() => {
        this.#waiting = this.#waiting?.filter((other) => other !== done)
      })
    })
  }

  finish(): void {
    this.#connection.finish()
  }

  close({ code, reason: closeReason }: Socket.CloseEvent): void {
    this.#connection.finish()
    if (this.#result !== undefined) return
    const isPlain = code === closedCode && closeReason === undefined
    this.#end(
      isPlain ? plainClose : Exit.fail(new Socket.SocketCloseError({ reason: "Close", code, closeReason }))
    )
  }

  get linger(): Effect.Effect<void> {
    return Effect.suspend(() => this.#linger())
  }

  #linger(): Effect.Effect<void> {
    if (!this.#beginLinger()) return Effect.void
    const closed = Effect.async<void>((resume) => {
      if (this.#isClosed) return resume(Effect.void)
      this.#onClosed = () => resume(Effect.void)
    })
    return Effect.zipRight(
      Effect.timeoutOption(closed, TransportLimits.lingerMillis),
      Effect.sync(() => this.#connection.reset())
    )
  }

  lingerIn(lingering: Lingering): void {
    if (!this.#beginLinger()) return
    this.#onClosed = () => lingering.remove(this.#connection)
    lingering.add(this.#connection)
  }

  /** Returns whether the connection is still open. */
  #beginLinger(): boolean {
    this.#end(Exit.void)
    if (this.#isClosed) return false
    this.#connection.finish()
    this.#connection.resume()
    return true
  }

  get interruptHandlers(): Effect.Effect<void> {
    return Effect.suspend(() =>
      this.#fibers === undefined ? Effect.void : Effect.asVoid(Fiber.interruptAll(this.#fibers))
    )
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#result !== undefined) return this.#discard(bytes)
    let handling
    try {
      handling = this.#handle(bytes)
    } catch (defect) {
      return this.#end(Exit.die(defect))
    }
    if (!Effect.isEffect(handling)) return
    const { length } = bytes
    this.#unhandledBytes += length
    this.#fork(handling, () => {
      const wasFull = this.#unhandledBytes > TransportLimits.unhandledBytes
      this.#unhandledBytes -= length
      if (wasFull && this.#unhandledBytes <= TransportLimits.unhandledBytes) this.#connection.resume()
      this.#endIfDone()
    })
    if (this.#unhandledBytes > TransportLimits.unhandledBytes) this.#connection.pause()
  }

  onEnd(): void {
    this.#hasPeerEnded = true
    this.#endIfDone()
  }

  onDrain(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.forEach((done) => done())
  }

  onClose(error: SocketError | undefined): void {
    this.#isClosed = true
    this.onDrain()
    // An error costs as much as a message: most runs have ended before their connection.
    if (this.#result === undefined) {
      this.#end(
        error === undefined
          ? plainClose
          : Exit.fail(new Socket.SocketGenericError({ reason: "Read", cause: error }))
      )
    }
    this.#onClosed?.()
  }

  /** After the end of the input and of every handler: HalfClose, then the end of this direction. `onClose` ends the run. */
  #endIfDone(): void {
    if (!this.#hasPeerEnded || this.#unhandledBytes > 0 || this.#result !== undefined) return
    this.#hasPeerEnded = false
    this.#fork(this.#halfClose(), () => this.#connection.finish())
  }

  /** Runs an effect; `onSuccess` follows unless the run has ended. Its failure ends the run. */
  #fork(effect: Effect.Effect<unknown, E, R>, onSuccess: () => void): void {
    const fiber = Runtime.runFork(this.#runtime)(effect)
    const fibers = this.#fibers ??= new Set()
    fibers.add(fiber)
    fiber.addObserver((exit) => {
      fibers.delete(fiber)
      if (this.#result !== undefined) return
      if (Exit.isSuccess(exit)) return onSuccess()
      this.#end(Exit.failCause(exit.cause))
    })
  }

  #discard({ length }: Uint8Array): void {
    this.#discardedBytes += length
    if (this.#discardedBytes > TransportLimits.lingerBytes) this.#connection.reset()
  }

  #end(result: Result<E>): void {
    if (this.#result !== undefined) return
    this.#result = result
    this.#onResult?.(result)
  }
}

const notWritten = Effect.fail(
  new Socket.SocketGenericError({ reason: "Write", cause: new Error("the connection was closed") })
)
