/** A host whose addresses the test sets, and whose open sockets and sent datagrams it can read. */
import * as Effect from "effect/Effect"
import type { NetworkInterfaceInfo } from "node:os"
import type { Address } from "../../../src/net/Address.ts"
import { format } from "../../../src/net/Address.ts"
import type { Bound, Handler, Offload, Reason, Sent, SmallBuffer } from "../../../src/net/Socket.ts"
import { SocketError } from "../../../src/net/Socket.ts"
import type { Bind, Interfaces } from "../../../src/node/net/WildcardSocket.ts"

const rest = { netmask: "", mac: "", internal: false, cidr: null } as const

/** Addresses of one interface, as `os.networkInterfaces` lists them; `fe80:` with the scope 7. */
export const entriesOf = (addresses: ReadonlyArray<string>): Array<NetworkInterfaceInfo> =>
  addresses.map((address) =>
    address.includes(":")
      ? { ...rest, address, family: "IPv6", scopeid: address.startsWith("fe80:") ? 7 : 0 }
      : { ...rest, address, family: "IPv4" }
  )

export interface FakeSocket {
  readonly local: Address
  readonly handler: Handler
  /** What a send returns. */
  sends: Sent
  offload: Offload
  receiveBufferBytes: number
  smallBuffers: ReadonlyArray<SmallBuffer>
  /** The texts that were sent, each with its peer. */
  readonly sent: Array<string>
}

export interface FakeHost {
  /** Of the interface eth0. */
  addresses: ReadonlyArray<string>
  /** Why an address, or an address with its port, cannot be bound. */
  readonly refusals: Map<string, Reason>
  /** Ports that are given for port 0, in this order. */
  readonly freePorts: Array<number>
  /** Applied to each socket when it is opened. */
  onOpen: (socket: FakeSocket) => void
  readonly sockets: Map<string, FakeSocket>
  /** Every attempt to open a socket. */
  readonly attempts: Array<string>
  /** The sockets that are open, as `address:port`. */
  readonly open: () => ReadonlyArray<string>
  /** The open socket at an address. */
  readonly at: (host: string) => FakeSocket
  readonly bind: Bind
  readonly interfaces: Interfaces
}

export const make = (addresses: ReadonlyArray<string>): FakeHost => {
  const host: FakeHost = {
    addresses,
    refusals: new Map(),
    freePorts: [],
    onOpen: () => undefined,
    sockets: new Map(),
    attempts: [],
    open: () => [...host.sockets.keys()],
    at: (address) => {
      const socket = [...host.sockets.values()].find(({ local }) => local.host === address)
      if (socket === undefined) throw new Error(`no socket is open at ${address}`)
      return socket
    },
    interfaces: () => ({ eth0: entriesOf(host.addresses) }),
    bind: (local, handler) => Effect.map(Effect.acquireRelease(open(host, local, handler), close(host)), boundOf)
  }
  return host
}

const open = (host: FakeHost, wanted: Address, handler: Handler) =>
  Effect.suspend(() => {
    const local = { ...wanted, port: wanted.port === 0 ? host.freePorts.shift() ?? 0 : wanted.port }
    const address = format(local)
    host.attempts.push(address)
    const reason = host.sockets.has(address)
      ? "AddressInUse"
      : host.refusals.get(address) ?? host.refusals.get(local.host)
    if (reason !== undefined) {
      return Effect.fail(new SocketError({ reason, address, message: `${reason} at ${address}` }))
    }
    const socket: FakeSocket = {
      local,
      handler,
      sends: "Sent",
      offload: { isOn: true },
      receiveBufferBytes: 1_000,
      smallBuffers: [],
      sent: []
    }
    host.onOpen(socket)
    host.sockets.set(address, socket)
    return Effect.succeed(socket)
  })

const close = (host: FakeHost) => ({ local }: FakeSocket) => Effect.sync(() => void host.sockets.delete(format(local)))

const boundOf = (socket: FakeSocket): Bound => ({
  local: socket.local,
  send: (to, _segmentBytes, fill) => {
    if (socket.sends !== "Sent") return socket.sends
    const target = new Uint8Array(100)
    const length = fill(target)
    socket.sent.push(`${Buffer.from(target.subarray(0, length)).toString()} to ${format(to)}`)
    return "Sent"
  },
  discoversMtu: true,
  offload: () => socket.offload,
  receiveBufferBytes: socket.receiveBufferBytes,
  smallBuffers: socket.smallBuffers,
  counters: () => ({
    sentDatagrams: socket.sent.length,
    sentBytes: 10 * socket.sent.length,
    refusedDatagrams: 0,
    fullSends: 0,
    receivedRuns: 0,
    receivedBytes: 0,
    droppedMessages: 1
  })
})
