/**
 * A TCP connection during its handshake: it reads records of a bounded length, and is then handed over to the driver of the session, with
 * everything that has arrived in the meantime.
 */
import type { SocketError } from "../../net/Socket.ts"
import type { TcpHandler } from "../../net/Tcp.ts"
import { RecordReader } from "../../protocol/tcp/Records.ts"
import * as TcpLimits from "../../protocol/tcp/TcpLimits.ts"

/** What happens during a handshake. */
export interface HandshakeEvents {
  /** A record of the peer; the next one follows unless the connection is held or dropped. */
  readonly onRecord: (record: Uint8Array) => void
  /** The peer has announced a record that is longer than any of a handshake: it speaks something else. */
  readonly onForeign: () => void
  /** The connection has ended, or the peer has ended its direction; called once at most. */
  readonly onOver: (error: SocketError | undefined) => void
}

export class HandshakeConnection implements TcpHandler {
  readonly reader: RecordReader
  readonly #events: HandshakeEvents
  #driver: TcpHandler | undefined
  #isHeld = false
  #isDropped = false
  /** What the driver has missed. */
  #hasEnded = false
  #closed: { readonly error: SocketError | undefined } | undefined

  constructor(mostBytes: number, events: HandshakeEvents) {
    this.reader = new RecordReader(mostBytes)
    this.#events = events
  }

  /** Reads no further record until the connection is handed over. */
  hold(): void {
    this.#isHeld = true
  }

  /** Nothing more happens: the handshake is given up. */
  drop(): void {
    this.#isDropped = true
  }

  /** The handshake is over: records of any length follow, for `driver`. */
  handOver(driver: TcpHandler): void {
    this.reader.mostBytes = TcpLimits.recordBytes
    this.#driver = driver
    if (this.#hasEnded && this.#closed === undefined) driver.onEnd()
    if (this.#closed !== undefined) driver.onClose(this.#closed.error)
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#driver !== undefined) return this.#driver.onBytes(bytes)
    if (this.#isDropped) return
    this.reader.push(bytes)
    while (this.#driver === undefined && !this.#isHeld && !this.#isDropped) {
      const record = this.reader.take()
      if (record === undefined) break
      this.#events.onRecord(record)
    }
    if (this.reader.isTooLong && !this.#isDropped) this.#events.onForeign()
  }

  onDrain(): void {
    this.#driver?.onDrain()
  }

  onEnd(): void {
    if (this.#driver !== undefined) return this.#driver.onEnd()
    if (!this.#hasEnded && !this.#isDropped) this.#events.onOver(undefined)
    this.#hasEnded = true
  }

  onClose(error: SocketError | undefined): void {
    if (this.#driver !== undefined) return this.#driver.onClose(error)
    this.#closed = { error }
    if (!this.#hasEnded && !this.#isDropped) this.#events.onOver(error)
    this.#hasEnded = true
  }
}
