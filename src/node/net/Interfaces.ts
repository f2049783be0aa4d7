/**
 * Checks addresses against the network interfaces of this machine before a socket is opened: the zone of a link-local address, which
 * names an interface (RFC 4007), and the broadcast addresses of the networks to which the interfaces belong.
 */
import * as Effect from "effect/Effect"
import type { NetworkInterfaceInfo } from "node:os"
import { networkInterfaces } from "node:os"
import { type Address, format, isLinkLocal } from "../../net/Address.ts"
import { type Shape, SocketError } from "../../net/Socket.ts"
import { broadcastError } from "../../net/Unicast.ts"
import type { Interfaces } from "./WildcardSocket.ts"

/** Decorates a Socket with these checks. */
export const checkingAddresses = (shape: Shape, interfaces: Interfaces = networkInterfaces): Shape => {
  const checked = (address: Address) => checkedAddress(address, interfaces)
  return {
    resolve: (name) => Effect.map(shape.resolve(name), (hosts) => withZones(hosts, interfaces)),
    bind: (local, handler, options) => Effect.flatMap(checked(local), (known) => shape.bind(known, handler, options)),
    connect: (peer, handler, options) =>
      Effect.flatMap(checked(peer), (known) => shape.connect(known, handler, options))
  }
}

/** Checks one address. A zone that the system does not take, such as a number, becomes one that it takes. */
export const checkedAddress = (
  address: Address,
  interfaces: Interfaces = networkInterfaces
): Effect.Effect<Address, SocketError> =>
  Effect.suspend(() => {
    const { host } = address
    if (isLinkLocal(host)) {
      const links = linksOf(interfaces())
      const zoned = withZone(host, links)
      return zoned === undefined ? zoneError(address, links) : Effect.succeed({ ...address, host: zoned })
    }
    if (isZonedIpv4.test(host)) return invalidZone(address, `${host} is not an address: IPv4 has no zones`)
    return isIpv4.test(host) && isBroadcast(host, interfaces()) ? broadcastError(address) : Effect.succeed(address)
  })

/** The addresses of a name, link-local ones with the zone that the system takes. */
export const withZones = (
  hosts: ReadonlyArray<string>,
  interfaces: Interfaces = networkInterfaces
): ReadonlyArray<string> =>
  hosts.map((host) => isLinkLocal(host) ? withZone(host, linksOf(interfaces())) ?? host : host)

const isIpv4 = /^\d+(?:\.\d+){3}$/
const isZonedIpv4 = /^\d+(?:\.\d+){3}%/

const entriesOf = (
  interfaces: ReturnType<Interfaces>
): ReadonlyArray<NetworkInterfaceInfo & { readonly name: string }> =>
  Object.entries(interfaces).flatMap(([name, entries = []]) => entries.map((entry) => ({ ...entry, name })))

/** Whether the address is the last one of the network of an interface. A network of one or two addresses has no broadcast address. */
const isBroadcast = (host: string, interfaces: ReturnType<Interfaces>): boolean =>
  entriesOf(interfaces).some(({ cidr, family }) => {
    if (family !== "IPv4" || cidr === null) return false
    const [address = "", prefixBits] = cidr.split("/")
    const hostBits = 2 ** (32 - Number(prefixBits)) - 1
    return hostBits > 1 && numberOf(host) === (numberOf(address) | hostBits) >>> 0
  })

const numberOf = (ipv4: string): number => ipv4.split(".").reduce((number, octet) => number * 256 + Number(octet), 0)

/** An interface with a link-local address. */
interface Link {
  readonly name: string
  readonly number: number
}

const linksOf = (interfaces: ReturnType<Interfaces>): ReadonlyArray<Link> =>
  entriesOf(interfaces).flatMap((entry) =>
    entry.family === "IPv6" && entry.scopeid !== 0 ? [{ name: entry.name, number: entry.scopeid }] : []
  )

/** The address with its zone as the system takes it: the name of the interface, on Windows its number. Undefined without such one. */
const withZone = (host: string, links: ReadonlyArray<Link>): string | undefined => {
  const [address, zone] = host.split("%")
  const link = links.find(({ name, number }) => name === zone || String(number) === zone)
  return link === undefined ? undefined : `${address}%${process.platform === "win32" ? link.number : link.name}`
}

const zoneError = (address: Address, links: ReadonlyArray<Link>): SocketError => {
  const [host, zone] = address.host.split("%")
  const problem = zone === undefined
    ? `the link-local address ${host} needs an interface`
    : `no interface ${zone} has a link-local address`
  const choices = [...new Set(links.map(({ name }) => `${host}%${name}`))]
  return invalidZone(
    address,
    choices.length === 0 ? `${problem}: this machine has none with IPv6` : `${problem}: write ${choices.join(" or ")}`
  )
}

const invalidZone = (address: Address, message: string): SocketError =>
  new SocketError({ reason: "InvalidZone", address: format(address), message })
