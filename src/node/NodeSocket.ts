/**
 * Sockets on node:dgram. It owns addresses, kernel buffers and errno; it knows nothing of frames.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { createSocket } from "node:dgram"
import type { RemoteInfo, Socket as DgramSocket } from "node:dgram"
import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import type { Address } from "../Address.ts"
import { format } from "../Address.ts"
import * as Limits from "../protocol/Limits.ts"
import type { Bound, Handler, Reason } from "../Socket.ts"
import { Socket, SocketError } from "../Socket.ts"

/** Asked of the kernel for both directions; it gives what it allows, and a burst beyond that is loss. */
const kernelBufferBytes = 4 * 1024 * 1024

/** Of one buffer to send from: larger than any frame that we write. */
const bufferBytes = 2048

export const layer: Layer.Layer<Socket> = Layer.succeed(Socket, {
  resolve: (host) =>
    isIP(withoutScope(host)) !== 0
      ? Effect.succeed([host])
      : Effect.tryPromise({
        try: async () => (await lookup(host, { all: true })).map(({ address }) => address),
        catch: (cause) => errorOf(cause, host)
      }),
  bind: (local, handler) =>
    open(local, handler, (socket) =>
      Effect.async<void, SocketError>((resume) => {
        socket.once("error", (cause) => resume(Effect.fail(errorOf(cause, format(local)))))
        socket.bind({ address: local.host, port: local.port }, () => resume(Effect.void))
      })),
  connect: (peer, handler) =>
    open(peer, handler, (socket) =>
      Effect.async<void, SocketError>((resume) => {
        socket.once("error", (cause) => resume(Effect.fail(errorOf(cause, format(peer)))))
        socket.connect(peer.port, peer.host, (cause?: Error) => {
          resume(cause === undefined ? Effect.void : Effect.fail(errorOf(cause, format(peer))))
        })
      }))
})

const open = (
  address: Address,
  handler: Handler,
  ready: (socket: DgramSocket) => Effect.Effect<void, SocketError>
): Effect.Effect<Bound, SocketError, Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Effect.acquireRelease(Effect.sync(() => make(address)), close)
    yield* ready(socket)
    socket.removeAllListeners("error")
    socket.on("error", (cause) => handler.onError(errorOf(cause, format(address))))
    socket.on("message", ({ buffer, byteOffset, byteLength }: Buffer, { address: host, port }: RemoteInfo) => {
      // Nobody can be answered at port 0.
      if (port === 0) return
      // A plain view: those that are made of it are cheaper than a Buffer's.
      handler.onDatagrams([{ bytes: new Uint8Array(buffer, byteOffset, byteLength), from: { host, port } }])
    })
    enlargeBuffers(socket)
    const { address: host, port } = socket.address()
    let isOpen = true
    yield* Effect.addFinalizer(() => Effect.sync(() => isOpen = false))
    const send = sender(socket, handler, isConnected(socket))
    return { local: { host, port }, send: (to, fill) => isOpen && send(to, fill) }
  })

/** A literal address needs no lookup: a synchronous one keeps the system call in the turn that sends. */
const make = ({ host }: Address): DgramSocket => {
  const family = isIP(withoutScope(host)) === 6 ? 6 : 4
  return createSocket({
    type: family === 6 ? "udp6" : "udp4",
    lookup: (name, _options, callback) => callback(null, name, family)
  })
}

/** Buffers go out of the pool with a send and come back in its callback: the kernel may take them later. */
const sender = (socket: DgramSocket, handler: Handler, connected: boolean): Bound["send"] => {
  const pool: Array<Pooled> = []
  const overflow = new Uint8Array(bufferBytes)
  let made = 0
  const pooled = (): Pooled => {
    made++
    const bytes = new Uint8Array(bufferBytes)
    const one: Pooled = {
      bytes,
      view: bytes,
      sent: (cause) => {
        pool.push(one)
        if (cause !== null) handler.onError(errorOf(cause, one.to === undefined ? "" : format(one.to)))
      },
      to: undefined
    }
    return one
  }
  return (to, fill) => {
    const buffer = pool.pop() ?? (made < Limits.sendBuffers ? pooled() : undefined)
    // The kernel takes nothing at the moment: what is beyond the buffers is lost, as UDP loses.
    if (buffer === undefined) return fill(overflow) > 0
    const length = fill(buffer.bytes)
    if (length === 0) {
      pool.push(buffer)
      return false
    }
    buffer.to = to
    // Most frames have one of two lengths: a view of the length before often serves again.
    if (buffer.view.length !== length) buffer.view = buffer.bytes.subarray(0, length)
    if (connected) socket.send(buffer.view, buffer.sent)
    else socket.send(buffer.view, to.port, to.host, buffer.sent)
    return true
  }
}

interface Pooled {
  readonly bytes: Uint8Array
  view: Uint8Array
  readonly sent: (cause: Error | null) => void
  /** Where it went last, for an error. */
  to: Address | undefined
}

const close = (socket: DgramSocket): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    // What the kernel has not taken yet, a last FIN among it, goes out before the socket does.
    const finish = (): void => {
      if (socket.getSendQueueCount() > 0) setImmediate(finish)
      else socket.close(() => resume(Effect.void))
    }
    finish()
  })

const enlargeBuffers = (socket: DgramSocket): void => {
  try {
    socket.setRecvBufferSize(kernelBufferBytes)
    socket.setSendBufferSize(kernelBufferBytes)
  } catch {
    // The system's default stays; a burst beyond it is loss, which the protocol repairs.
  }
}

const isConnected = (socket: DgramSocket): boolean => {
  try {
    socket.remoteAddress()
    return true
  } catch {
    return false
  }
}

const withoutScope = (host: string): string => host.split("%", 1)[0] ?? host

const reasons: Readonly<Record<string, Reason>> = {
  EADDRINUSE: "AddressInUse",
  EADDRNOTAVAIL: "AddressNotAvailable",
  EACCES: "Denied",
  EPERM: "Denied",
  ENOTFOUND: "HostNotFound",
  EAI_AGAIN: "HostNotFound",
  ECONNREFUSED: "Refused",
  ENETUNREACH: "Unreachable",
  EHOSTUNREACH: "Unreachable",
  ENETDOWN: "Unreachable",
  EMSGSIZE: "TooLarge",
  EAFNOSUPPORT: "AddressNotAvailable",
  EMFILE: "TooManyOpen",
  ENFILE: "TooManyOpen"
}

const sentences: Readonly<Record<Reason, (address: string) => string>> = {
  AddressInUse: (address) => `the address ${address} is in use by another program`,
  AddressNotAvailable: (address) => `this machine has no address ${address}`,
  Denied: (address) => `the system does not allow this program to use ${address}`,
  HostNotFound: (address) => `the name ${address} could not be found`,
  Refused: (address) => `nothing listens at ${address}`,
  Unreachable: (address) => `no route leads to ${address}`,
  TooManyOpen: (address) => `no socket can be opened for ${address}: too many files are open`,
  TooLarge: (address) => `a datagram to ${address} is larger than the network takes`,
  Io: (address) => `the network failed for ${address}`
}

const errorOf = (cause: unknown, address: string): SocketError => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  const reason = reasons[code] ?? "Io"
  const detail = reason === "Io" && cause instanceof Error ? `: ${cause.message}` : ""
  return new SocketError({ reason, address, message: sentences[reason](address) + detail, cause })
}
