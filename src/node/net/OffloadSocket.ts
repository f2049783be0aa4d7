/**
 * Sockets whose runs Linux segments and merges (UDP_SEGMENT, UDP_GRO), and whose datagrams it does not fragment. Node
 * cannot set these options: `Libc` creates the socket and passes it to node:dgram, which reads and writes it. If this
 * is not possible, the sockets of `NodeSocket` are used, which report the reason.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Socket as DgramSocket } from "node:dgram"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import type { Shape, SocketError, SocketOptions } from "../../net/Socket.ts"
import { Socket } from "../../net/Socket.ts"
import * as Dgram from "./Dgram.ts"
import { checkingAddresses } from "./Interfaces.ts"
import type { Libc } from "./Libc.ts"
import * as LibcCalls from "./Libc.ts"
import type { Options, Ready } from "./NodeSocket.ts"
import * as NodeSocket from "./NodeSocket.ts"
import { errorOf } from "./SocketErrors.ts"
import * as WildcardSocket from "./WildcardSocket.ts"

/**
 * The fastest sockets that this machine has. `load` may give a reason instead of the calls. Sockets whose datagrams may be
 * fragmented are those of `NodeSocket` in any case.
 */
export const make = async (
  load: () => Promise<Libc | string> = () => LibcCalls.load(),
  options: Options = NodeSocket.defaults
): Promise<Shape> => {
  const loaded = await load()
  const libc = typeof loaded === "string" ? loaded : whyNot(loaded) ?? loaded
  if (typeof libc === "string") return NodeSocket.make(libc, options)
  // Node allocates 64 KiB for each message and frees it soon: returning that memory to the kernel and taking it again, page
  // by page, is half of the cost of receiving.
  libc.keepFreed(NetLimits.keptBytes)
  const portable = NodeSocket.make(fragmented, options)
  const bindOrdinary = WildcardSocket.serving((local, handler) =>
    NodeSocket.serve(
      local,
      handler,
      open(libc, local, (_, fd) => tried(local, () => libc.bind(fd, local))),
      options
    )
  )
  return checkingAddresses({
    resolve: Dgram.resolve,
    bind: (local, handler, more) =>
      more?.multicast === undefined ? bindOrdinary(local, handler) : portable.bind(local, handler, more),
    connect: (peer, handler) =>
      NodeSocket.serve(peer, handler, open(libc, peer, (socket) => Dgram.connect(socket, peer)), options)
  })
}

const fragmented = "datagrams of this socket may be fragmented"
const forbidden = "HOLUB_NO_OFFLOAD is 1"

/**
 * Sockets with the kernel's offload where it is available, unless HOLUB_NO_OFFLOAD is 1. Loads koffi with the first socket that
 * needs it: a program that opens none does not wait for it.
 */
export const layer: Layer.Layer<Socket> = Layer.effect(
  Socket,
  Effect.map(Effect.cached(Effect.promise(() => make(configured))), (made): Shape => {
    const portable = NodeSocket.make(fragmented)
    const shape = ({ fragmentation, multicast }: SocketOptions = {}) =>
      fragmentation === "allowed" || multicast !== undefined ? Effect.succeed(portable) : made
    return {
      resolve: portable.resolve,
      bind: (local, handler, options) => Effect.flatMap(shape(options), ({ bind }) => bind(local, handler, options)),
      connect: (peer, handler, options) => Effect.flatMap(shape(options), ({ connect }) => connect(peer, handler))
    }
  })
)

const configured = (): Promise<Libc | string> =>
  process.env["HOLUB_NO_OFFLOAD"] === "1" ? Promise.resolve(forbidden) : LibcCalls.load()

/** The reason for which this kernel, or a sandbox, does not allow the options; undefined if it does. Checked once. */
const whyNot = (libc: Libc): string | undefined => {
  try {
    const fd = libc.openDatagram(4)
    try {
      setOptions(libc, fd, 4)
      libc.setOption(fd, LibcCalls.udpSegment, 0)
      return undefined
    } finally {
      libc.close(fd)
    }
  } catch (cause) {
    return `this system has no segmentation offload: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

const setOptions = (libc: Libc, fd: number, family: 4 | 6): void => {
  libc.setOption(fd, LibcCalls.udpGro, 1)
  // A socket of IPv6 also carries IPv4, which has its own option.
  libc.setOption(fd, LibcCalls.ipMtuDiscover, LibcCalls.mtuDiscoverProbe)
  if (family === 6) libc.setOption(fd, LibcCalls.ipv6MtuDiscover, LibcCalls.mtuDiscoverProbe)
}

const open = (
  libc: Libc,
  address: Address,
  ready: (socket: DgramSocket, fd: number) => Effect.Effect<void, SocketError>
) =>
  Effect.acquireRelease(
    tried(address, () => handedOver(libc, address)),
    ({ socket }) => Dgram.close(socket)
  ).pipe(
    // libuv has set SO_REUSEADDR, which would let other sockets share the port: it is reset before the port is bound.
    Effect.tap(({ fd }) => tried(address, () => libc.setOption(fd, LibcCalls.reuseAddress, 0))),
    Effect.tap(({ fd, socket }) => ready(socket, fd)),
    Effect.map(({ fd, socket }): Ready => ({
      socket,
      segmentation: {
        cutInto: (datagramBytes) => libc.setOption(fd, LibcCalls.udpSegment, datagramBytes),
        drops: () => libc.drops(fd)
      },
      discoversMtu: true
    }))
  )

/** An unbound socket of node:dgram on our descriptor, which dgram then owns. */
const handedOver = (libc: Libc, { host }: Address): { readonly socket: DgramSocket; readonly fd: number } => {
  const family = Dgram.familyOf(host)
  const fd = libc.openDatagram(family)
  const socket = Dgram.make({ host, port: 0 })
  try {
    setOptions(libc, fd, family)
    socket.bind({ fd, exclusive: true })
  } catch (cause) {
    libc.close(fd)
    socket.close()
    throw cause
  }
  return { socket, fd }
}

const tried = <A>(address: Address, body: () => A): Effect.Effect<A, SocketError> =>
  Effect.try({ try: body, catch: (cause) => errorOf(cause, format(address)) })
