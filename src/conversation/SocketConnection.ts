/** The connection of a client on a socket of `@effect/platform`. It costs a fiber while a write is not complete, or a read must wait. */
import * as Socket from "@effect/platform/Socket"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { ClientConnection } from "./Client.ts"
import type { SocketClient } from "./SocketClient.ts"

type Write = (chunk: Uint8Array | Socket.CloseEvent) => Effect.Effect<void, Socket.SocketError>

type Events = Pick<SocketClient, "onBytes" | "onDrain">

/** Starts the fiber of a write. */
export type Fork = (effect: Effect.Effect<void, Socket.SocketError>) => Fiber.RuntimeFiber<void, Socket.SocketError>

export class SocketConnection implements ClientConnection {
  readonly #write: Write
  readonly #fork: Fork
  #client: Events | undefined
  #isPaused = false
  /** Reads that wait for `resume`. */
  #waiting: Array<() => void> = []

  constructor(write: Write, fork: Fork) {
    this.#write = write
    this.#fork = fork
  }

  start(client: Events): void {
    this.#client = client
  }

  /** The handler of the socket: its effect waits until the client may be read on. */
  readonly handleBytes = (bytes: Uint8Array): Effect.Effect<void> | undefined => {
    this.#client?.onBytes(bytes)
    return this.#isPaused ? this.#resumed : undefined
  }

  /** A write that fails takes nothing: the run of its socket ends. */
  write(bytes: Uint8Array): boolean {
    const fiber = this.#fork(this.#write(bytes))
    if (fiber.unsafePoll() !== null) return true
    fiber.addObserver(() => this.#client?.onDrain())
    return false
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#waiting.splice(0).forEach((wake) => wake())
  }

  end(): void {
    this.#fork(this.#write(new Socket.CloseEvent()))
  }

  readonly #resumed: Effect.Effect<void> = Effect.async((wake) => {
    if (this.#isPaused) this.#waiting.push(() => wake(Effect.void))
    else wake(Effect.void)
  })
}
