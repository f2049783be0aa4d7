// Where the programs of others are on this machine, and how one of them prepares a peer.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

/** Where the lab's `peers.sh install` puts what no package brings: udx-native, and UDT's examples once built. */
export const tools = join(process.env.BENCH_DIR ?? "/dev/shm/holub-bench", "tools")

export const pathOf = (program) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", tools]
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))

/** Runs a program to its end, which has to be a good one. */
export const run = (command, args) => {
  const { status, stderr } = spawnSync(command, args)
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${String(stderr).trim()}`)
}
