// A path between two hosts with a delay, a rate, a queue and loss, created by the lab (`netlab/lab`), which is not part
// of this repository. Without the lab there is no path, and the reason is reported.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const sibling = fileURLToPath(new URL("../../../shared", import.meta.url))
const device = "nl0"
// Prints the names of the hosts and runs until its input ends, so that the lab removes the path if the benchmark
// crashes.
const holder = "echo \"$HOST_A $HOST_B\"; exec cat >/dev/null"

/** The lab in a folder, or the name of what is missing. */
export const findLab = (folder = process.env.HOLUB_LAB ?? sibling) => {
  const lab = join(resolve(folder), "netlab", "lab")
  if (!existsSync(lab)) return { missing: `the lab ${lab} (set its folder with --lab FOLDER or HOLUB_LAB)` }
  if (process.getuid() !== 0) return { missing: "root permission, which the lab's network namespaces need," }
  if (!existsSync("/dev/net/tun")) return { missing: "/dev/net/tun" }
  return { lab }
}

const statsOf = (text) => {
  const [, lost, overflow, queueP95] = /^A>B .*lost (\d+) overflow (\d+) .*queue \d+ (\d+) \d+$/m.exec(text) ?? []
  if (queueP95 === undefined) return {}
  return { lostPackets: Number(lost), overflowPackets: Number(overflow), queueP95Bytes: Number(queueP95) }
}

/**
 * Opens a path for data from the host `from` to the host `to`; `close` resolves to the statistics of that direction.
 */
export const openPath = async (lab, { lossPercent, queueKb, rateMbit, rttMillis, seed }) => {
  const shape = [
    "--delay",
    rttMillis / 2,
    "--rate",
    rateMbit,
    "--queue",
    queueKb,
    "--loss",
    lossPercent,
    "--seed",
    seed
  ]
  const child = spawn(lab, [...shape.map(String), "--", "sh", "-c", holder], {
    // In its own process group it receives no Ctrl-C; it ends when its input ends.
    detached: true,
    env: { ...process.env, LAB_STATS: "1" },
    stdio: "pipe"
  })
  let output = ""
  child.stderr.on("data", (text) => {
    output += text
  })
  const ended = new Promise((settle) => child.on("close", settle))
  const names = await new Promise((settle, reject) => {
    child.on("error", reject)
    child.stdout.on("data", (text) => settle(String(text).trim().split(" ")))
    child.on("close", () => reject(new Error(`the lab ended: ${output.trim()}`)))
  })
  const [from, to] = names.map((name, index) => ({
    address: `10.77.0.${index + 1}`,
    device,
    prefix: ["ip", "netns", "exec", name]
  }))
  const close = async () => {
    child.stdin.end()
    await ended
    return statsOf(output)
  }
  return { from, to, close }
}

/** The bandwidth-delay product of the path in bytes. */
export const bdpBytes = ({ rateMbit, rttMillis }) => rateMbit * 1e6 / 8 * rttMillis / 1000
