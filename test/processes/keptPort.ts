/** Ports for servers that are started again at the same address. */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { readFileSync } from "node:fs"

/** The first port that the system may give to a socket that asks for any (Linux, ip(7)); elsewhere that of IANA (RFC 6335 §6). */
const firstEphemeral = (): number => {
  try {
    return Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s/)[0])
  } catch {
    return 49_152
  }
}

const lowest = 10_000
let next = lowest + process.pid % 20_000

const isFree = async (port: number): Promise<boolean> => {
  const socket = createSocket("udp4")
  const bound = once(socket, "listening").then(() => true, () => false)
  socket.bind(port, "127.0.0.1")
  const free = await bound
  socket.close()
  return free
}

/**
 * A free port of UDP that the system gives to no other socket, so that it stays free while its server is down. A port that the system has
 * chosen may go to any socket of another test in that time.
 */
export const keptPort = async (): Promise<number> => {
  const above = firstEphemeral()
  for (let tries = 0; tries < 100; tries++) {
    // Others may ask while this one is tried.
    const port = next = lowest + (next + 1 - lowest) % (above - lowest)
    if (await isFree(port)) return port
  }
  throw new Error("no free port below those of the system")
}
