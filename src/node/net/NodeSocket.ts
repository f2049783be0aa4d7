/**
 * Sockets on node:dgram. It owns kernel buffers and the buffers of sends; it knows nothing of frames.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { RemoteInfo, Socket as DgramSocket } from "node:dgram"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import type { Bound, Handler, SocketError } from "../../net/Socket.ts"
import { Socket } from "../../net/Socket.ts"
import * as Dgram from "./Dgram.ts"
import { errorOf } from "./SocketErrors.ts"

/** Of one buffer to send from: larger than any frame that we write. */
const bufferBytes = 2048

export const layer: Layer.Layer<Socket> = Layer.succeed(Socket, {
  resolve: Dgram.resolve,
  bind: (local, handler) => open(local, handler, (socket) => Dgram.bind(socket, local)),
  connect: (peer, handler) => open(peer, handler, (socket) => Dgram.connect(socket, peer))
})

const open = (
  address: Address,
  handler: Handler,
  ready: (socket: DgramSocket) => Effect.Effect<void, SocketError>
): Effect.Effect<Bound, SocketError, Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Effect.acquireRelease(Effect.sync(() => Dgram.make(address)), Dgram.close)
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
    const send = sender(socket, handler, Dgram.isConnected(socket))
    return { local: { host, port }, send: (to, fill) => isOpen && send(to, fill) }
  })

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
    const buffer = pool.pop() ?? (made < NetLimits.sendBuffers ? pooled() : undefined)
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

const enlargeBuffers = (socket: DgramSocket): void => {
  try {
    socket.setRecvBufferSize(NetLimits.kernelBufferBytes)
    socket.setSendBufferSize(NetLimits.kernelBufferBytes)
  } catch {
    // The system's default stays; a burst beyond it is loss, which the protocol repairs.
  }
}
