// Finds the peers' programs on this machine and runs programs that prepare them.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

/** The folder in which the lab's `peers.sh install` puts programs without a package: udx-native, and UDT's examples. */
export const tools = join(process.env.BENCH_DIR ?? "/dev/shm/holub-bench", "tools")

export const pathOf = (program) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", tools]
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))

/** Runs a program to its end. Throws if it fails. */
export const run = (command, args) => {
  const { status, stderr } = spawnSync(command, args)
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${String(stderr).trim()}`)
}
