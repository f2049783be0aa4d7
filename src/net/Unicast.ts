/**
 * Which literal addresses stand for one machine: no wire sends a datagram to any other, and no server listens at one. Multicast
 * groups are for sockets of plain datagrams, which ask for them (`SocketOptions.multicast`).
 */
import { type Address, format } from "./Address.ts"
import { SocketError } from "./Socket.ts"

/** The error of a destination that is not a port of one machine; undefined without one. */
export const destinationError = (address: Address): SocketError | undefined => {
  const { host, port } = address
  if (isWildcard(host)) {
    return notUnicast(address, `${host} stands for all addresses of a server, and is not one of them`)
  }
  if (port === 0) return notUnicast(address, `port 0 of ${host} is not the port of a server`)
  return listeningError(address)
}

/** The error of an address at which no server can listen; undefined without one. A wildcard has none. */
export const listeningError = (address: Address): SocketError | undefined => {
  const { host } = address
  if (isMulticast(host)) return notUnicast(address, `${host} is a multicast address, not the address of one machine`)
  return ipv4Of(host) === "255.255.255.255" ? broadcastError(address) : undefined
}

/** The error of an address that is not the address of a multicast group; undefined without one. */
export const groupError = (address: Address): SocketError | undefined =>
  isMulticast(address.host)
    ? undefined
    : new SocketError({
      reason: "AddressNotAvailable",
      address: format(address),
      message: `${address.host} is not a multicast group: these begin with 224 to 239, or with ff`
    })

/** The error of a broadcast address. */
export const broadcastError = (address: Address): SocketError =>
  notUnicast(address, `${address.host} is a broadcast address, not the address of one machine`)

/** Whether a literal address is `0.0.0.0` or `::`, in any notation. */
const isWildcard = (host: string): boolean => ipv4Of(host) === "0.0.0.0" || canonicalIpv6(host) === "::"

/** Whether a literal address is that of a multicast group (RFC 5771, RFC 4291 §2.7). */
export const isMulticast = (host: string): boolean => {
  const ipv4 = ipv4Of(host)
  if (ipv4 === undefined) return canonicalIpv6(host)?.startsWith("ff") === true
  const first = Number(ipv4.split(".")[0])
  return first >= 224 && first < 240
}

/** The IPv4 address that a literal address is, or that it contains (`::ffff:192.0.2.1`), in dotted decimal. */
const ipv4Of = (host: string): string | undefined => {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return host
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonicalIpv6(host) ?? "") ?? []
  if (high === undefined || low === undefined) return undefined
  return [high, low].flatMap((half) => {
    const value = Number.parseInt(half, 16)
    return [value >> 8, value & 0xff]
  }).join(".")
}

/** The canonical text of a literal IPv6 address (RFC 5952) without its zone; undefined for anything else. */
const canonicalIpv6 = (host: string): string | undefined => {
  const url = host.includes(":") ? `http://[${host.split("%", 1)[0]}]` : ""
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined
}

const notUnicast = (address: Address, message: string): SocketError =>
  new SocketError({ reason: "NotUnicast", address: format(address), message })
