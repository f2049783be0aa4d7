/**
 * Connections of TCP in memory, for our tests and the tests of embedding programs. Everything arrives in a later microtask, in
 * the order of sending. A receiver that does not read takes as much as the buffer of a kernel; the rest stays unsent.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Address, format, ipVersionOf } from "../net/Address.ts"
import * as NetLimits from "../net/NetLimits.ts"
import { type Reason, SocketError } from "../net/Socket.ts"
import { Tcp, type TcpConnection, type TcpHandler, type TcpShape } from "../net/Tcp.ts"
import { Shares } from "../protocol/Shares.ts"
import { sourceOf } from "../protocol/Source.ts"

export interface Options {
  /** The most bytes of one read: 1 delivers every byte on its own. */
  readonly readBytes?: number | undefined
  /** Bytes that a receiver that does not read takes. */
  readonly windowBytes?: number | undefined
}

/** Bytes of one read of Node. */
const nodeReadBytes = 65_536

/** The first port that is assigned for port 0: the start of IANA's dynamic range. */
const firstDynamicPort = 49_152

/** A network of its own. */
export const layer = (options: Options = {}): Layer.Layer<Tcp> => Layer.sync(Tcp, () => network(options)())

/** A new network, as a function that gives the TCP of a host in it; without a host, clients connect from the loopback address. */
export const network = (options: Options = {}): (host?: string) => TcpShape => {
  const ports = new Map<string, Listening>()
  let nextPort = firstDynamicPort
  const freePort = (host: string): number => {
    while (ports.has(format({ host, port: nextPort }))) nextPort++
    return nextPort++
  }
  const listeningAt = ({ host, port }: Address): Listening | undefined =>
    ports.get(format({ host, port })) ??
      ports.get(format({ host: ipVersionOf(host) === 6 ? "::" : "0.0.0.0", port })) ??
      ports.get(format({ host: "::", port }))
  return (own) => ({
    resolve: (host) => Effect.succeed([host === "localhost" ? "127.0.0.1" : host]),
    connect: (peer) =>
      Effect.acquireRelease(
        Effect.zipRight(
          // As on a network, connecting takes a turn.
          Effect.yieldNow(),
          Effect.suspend(() => {
            const listening = listeningAt(peer)
            if (listening === undefined) return errorOf("Refused", peer, `nothing listens at ${format(peer)}`)
            const host = own ?? (ipVersionOf(peer.host) === 6 ? "::1" : "127.0.0.1")
            return Effect.succeed(listening.accept({ host, port: freePort(host) }, peer, options))
          })
        ),
        (connection) => Effect.sync(() => connection.release())
      ),
    listen: (local, onConnection) =>
      Effect.acquireRelease(
        Effect.suspend(() => {
          const address = { host: local.host, port: local.port === 0 ? freePort(local.host) : local.port }
          const key = format(address)
          if (ports.has(key)) return errorOf("AddressInUse", local, `the address ${key} is in use by another program`)
          ports.set(key, new Listening(onConnection))
          return Effect.succeed(address)
        }),
        (address) => Effect.sync(() => ports.delete(format(address)))
      )
  })
}

const errorOf = (reason: Reason, address: Address, message: string) =>
  new SocketError({ reason, address: format(address), message })

/** A listener, and the connections that it has accepted. */
class Listening {
  readonly #places = new Shares(
    NetLimits.acceptedConnections,
    NetLimits.connectionsOfSource,
    NetLimits.connectionsForNewcomers
  )
  readonly #onConnection: (connection: TcpConnection) => void

  constructor(onConnection: (connection: TcpConnection) => void) {
    this.#onConnection = onConnection
  }

  /** Returns the client's end of a new connection. */
  accept(client: Address, server: Address, options: Options): MemoryConnection {
    const source = sourceOf(client)
    const hasPlace = this.#places.take(source)
    const theirs = new MemoryConnection(server, client, options, () => hasPlace ? this.#places.give(source) : undefined)
    const ours = new MemoryConnection(client, server, options, () => undefined)
    theirs.join(ours)
    ours.join(theirs)
    queueMicrotask(() => hasPlace ? this.#onConnection(theirs) : theirs.reset())
    return ours
  }
}

/** One end of a connection. What it has written waits here until the other end takes it. */
class MemoryConnection implements TcpConnection {
  readonly local: Address
  readonly peer: Address
  readonly #readBytes: number
  readonly #windowBytes: number
  readonly #onOver: () => void
  #other: MemoryConnection | undefined
  #handler: TcpHandler | undefined
  /** Bytes for this end: in the kernel, not read. */
  readonly #arrived: Array<Uint8Array> = []
  #arrivedBytes = 0
  /** Bytes of this end that the other one has not taken. */
  readonly #unsent: Array<Uint8Array> = []
  #unsentBytes = 0
  #mostUnsentBytes = NetLimits.unsentBytes
  #isPaused = true
  #isDrainDue = false
  #isScheduled = false
  /** What this side has done, what has arrived, and what the handler knows. */
  #hasFinished = false
  #hasPeerEnded = false
  #hasEmittedEnd = false
  #isOver = false
  #failure: SocketError | undefined

  constructor(local: Address, peer: Address, options: Options, onOver: () => void) {
    this.local = local
    this.peer = peer
    this.#readBytes = options.readBytes ?? nodeReadBytes
    this.#windowBytes = options.windowBytes ?? nodeReadBytes
    this.#onOver = onOver
  }

  join(other: MemoryConnection): void {
    this.#other = other
  }

  start(handler: TcpHandler): void {
    this.#handler = handler
    this.#mostUnsentBytes = handler.mostUnsentBytes ?? NetLimits.unsentBytes
    this.#isPaused = false
    this.#schedule()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver || this.#hasFinished) return true
    if (bytes.length > 0) this.#unsent.push(bytes)
    this.#unsentBytes += bytes.length
    if (this.#other !== undefined) this.#other.#schedule()
    if (this.#unsentBytes < this.#mostUnsentBytes) return true
    this.#isDrainDue = true
    return false
  }

  unsentBytes(): number {
    return this.#unsentBytes
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#schedule()
  }

  finish(): void {
    this.#hasFinished = true
    if (this.#other !== undefined) this.#other.#schedule()
    this.#schedule()
  }

  reset(): void {
    if (this.#isOver) return
    this.#end(undefined)
    if (this.#other === undefined) return
    this.#other.#end(errorOf("Reset", this.local, `${format(this.local)} has reset the connection`))
  }

  /** The end of the scope. */
  release(): void {
    if (!(this.#hasFinished && this.#hasEmittedEnd)) this.reset()
  }

  #end(failure: SocketError | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#failure = failure
    this.#arrived.length = this.#unsent.length = 0
    this.#arrivedBytes = this.#unsentBytes = 0
    this.#onOver()
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#turn()
    })
  }

  /** Takes what the other end has written, and delivers what this end reads. */
  #turn(): void {
    if (this.#isOver) {
      const handler = this.#handler
      this.#handler = undefined
      return handler?.onClose(this.#failure)
    }
    this.#take()
    if (this.#handler === undefined) return
    if (!this.#isPaused && this.#arrivedBytes > 0) {
      const bytes = this.#read()
      this.#schedule()
      return this.#handler.onBytes(bytes)
    }
    if (!this.#isPaused && this.#hasPeerEnded && !this.#hasEmittedEnd) {
      this.#hasEmittedEnd = true
      this.#schedule()
      return this.#handler.onEnd()
    }
    const isDone = this.#hasEmittedEnd && this.#hasFinished && this.#unsentBytes === 0
    if (isDone) this.#end(undefined)
  }

  #take(): void {
    const other = this.#other
    if (other === undefined) return
    while (this.#arrivedBytes < this.#windowBytes) {
      const first = other.#unsent.shift()
      if (first === undefined) break
      const room = this.#windowBytes - this.#arrivedBytes
      if (first.length > room) other.#unsent.unshift(first.subarray(room))
      const taken = first.subarray(0, room)
      this.#arrived.push(taken)
      this.#arrivedBytes += taken.length
      other.#unsentBytes -= taken.length
    }
    if (other.#unsentBytes === 0 && other.#hasFinished) this.#hasPeerEnded = true
    if (other.#isDrainDue && other.#unsentBytes < other.#mostUnsentBytes / 2) {
      other.#isDrainDue = false
      queueMicrotask(() => other.#isOver ? undefined : other.#handler?.onDrain())
    }
    if (other.#hasEmittedEnd) other.#schedule()
  }

  #read(): Uint8Array {
    const length = Math.min(this.#arrivedBytes, this.#readBytes)
    const bytes = new Uint8Array(length)
    for (let filled = 0; filled < length;) {
      const first = this.#arrived.shift()
      if (first === undefined) break
      const part = first.subarray(0, length - filled)
      bytes.set(part, filled)
      if (part.length < first.length) this.#arrived.unshift(first.subarray(part.length))
      filled += part.length
    }
    this.#arrivedBytes -= length
    return bytes
  }
}
