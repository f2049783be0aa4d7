/**
 * Passes each received packet to its session, by connection id, and the others to the endpoint (docs/PROTOCOL.md, flock §2.6, §2.7).
 * The driver runs the sessions.
 */
import type { Address } from "../../net/Address.ts"
import type { Path, Run } from "../../net/Socket.ts"
import type { Connection, ConnectionEvent } from "../../protocol/flock/Connection.ts"
import { connectionIdOf, endOf, type Form, form, formAt, resetTokenOf } from "../../protocol/flock/wire/Packet.ts"
import { RunStrides } from "./RunStrides.ts"

/** A session, as an entry of the driver. */
export interface Link {
  readonly connection: Connection
  readonly onEvents: (events: ReadonlyArray<ConnectionEvent>) => void
  /** The session is closed, and has left the driver. */
  readonly onForgotten?: (() => void) | undefined
}

/** Handlers of the input that belongs to no session of the driver. */
export interface DriverHandlers {
  /** A packet of the handshake. */
  readonly onHandshakePacket: (bytes: Uint8Array, start: number, end: number, from: Path, now: number) => void
  /** Bytes that are no packet of flock, or a packet with an unknown connection id. Returns whether they are of the other wire. */
  readonly onUnknown: (bytes: Uint8Array, from: Path, now: number) => boolean | void
  /** Each RESET, before it reaches its session, for the trace. */
  readonly onReset?: (bytes: Uint8Array, from: Path) => void
  /** A defect: an exception in the handling of a packet of `peer`, or in its session. */
  readonly onDefect: (cause: unknown, peer: Address) => void
}

export interface DriverCounters {
  /** Packets with an unknown connection id. */
  strays: number
  /** Datagrams that are not valid packets. */
  malformed: number
  /** Datagrams that begin a message on the other wire. */
  otherWire: number
  /** Sessions that ended because of a defect of this program. */
  defects: number
}

/** The sessions of one socket, by connection id. */
export class Demultiplexer {
  readonly counters: DriverCounters = { strays: 0, malformed: 0, otherWire: 0, defects: 0 }
  readonly #links = new Map<number, Link>()
  /** Sessions that a RESET may end, by the connection id of the peer. */
  readonly #resettable = new Map<number, Link>()
  readonly #strides = new RunStrides()
  readonly #handlers: DriverHandlers
  readonly #onInput: (link: Link, body: () => boolean) => boolean
  #now = 0

  /** `onInput` runs `body`, which passes a packet to that session, and returns its result; false after a defect. */
  constructor(handlers: DriverHandlers, onInput: (link: Link, body: () => boolean) => boolean) {
    this.#handlers = handlers
    this.#onInput = onInput
  }

  get count(): number {
    return this.#links.size
  }

  has(localId: number): boolean {
    return this.#links.has(localId)
  }

  get links(): Iterable<Link> {
    return this.#links.values()
  }

  add(link: Link): void {
    const { connection } = link
    this.#links.set(connection.localId, link)
    if (connection.isResettable) this.#resettable.set(connection.remoteId, link)
  }

  /** Returns whether the session was there. */
  remove({ connection }: Link): boolean {
    if (connection.isResettable) this.#resettable.delete(connection.remoteId)
    return this.#links.delete(connection.localId)
  }

  handleRun(run: Run, now: number): void {
    this.#now = now
    this.#strides.handle(
      run,
      (datagram, isTrial) => isTrial ? this.#tryDatagram(datagram, run.from) : this.#handleDatagram(datagram, run.from)
    )
  }

  /** Returns whether the last packet was an authentic one of a session. */
  #handleDatagram(bytes: Uint8Array, from: Path): boolean {
    let at = 0
    let before: Form | undefined
    let isAuthentic = false
    while (at < bytes.length) {
      const end = endOf(bytes, at, bytes.length)
      const packetForm = formAt(bytes, at)
      // HELLO3 and DATA are the only ones that share a datagram: a datagram of many forged packets must not cost more than one.
      const isMisplaced = at > 0 && (before !== form.hello3 || packetForm !== form.data)
      if (end === undefined || packetForm === undefined || isMisplaced) {
        this.#countUnknown(at === 0 ? bytes : bytes.subarray(at), from, "malformed")
        return false
      }
      isAuthentic = packetForm === form.data && this.#handlePacket(bytes, at, end, from)
      if (packetForm === form.reset) this.#handleReset(bytes, at, end, from)
      else if (packetForm !== form.data) this.#handleHandshakePacket(bytes, at, end, from)
      at = end
      before = packetForm
    }
    return isAuthentic
  }

  /** Opens the last packet of what may be a datagram, if a session knows it. It is not answered, because it may be handled again. */
  #tryDatagram(bytes: Uint8Array, from: Path): boolean {
    const start = formAt(bytes, 0) === form.hello3 ? endOf(bytes, 0, bytes.length) ?? 0 : 0
    const end = endOf(bytes, start, bytes.length)
    if (end === undefined || formAt(bytes, start) !== form.data) return false
    return this.#links.has(connectionIdOf(bytes, start)) && this.#handlePacket(bytes, start, end, from)
  }

  #countUnknown(bytes: Uint8Array, from: Path, as: "malformed" | "strays"): void {
    this.counters[this.#handlers.onUnknown(bytes, from, this.#now) === true ? "otherWire" : as]++
  }

  #handlePacket(bytes: Uint8Array, start: number, end: number, from: Path): boolean {
    const link = this.#links.get(connectionIdOf(bytes, start))
    if (link !== undefined) {
      return this.#onInput(link, () => link.connection.handlePacket(bytes, start, end, from, this.#now))
    }
    this.#countUnknown(bytes.subarray(start, end), from, "strays")
    return false
  }

  /** No RESET is answered: two programs that do not know each other's sessions would send them forever. */
  #handleReset(bytes: Uint8Array, start: number, end: number, from: Path): void {
    this.#handlers.onReset?.(bytes.subarray(start, end), from)
    const token = resetTokenOf(bytes, start, end)
    const link = this.#resettable.get(connectionIdOf(bytes, start))
    if (token === undefined) this.counters.malformed++
    else if (link === undefined) this.counters.strays++
    else this.#onInput(link, () => link.connection.onReset(token, from))
  }

  #handleHandshakePacket(bytes: Uint8Array, start: number, end: number, from: Path): void {
    try {
      this.#handlers.onHandshakePacket(bytes, start, end, from, this.#now)
    } catch (cause) {
      this.counters.defects++
      this.#handlers.onDefect(cause, from)
    }
  }
}
