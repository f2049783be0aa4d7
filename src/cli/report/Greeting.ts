/** The lines of a server that listens: its address, the command for other machines, and the missing encryption. */
import { networkInterfaces } from "node:os"
import { format, isLinkLocal, isLoopback } from "../../net/Address.ts"
import { defaultWire, type WireName } from "../../protocol/WireName.ts"
import * as Format from "../text/Format.ts"
import type { ReportEvent } from "./Report.ts"
import * as Unprotected from "./Unprotected.ts"

/** The lines of a server; in the interactive mode (`isAsked`) an answer takes the place of a flag. */
export const linesOf = (
  { dir, host, port, wire }: Extract<ReportEvent, { type: "listening" }>,
  isAsked = false,
  interfaces = networkInterfaces
): ReadonlyArray<string> => [
  `listening at ${format({ host, port })}, files go to ${Format.harmless(dir)}`,
  ...(isLoopback(host)
    ? [`only this machine can connect; ${isAsked ? "the address" : "--host"} 0.0.0.0 allows other machines`]
    : commands(reachable(addressesOf(host, interfaces)), port, wire)),
  Unprotected.ofServer(wire)
]

/** The commands for other machines. Each machine has zones of its own, so a link-local address is without this machine's. */
const commands = (addresses: ReadonlyArray<string>, port: number, wire: WireName): ReadonlyArray<string> => {
  const option = wire === defaultWire ? "" : `--wire ${wire} `
  const hosts = [...new Set(addresses.map((address) => isLinkLocal(address) ? `${withoutZone(address)}%IF` : address))]
  return [
    ...hosts.map((host) => `from another machine: holub send ${option}--to ${format({ host, port })} FILE`),
    ...(hosts.some(isLinkLocal) ? ["IF is the interface of the other machine in this network, such as eth0"] : [])
  ]
}

/** Link-local addresses are used only where there are no others. */
const reachable = (addresses: ReadonlyArray<string>): ReadonlyArray<string> => {
  const routed = addresses.filter((address) => !isLinkLocal(address))
  return routed.length > 0 ? routed : addresses
}

const withoutZone = (address: string): string => address.split("%", 1)[0] ?? address

/** The addresses at which other machines reach a server that listens at `host`. */
const addressesOf = (host: string, interfaces: typeof networkInterfaces): ReadonlyArray<string> => {
  if (host !== "0.0.0.0" && host !== "::") return [host]
  return Object.values(interfaces()).flat().flatMap((entry) =>
    entry === undefined || entry.internal || (host === "0.0.0.0" && entry.family === "IPv6")
      ? []
      : [entry.address]
  )
}
