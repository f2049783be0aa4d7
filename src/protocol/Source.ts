/**
 * Whom a server counts as one when it shares something out: the IPv4 address, or the network of 64 bits of an IPv6
 * address, because a single host has as many addresses of such a network as it likes (RFC 6177). Each port of this machine
 * counts on its own: its programs have other ways to take what they want, and a relay stands for many peers.
 */
export const sourceOf = ({ host, port }: { readonly host: string; readonly port: number }): string => {
  if (host.startsWith("127.") || host === "::1") return `${host} ${port}`
  if (!host.includes(":")) return host
  const [address = ""] = host.split("%", 1)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = "", tail] = address.split("::", 2)
  const groupsOf = (text: string): ReadonlyArray<string> => text === "" ? [] : text.split(":")
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")]
  // An IPv4 address at the end stands for two groups.
  const given = before.length + after.length + (address.includes(".") ? 1 : 0)
  const zeros = tail === undefined ? 0 : networkGroups * 2 - given
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after]
  return groups.slice(0, networkGroups).map((group) => Number.parseInt(group, 16).toString(16)).join(":") + "::/64"
}

const networkGroups = 4
