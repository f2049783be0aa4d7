/**
 * A connection that a server of `TcpSockets` has accepted, handled in the turns in which something happens. It costs no fiber: a
 * `Socket` costs one for its run and one for each write, which is more than a small message costs.
 */
import type { Address } from "../../net/Address.ts"
import type { SocketError } from "../../net/Socket.ts"
import type { TcpConnection, TcpHandler } from "../../net/Tcp.ts"
import * as TransportLimits from "../TransportLimits.ts"
import type { Lingering } from "./Lingering.ts"

/** As a handler of TCP, except that nothing but `onClose` follows the end of the connection by this side. */
export type DirectHandler = Omit<TcpHandler, "mostUnsentBytes">

export class DirectConnection implements TcpHandler {
  readonly peer: Address
  readonly mostUnsentBytes = TransportLimits.unsentBytes
  readonly #connection: TcpConnection
  readonly #lingering: Lingering
  #handler: DirectHandler | undefined
  #hasEnded = false
  #discardedBytes = 0

  constructor(connection: TcpConnection, lingering: Lingering) {
    this.peer = connection.peer
    this.#connection = connection
    this.#lingering = lingering
  }

  /** Begins to read. Called once, before any write. */
  start(handler: DirectHandler): void {
    this.#handler = handler
    this.#connection.start(this)
  }

  /** Queues bytes, which must not be changed afterwards. False: `onDrain` follows when there is room again. No effect after the end. */
  write(bytes: Uint8Array): boolean {
    return this.#hasEnded || this.#connection.write(bytes)
  }

  /** Stops reading. */
  pause(): void {
    if (!this.#hasEnded) this.#connection.pause()
  }

  /** Continues reading. */
  resume(): void {
    this.#connection.resume()
  }

  /** Ends both directions after everything that was written; input is discarded meanwhile. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#connection.finish()
    this.#connection.resume()
    this.#lingering.add(this.#connection)
  }

  onBytes(bytes: Uint8Array): void {
    if (!this.#hasEnded) return this.#handler?.onBytes(bytes)
    this.#discardedBytes += bytes.length
    if (this.#discardedBytes > TransportLimits.lingerBytes) this.#connection.reset()
  }

  onEnd(): void {
    if (!this.#hasEnded) this.#handler?.onEnd()
  }

  onDrain(): void {
    if (!this.#hasEnded) this.#handler?.onDrain()
  }

  onClose(error: SocketError | undefined): void {
    this.#lingering.remove(this.#connection)
    this.#hasEnded = true
    this.#handler?.onClose(error)
    this.#handler = undefined
  }
}
