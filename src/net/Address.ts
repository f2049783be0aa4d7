/** An IP address and a port, with their text form. */

export interface Address {
  /** A literal IPv4 or IPv6 address; a name only before it is resolved. */
  readonly host: string
  readonly port: number
}

/** `192.0.2.1:4040` or `[2001:db8::1]:4040`. Also the key under which a peer is known. */
export const format = (address: Address): string =>
  address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`

/**
 * Reads `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`; a bare IPv6 address is one too. Without a port, the port is
 * `defaultPort`, a number or undefined. Returns undefined for anything else. The host is not looked up.
 */
export const parse = <DefaultPort extends number | undefined>(
  text: string,
  defaultPort: DefaultPort
): { readonly host: string; readonly port: number | DefaultPort } | undefined => {
  const match = /^(?:\[(?<bracketed>[^\]]+)\]|(?<name>[^\s:[\]/@]+))(?::(?<port>\d{1,5}))?$/.exec(text)
  if (match?.groups === undefined) return isIpv6(text) ? { host: text, port: defaultPort } : undefined
  if (match.groups["bracketed"] !== undefined && !isIpv6(match.groups["bracketed"])) return undefined
  const host = match.groups["bracketed"] ?? match.groups["name"] ?? ""
  const port = match.groups["port"] === undefined ? defaultPort : Number(match.groups["port"])
  return port !== undefined && port > 65_535 ? undefined : { host, port }
}

/** The version of the IP packets to a literal address: IPv4 to an IPv6 address that contains one (`::ffff:192.0.2.1`). */
export const ipVersionOf = (host: string): 4 | 6 => host.includes(":") && !/^::ffff:/i.test(host) ? 6 : 4

/** Whether an address is link-local IPv6 (fe80::/10): it needs a zone, the interface after `%` (RFC 4007). */
export const isLinkLocal = (host: string): boolean => /^fe[89ab][0-9a-f]:/i.test(host)

/** Whether only this machine can reach the address. */
export const isLoopback = (host: string): boolean =>
  /^127(?:\.\d{1,3}){3}$/.test(host) || host === "::1" || host === "localhost"

const isIpv6 = (text: string): boolean =>
  /^(?=[^:]*:[^:]*:)[0-9A-Fa-f:]+(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?:%[\w.-]+)?$/.test(text)
