/**
 * Whom a server counts as one when it shares something out: the IPv4 address, or the network of 64 bits of an IPv6
 * address, because a single host has as many addresses of such a network as it likes (RFC 6177). Each port of 127.0.0.1 and ::1
 * counts on its own: programs of this machine have other ways to take what they want, and a relay stands for many peers.
 */
export const sourceOf = ({ host, port }: { readonly host: string; readonly port: number }): string => {
  if (isOwnMachine(host)) return `${host} ${port}`
  const canonical = canonicalHost(host)
  return canonical.includes(":") ? canonical.split(":").slice(0, networkGroups).join(":") + "::/64" : canonical
}

/** Whether this is the address at which programs of this machine reach each other. The rest of 127.0.0.0/8 is like other addresses. */
export const isOwnMachine = (host: string): boolean => host === "127.0.0.1" || host === "::1"

const networkGroups = 4

/**
 * The one text of an address that may be written in several ways: eight groups of IPv6 without leading zeros and without a zone, the
 * IPv4 address in `::ffff:192.0.2.1`; any other host as it is.
 */
export const canonicalHost = (host: string): string => {
  if (!host.includes(":")) return host
  const [address = ""] = host.split("%", 1)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = "", tail] = address.split("::", 2)
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")]
  const zeros = tail === undefined ? 0 : 2 * networkGroups - before.length - after.length
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after]
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")
}

/** The groups in a part of an address; an IPv4 address at the end is two of them. */
const groupsOf = (text: string): ReadonlyArray<string> =>
  text === "" ? [] : text.split(":").flatMap((group) => group.includes(".") ? ipv4Groups(group) : [group])

const ipv4Groups = (text: string): ReadonlyArray<string> => {
  const [one = 0, two = 0, three = 0, four = 0] = text.split(".").map(Number)
  return [(256 * one + two).toString(16), (256 * three + four).toString(16)]
}
