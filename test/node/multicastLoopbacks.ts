/** The groups that this machine can join on its loopback interface. */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { networkInterfaces } from "node:os"
import type { Groups } from "../suites/multicast.ts"

const candidates = (): ReadonlyArray<Groups> => {
  const zone = Object.entries(networkInterfaces())
    .find(([, entries = []]) => entries.some(({ address }) => address === "::1"))?.[0]
  return [
    { group: "239.255.40.41", other: "239.255.40.42", interface: "127.0.0.1" },
    ...(zone === undefined ? [] : [{ group: "ff15::4041", other: "ff15::4042", interface: zone }])
  ]
}

/** Whether the system takes the membership and a datagram to the group, which comes back. */
const works = async ({ group, interface: via }: Groups): Promise<boolean> => {
  const isIpv6 = group.includes(":")
  const socket = createSocket({ type: isIpv6 ? "udp6" : "udp4", reuseAddr: true })
  const own = isIpv6 ? `::%${via}` : via
  try {
    socket.bind({ address: group, port: 0 })
    await once(socket, "listening")
    socket.addMembership(group, own)
    socket.setMulticastInterface(own)
    const back = once(socket, "message", { signal: AbortSignal.timeout(1000) })
    socket.send("x", socket.address().port, group)
    await back
    return true
  } catch {
    return false
  } finally {
    socket.close()
  }
}

const usable = candidates().map(async (groups) => (await works(groups)) ? [groups] : [])
export const multicastLoopbacks: ReadonlyArray<Groups> = (await Promise.all(usable)).flat()
