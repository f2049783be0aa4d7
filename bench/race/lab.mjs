// A path between two hosts with a delay, a rate, a queue and loss: made by the lab, a folder that is no part of this
// repository (`netlab/lab`). Without it there is no path, and the reason is told.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const sibling = fileURLToPath(new URL("../../../shared", import.meta.url))
const device = "nl0"
// Says who the hosts are and stays until its input ends: should the benchmark die, the lab takes the path down.
const holder = "echo \"$HOST_A $HOST_B\"; exec cat >/dev/null"

/** The lab in a folder, or why there is none. */
export const findLab = (folder = process.env.HOLUB_LAB ?? sibling) => {
  const lab = join(resolve(folder), "netlab", "lab")
  if (!existsSync(lab)) return { missing: `the lab ${lab} (--lab FOLDER or HOLUB_LAB tells where it is)` }
  if (process.getuid() !== 0) return { missing: "the rights of root, which the lab's network namespaces need" }
  if (!existsSync("/dev/net/tun")) return { missing: "/dev/net/tun" }
  return { lab }
}

const statsOf = (text) => {
  const [, lost, overflow, queueP95] = /^A>B .*lost (\d+) overflow (\d+) .*queue \d+ (\d+) \d+$/m.exec(text) ?? []
  if (queueP95 === undefined) return {}
  return { lostPackets: Number(lost), overflowPackets: Number(overflow), queueP95Bytes: Number(queueP95) }
}

/** Data goes from the host `from` to the host `to`; `close` gives what the path saw in that direction. */
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
    // In a group of its own a Ctrl-C does not reach it: it ends when its input does.
    detached: true,
    env: { ...process.env, LAB_STATS: "1" },
    stdio: "pipe"
  })
  let told = ""
  child.stderr.on("data", (text) => {
    told += text
  })
  const ended = new Promise((settle) => child.on("close", settle))
  const names = await new Promise((settle, reject) => {
    child.on("error", reject)
    child.stdout.on("data", (text) => settle(String(text).trim().split(" ")))
    child.on("close", () => reject(new Error(`the lab ended: ${told.trim()}`)))
  })
  const [from, to] = names.map((name, index) => ({
    address: `10.77.0.${index + 1}`,
    device,
    prefix: ["ip", "netns", "exec", name]
  }))
  const close = async () => {
    child.stdin.end()
    await ended
    return statsOf(told)
  }
  return { from, to, close }
}

/** What is under way when a path is full but its queue is empty. */
export const bdpBytes = ({ rateMbit, rttMillis }) => rateMbit * 1e6 / 8 * rttMillis / 1000
