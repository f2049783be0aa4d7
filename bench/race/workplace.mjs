// Where a benchmark's files lie: in memory if there is room, since the disk's speed is not the question.
// It makes the file to send and compares the copies, outside of any measured time.
import { createHash, randomFillSync } from "node:crypto"
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync
} from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { atEnd } from "./processes.mjs"

const pieceBytes = 1024 * 1024
// Some programs end before the other side has written all.
const settleMillis = 10_000

const roomIn = (folder) => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

const sha256Of = async (path) => {
  const hash = createHash("sha256")
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) hash.update(piece)
  return hash.digest("hex")
}

const fillAtRandom = async (path, bytes) => {
  const file = await open(path, "w")
  const piece = Buffer.alloc(pieceBytes)
  for (let left = bytes; left > 0; left -= pieceBytes) {
    await file.write(randomFillSync(piece), 0, Math.min(left, pieceBytes))
  }
  await file.close()
}

/** A folder that goes away at the end, with room for the file, its copy and a part of another. */
export const makeWorkplace = (bytes) => {
  const needed = 3 * bytes
  const places = ["/dev/shm", tmpdir()].filter((place) => existsSync(place))
  const place = places.find((candidate) => roomIn(candidate) > needed)
  if (place === undefined) throw new Error(`no room for ${needed} bytes in ${places.join(" or ")}`)
  const folder = mkdtempSync(join(place, "holub-bench-"))
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const within = (name) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  }
  return { bytes, name: "file.bin", outbox: within("out"), inbox: within("in"), scratch: within("scratch") }
}

/** Writes the file that is sent; gives its SHA-256. */
export const writeSource = async ({ bytes, name, outbox }) => {
  await fillAtRandom(join(outbox, name), bytes)
  return sha256Of(join(outbox, name))
}

/** A file of zeros that takes no room: for flows that are stopped before its end. */
export const writeSparse = async ({ name, outbox }, bytes) => {
  const file = await open(join(outbox, name), "w")
  await file.truncate(bytes)
  await file.close()
}

export const emptyInbox = ({ inbox }) => {
  for (const name of readdirSync(inbox)) rmSync(join(inbox, name), { recursive: true })
}

/** Throws unless the copy has arrived and is what was sent. */
export const compareCopy = async ({ bytes, inbox, name }, sha256) => {
  const path = join(inbox, name)
  const deadline = performance.now() + settleMillis
  const isWhole = () => existsSync(path) && statSync(path).size === bytes
  while (!isWhole() && performance.now() < deadline) await sleep(20)
  if (!existsSync(path)) throw new Error("no copy has arrived")
  // The size may be set before the last byte is: once more before the verdict.
  if (await sha256Of(path) === sha256) return
  await sleep(1_000)
  if (await sha256Of(path) !== sha256) throw new Error(`the copy differs: ${statSync(path).size} of ${bytes} bytes`)
}
