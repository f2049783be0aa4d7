/**
 * Connections of TCP on node:net. Node reads ahead of its streams only while they flow, so that a paused connection closes the
 * peer's window.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { createConnection, createServer, isIP, type Server, type Socket as NetSocket } from "node:net"
import { type Address, format } from "../../net/Address.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import type { SocketError } from "../../net/Socket.ts"
import { Tcp, type TcpConnection, type TcpHandler, type TcpShape } from "../../net/Tcp.ts"
import { Shares } from "../../protocol/Shares.ts"
import { canonicalHost, sourceOf } from "../../protocol/Source.ts"
import * as Dgram from "./Dgram.ts"
import { checkedAddress, withZones } from "./Interfaces.ts"
import { errorOf } from "./SocketErrors.ts"

export const make: TcpShape = {
  resolve: (host) => Effect.map(Dgram.resolve(host), withZones),
  connect: (peer) => Effect.flatMap(checkedAddress(peer), connect),
  listen: (local, onConnection) => Effect.flatMap(checkedAddress(local), (checked) => listen(checked, onConnection))
}

export const layer: Layer.Layer<Tcp> = Layer.succeed(Tcp, make)

const common = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: NetLimits.keepAliveMillis
} as const

const connect = (peer: Address): Effect.Effect<TcpConnection, SocketError, Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const opened = createConnection({ ...common, host: peer.host, port: peer.port })
        // A paused socket does not begin to read when it is connected.
        return opened.pause()
      }),
      (opened) => Effect.sync(() => release(opened))
    )
    yield* connected(socket, peer)
    return new NetConnection(socket, peer)
  })

const connected = (socket: NetSocket, peer: Address): Effect.Effect<void, SocketError> =>
  Effect.async<void, SocketError>((resume) => {
    const onError = (cause: unknown): void => resume(Effect.fail(errorOf(cause, format(peer))))
    socket.once("error", onError)
    socket.once("connect", () => {
      socket.off("error", onError)
      resume(Effect.void)
    })
  })

/** Resets a connection, unless both sides have finished: what is unsent then follows. */
const release = (socket: NetSocket): void => {
  if (socket.connecting) socket.destroy()
  else if (!(socket.writableEnded && socket.readableEnded)) socket.resetAndDestroy()
}

const listen = (
  local: Address,
  onConnection: (connection: TcpConnection) => void
): Effect.Effect<Address, SocketError, Scope.Scope> =>
  Effect.gen(function*() {
    const places = new Shares(
      NetLimits.acceptedConnections,
      NetLimits.connectionsOfSource,
      NetLimits.connectionsForNewcomers
    )
    const server = createServer({ ...common, pauseOnConnect: true }, (socket) => {
      const { remoteAddress, remotePort } = socket
      // The peer may have reset the connection before it was accepted.
      if (remoteAddress === undefined || remotePort === undefined) return void socket.destroy()
      const peer = { host: hostOf(remoteAddress), port: remotePort }
      const source = sourceOf(peer)
      if (!places.take(source)) {
        socket.on("error", () => undefined)
        return void socket.resetAndDestroy()
      }
      socket.once("close", () => places.give(source))
      onConnection(new NetConnection(socket, peer))
    })
    yield* Effect.acquireRelease(bound(server, local), () => Effect.sync(() => server.close()))
    // An accept that fails, for example because too many files are open, costs that connection alone.
    server.on("error", () => undefined)
    const address = server.address()
    return address === null || typeof address === "string" ? local : { host: local.host, port: address.port }
  })

const bound = (server: Server, local: Address): Effect.Effect<void, SocketError> =>
  Effect.async<void, SocketError>((resume) => {
    const onError = (cause: unknown): void => resume(Effect.fail(errorOf(cause, format(local))))
    server.once("error", onError)
    // Exclusive, because a worker of a cluster would otherwise share the port.
    server.listen(
      { host: local.host, port: local.port, exclusive: true, backlog: NetLimits.backlogConnections },
      () => {
        server.off("error", onError)
        resume(Effect.void)
      }
    )
  })

/** An IPv4 peer of a listener at `::` has an IPv6 address that contains its own. */
const hostOf = (host: string): string => isIP(host) === 6 && host.startsWith("::ffff:") ? canonicalHost(host) : host

class NetConnection implements TcpConnection {
  readonly local: Address
  readonly peer: Address
  readonly #socket: NetSocket
  #handler: TcpHandler | undefined
  #failure: SocketError | undefined
  #mostUnsentBytes = NetLimits.unsentBytes
  #isDrainDue = false
  /** Whether this side has reset the connection. */
  #isReset = false
  /** One function for all writes. */
  readonly #onWritten = (): void => {
    if (!this.#isDrainDue || this.#socket.destroyed) return
    if (this.#socket.writableLength >= this.#mostUnsentBytes / 2) return
    this.#isDrainDue = false
    this.#handler?.onDrain()
  }

  constructor(socket: NetSocket, peer: Address) {
    this.#socket = socket
    this.peer = peer
    this.local = { host: hostOf(socket.localAddress ?? ""), port: socket.localPort ?? 0 }
    socket.on("error", (cause) => {
      this.#failure ??= errorOf(cause, format(peer))
    })
    socket.on("close", () => {
      const handler = this.#handler
      this.#handler = undefined
      handler?.onClose(this.#isReset ? undefined : this.#failure)
    })
  }

  start(handler: TcpHandler): void {
    const socket = this.#socket
    this.#handler = handler
    this.#mostUnsentBytes = handler.mostUnsentBytes ?? NetLimits.unsentBytes
    // The connection may have failed before, and its `close` may have been emitted.
    if (socket.closed) {
      this.#handler = undefined
      return queueMicrotask(() => handler.onClose(this.#isReset ? undefined : this.#failure))
    }
    socket.on("data", (bytes: Uint8Array) => this.#isReset ? undefined : this.#handler?.onBytes(bytes))
    socket.on("end", () => this.#isReset ? undefined : this.#handler?.onEnd())
    socket.resume()
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket
    if (!socket.writable) return true
    socket.write(bytes, this.#onWritten)
    if (socket.writableLength < this.#mostUnsentBytes) return true
    this.#isDrainDue = true
    return false
  }

  unsentBytes(): number {
    return this.#socket.writableLength
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  finish(): void {
    this.#socket.end()
  }

  reset(): void {
    if (this.#socket.destroyed) return
    this.#isReset = true
    this.#socket.resetAndDestroy()
  }
}
