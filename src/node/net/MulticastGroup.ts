/**
 * Sockets of multicast groups on node:dgram. Such a socket is bound to the address of the group, so that it receives nothing else: at
 * the wildcard, Linux would also deliver the datagrams of groups that other programs have joined. Windows binds no group; there it is
 * the wildcard.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Socket as DgramSocket } from "node:dgram"
import type { NetworkInterfaceInfo } from "node:os"
import { networkInterfaces } from "node:os"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Multicast } from "../../net/Socket.ts"
import { SocketError } from "../../net/Socket.ts"
import { groupError } from "../../net/Unicast.ts"
import * as Dgram from "./Dgram.ts"
import { errorOf } from "./SocketErrors.ts"
import type { Interfaces } from "./WildcardSocket.ts"

/** Where a socket joins: the group's address for the system, and the interface as the system takes it. */
export interface Membership {
  readonly host: string
  /** For IPv4 an address of the interface, for IPv6 `::%` and its zone. Undefined: the system's choice. */
  readonly via: string | undefined
}

type Named = NetworkInterfaceInfo & { readonly name: string }

/** A bound socket that has joined the group. It shares the port with the other sockets of the group on this machine. */
export const open = (
  group: Address,
  multicast: Multicast,
  interfaces: Interfaces = networkInterfaces
): Effect.Effect<DgramSocket, SocketError, Scope.Scope> =>
  Effect.gen(function*() {
    const error = groupError(group)
    if (error !== undefined) return yield* error
    const membership = membershipIn(group, multicast.interface, interfaces())
    if (membership instanceof SocketError) return yield* membership
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => Dgram.make(group, { reuseAddr: true })),
      Dgram.close
    )
    yield* Dgram.bind(socket, { host: bindable(membership.host), port: group.port })
    yield* Effect.try({
      try: () => join(socket, membership),
      catch: (cause) => joinError(cause, group, multicast.interface)
    })
    return socket
  })

const bindable = (host: string): string => {
  if (process.platform !== "win32") return host
  return Dgram.familyOf(host) === 6 ? "::" : "0.0.0.0"
}

const join = (socket: DgramSocket, { host, via }: Membership): void => {
  socket.addMembership(host.split("%", 1)[0] ?? host, via)
  if (via !== undefined) socket.setMulticastInterface(via)
  socket.setMulticastTTL(1)
  socket.setMulticastLoopback(true)
}

/** The membership of a socket at `group`, or why there is none. `wanted` is a name or an address of an interface. */
export const membershipIn = (
  group: Address,
  wanted: string | undefined,
  interfaces: ReturnType<Interfaces>
): Membership | SocketError => {
  const family = Dgram.familyOf(group.host)
  const [address = "", zone] = group.host.split("%", 2)
  const name = wanted ?? zone
  if (name === undefined) return { host: address, via: undefined }
  const entries = Object.entries(interfaces).flatMap(([own, infos = []]) =>
    infos.map((info) => ({ ...info, name: own }))
  )
  const entry = entries.find((one) => one.family === `IPv${family}` && isMeant(one, name))
  if (entry === undefined) return interfaceError(group, name, entries)
  if (family === 4) return { host: address, via: entry.address }
  const index = process.platform === "win32" ? numberOf(entry.name, entries) : entry.name
  return { host: `${address}%${index}`, via: `::%${index}` }
}

/** The number of an interface, which only its link-local address has. */
const numberOf = (name: string, entries: ReadonlyArray<Named>): string =>
  String(Math.max(0, ...entries.map((one) => one.name === name && one.family === "IPv6" ? one.scopeid : 0)))

/** Whether `wanted` is the name or an address of this interface. */
const isMeant = (entry: Named, wanted: string): boolean => {
  const [address, zone] = wanted.split("%", 2)
  return entry.name === wanted || entry.address === address && (zone === undefined || zone === entry.name)
}

const interfaceError = (
  group: Address,
  wanted: string,
  entries: ReadonlyArray<Named>
): SocketError => {
  const family = Dgram.familyOf(group.host)
  const names = [...new Set(entries.filter((one) => one.family === `IPv${family}`).map(({ name }) => name))]
  const choices = names.length === 0 ? "this machine has none" : `this machine has ${names.join(", ")}`
  return new SocketError({
    reason: "AddressNotAvailable",
    address: format(group),
    message: `"${wanted}" is no interface with IPv${family}: ${choices}`
  })
}

/** ENODEV and EADDRNOTAVAIL: no interface leads to multicast groups. */
const joinError = (cause: unknown, group: Address, wanted: string | undefined): SocketError => {
  const error = errorOf(cause, format(group))
  const via = wanted === undefined ? "by any interface: name one that has multicast" : `by the interface "${wanted}"`
  return new SocketError({
    reason: error.reason === "Io" ? "AddressNotAvailable" : error.reason,
    address: error.address,
    message: `this machine cannot join the group ${group.host} ${via}`,
    cause
  })
}
