/** The lines of a server that listens: its address, the words of its key, the command for other machines, and what is not protected. */
import { networkInterfaces } from "node:os"
import { format, isLinkLocal, isLoopback } from "../../net/Address.ts"
import { defaultWire } from "../../protocol/WireName.ts"
import * as Format from "../text/Format.ts"
import type { EventOf } from "./Report.ts"
import * as Unprotected from "./Unprotected.ts"

type Listening = EventOf<"listening">

/** The lines of a server; in the interactive mode (`isAsked`) an answer takes the place of a flag. */
export const linesOf = (
  event: Listening,
  isAsked = false,
  interfaces = networkInterfaces
): ReadonlyArray<string> => {
  const { dir, host, key, port, wire, words } = event
  const unprotected = Unprotected.ofServer({ wire, isEncrypted: key !== undefined })
  return [
    `listening at ${format({ host, port })}, files go to ${Format.harmless(dir)}`,
    ...(words === undefined ? [] : [`the words of its key: ${words}`]),
    ...(isLoopback(host)
      ? [
        `only this machine can connect; ${isAsked ? "the address" : "--host"} 0.0.0.0 allows other machines`,
        // The own key is trusted on this machine.
        ...(isAsked ? [] : [`from this machine: ${commandFor(event, host, undefined)}`])
      ]
      : commands(reachable(addressesOf(host, interfaces)), event)),
    ...(unprotected === undefined ? [] : [unprotected])
  ]
}

/** The commands for other machines. Each machine has zones of its own, so a link-local address is without this machine's. */
const commands = (addresses: ReadonlyArray<string>, event: Listening): ReadonlyArray<string> => {
  const hosts = [...new Set(addresses.map((address) => isLinkLocal(address) ? `${withoutZone(address)}%IF` : address))]
  return [
    ...hosts.map((host) => `from another machine: ${commandFor(event, host, event.key)}`),
    ...(hosts.some(isLinkLocal) ? ["IF is the interface of the other machine in this network, such as eth0"] : [])
  ]
}

/** The command that sends to a server; its flags are those that both sides must have. */
const commandFor = ({ key: ownKey, port, psk, wire }: Listening, host: string, key: string | undefined): string => {
  const flags = [
    ...(wire === defaultWire ? [] : [`--wire ${wire} `]),
    ...(wire === "flock" && ownKey === undefined ? ["--protection crc "] : []),
    ...(psk === true ? ["--psk-file PSK "] : [])
  ]
  return `holub send ${flags.join("")}--to ${key === undefined ? "" : `${key}@`}${format({ host, port })} FILE`
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
