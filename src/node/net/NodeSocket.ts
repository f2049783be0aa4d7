/**
 * Sockets on node:dgram alone: portable, one datagram per send. `OffloadSocket` uses the same setup of a socket and of
 * its kernel buffers, which is here too.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Socket as DgramSocket } from "node:dgram"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import type { Bound, Handler, Multicast, Shape, SmallBuffer, SocketError } from "../../net/Socket.ts"
import { Socket } from "../../net/Socket.ts"
import * as Dgram from "./Dgram.ts"
import { checkingAddresses } from "./Interfaces.ts"
import * as MulticastGroup from "./MulticastGroup.ts"
import type { Segmentation } from "./SegmentedSocket.ts"
import { SegmentedSocket } from "./SegmentedSocket.ts"
import { errorOf } from "./SocketErrors.ts"
import * as WildcardSocket from "./WildcardSocket.ts"

export interface Options {
  /** Requested from the kernel for each direction, in bytes. */
  readonly kernelBufferBytes: number
}

export const defaults: Options = { kernelBufferBytes: NetLimits.kernelBufferBytes }

/** A socket that is bound or connected. */
export interface Ready {
  readonly socket: DgramSocket
  /** The kernel's segmentation, or the reason for its absence. */
  readonly segmentation: Segmentation | string
  readonly discoversMtu: boolean
}

/** Sockets without offload; `reason` is the reason for its absence. */
export const make = (reason: string, options: Options = defaults): Shape => {
  const open = (address: Address, ready: (socket: DgramSocket) => Effect.Effect<void, SocketError>) =>
    Effect.acquireRelease(Effect.sync(() => Dgram.make(address)), Dgram.close).pipe(
      Effect.tap(ready),
      Effect.map((socket): Ready => ({ socket, segmentation: reason, discoversMtu: false }))
    )
  const bindOrdinary = WildcardSocket.serving((local, handler) =>
    // Exclusive, because a worker of a cluster would otherwise share the port.
    serve(local, handler, open(local, (socket) => Dgram.bind(socket, local, { exclusive: true })), options)
  )
  const bindGroup = (group: Address, handler: Handler, multicast: Multicast) =>
    serve(
      group,
      handler,
      Effect.map(
        MulticastGroup.open(group, multicast),
        (socket) => ({ socket, segmentation: reason, discoversMtu: false })
      ),
      options
    )
  return checkingAddresses({
    resolve: Dgram.resolve,
    bind: (local, handler, { multicast } = {}) =>
      multicast === undefined ? bindOrdinary(local, handler) : bindGroup(local, handler, multicast),
    connect: (peer, handler) => serve(peer, handler, open(peer, (socket) => Dgram.connect(socket, peer)), options)
  })
}

export const layer: Layer.Layer<Socket> = Layer.sync(
  Socket,
  () => make("these sockets are on node:dgram alone")
)

/** Delivers the runs and errors of a socket to its handler until the scope ends. */
export const serve = (
  address: Address,
  handler: Handler,
  open: Effect.Effect<Ready, SocketError, Scope.Scope>,
  options: Options
): Effect.Effect<Bound, SocketError, Scope.Scope> =>
  Effect.gen(function*() {
    const { discoversMtu, segmentation, socket } = yield* open
    socket.removeAllListeners("error")
    socket.on("error", (cause) => handler.onError(errorOf(cause, format(address)), undefined))
    const buffers = enlargeBuffers(socket, options.kernelBufferBytes)
    const { address: host, port } = socket.address()
    const runs = new SegmentedSocket(socket, handler, segmentation, Dgram.isConnected(socket) ? undefined : host)
    yield* Effect.addFinalizer(() => Effect.sync(() => runs.close()))
    return {
      local: { host, port },
      send: (to, segmentBytes, fill) => runs.send(to, segmentBytes, fill),
      discoversMtu,
      offload: () => runs.offload(),
      ...buffers,
      counters: () => runs.counters()
    }
  })

const enlargeBuffers = (
  socket: DgramSocket,
  askedBytes: number
): Pick<Bound, "receiveBufferBytes" | "smallBuffers"> => {
  const receive = given(() => socket.setRecvBufferSize(askedBytes), () => socket.getRecvBufferSize())
  const send = given(() => socket.setSendBufferSize(askedBytes), () => socket.getSendBufferSize())
  const smallBuffers = [
    ...(receive < askedBytes ? [small("receive", askedBytes, receive, "net.core.rmem_max")] : []),
    ...(send < askedBytes ? [small("send", askedBytes, send, "net.core.wmem_max")] : [])
  ]
  return { receiveBufferBytes: receive, smallBuffers }
}

const given = (ask: () => void, get: () => number): number => {
  try {
    ask()
  } catch {
    // Some systems refuse a size that Linux would reduce; the default stays.
  }
  // Linux includes its own overhead: it reports twice the size that it gave.
  return process.platform === "linux" ? get() / 2 : get()
}

const small = (
  direction: SmallBuffer["direction"],
  askedBytes: number,
  givenBytes: number,
  linuxSetting: string
): SmallBuffer => {
  const setting = process.platform === "linux" ? linuxSetting : undefined
  const remedy = setting === undefined
    ? "raise the system's limit for the buffers of sockets"
    : `raise it with sysctl -w ${setting}=${askedBytes}`
  const message = `the ${direction} buffer has ${givenBytes} of ${askedBytes} bytes: ${remedy}`
  return { direction, askedBytes, givenBytes, setting, message }
}
