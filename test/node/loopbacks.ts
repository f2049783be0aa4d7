/** The loopback addresses of this machine: containers often lack the second one. */
import { networkInterfaces } from "node:os"

const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).map(({ address }) => address)
export const loopbacks: ReadonlyArray<string> = ["127.0.0.1", "::1"].filter((host) => own.includes(host))
