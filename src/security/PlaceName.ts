/**
 * The name under which a server's key is remembered: what the user typed, never a resolved address. Spellings of one name are one: lower
 * case, ASCII (IDNA, as in URLs), and one form of an IPv6 address, in brackets.
 */
import type { Place } from "./Keyring.ts"

/** `host:port` or `[IPv6]:port`; undefined if the host cannot be one: it has spaces, controls, or begins with `#`. */
export const ofPlace = ({ host, port }: Place): string | undefined => {
  const name = host.includes(":") ? ipv6(host) : ascii(host)
  return /^[\x21\x22\x24-\x7e][\x21-\x7e]*$/.test(name) ? `${name}:${port}` : undefined
}

/** The zone after `%` is the name of an interface, whose case counts. */
const ipv6 = (host: string): string => {
  const [address = "", ...zone] = host.split("%")
  const shortened = hostnameOf(`[${address}]`) ?? `[${address.toLowerCase()}]`
  return zone.length === 0 ? shortened : `${shortened.slice(0, -1)}%${zone.join("%")}]`
}

/** An ASCII name is left as it is: a URL would make an address of a number, and decode percent signs. */
const ascii = (host: string): string =>
  /^[\x21-\x7e]*$/.test(host) ? host.toLowerCase() : isWord(host) ? hostnameOf(host) ?? host : host

/** Without ASCII characters that separate the parts of a URL, spaces and controls. */
const isWord = (host: string): boolean => /^(?:[\w.-]|[^\s\p{ASCII}\p{Cc}])+$/u.test(host)

const hostnameOf = (host: string): string | undefined => {
  try {
    return new URL(`http://${host}`).hostname
  } catch {
    return undefined
  }
}
