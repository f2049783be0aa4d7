// The folder of a benchmark's files: in memory if there is enough space, because the disk's speed is not measured.
// It creates the file to send and compares the copies, outside of any measured time.
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
// Some programs end before the other end has written everything.
const settleMillis = 10_000

const freeBytesIn = (folder) => {
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
  for (let remaining = bytes; remaining > 0; remaining -= pieceBytes) {
    await file.write(randomFillSync(piece), 0, Math.min(remaining, pieceBytes))
  }
  await file.close()
}

/** A folder that is removed at the end, with space for the file, its copy and a partial copy. */
export const makeWorkplace = (bytes) => {
  const needed = 3 * bytes
  const places = ["/dev/shm", tmpdir()].filter((place) => existsSync(place))
  const place = places.find((candidate) => freeBytesIn(candidate) > needed)
  if (place === undefined) throw new Error(`there is no space for ${needed} bytes in ${places.join(" or ")}`)
  const folder = mkdtempSync(join(place, "holub-bench-"))
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const within = (name) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  }
  return { bytes, name: "file.bin", outbox: within("out"), inbox: within("in"), scratch: within("scratch") }
}

/** Writes the file to send; resolves to its SHA-256. */
export const writeSource = async ({ bytes, name, outbox }) => {
  await fillAtRandom(join(outbox, name), bytes)
  return sha256Of(join(outbox, name))
}

/** A sparse file of zeros, for flows that are stopped before its end. */
export const writeSparse = async ({ name, outbox }, bytes) => {
  const file = await open(join(outbox, name), "w")
  await file.truncate(bytes)
  await file.close()
}

export const emptyInbox = ({ inbox }) => {
  for (const name of readdirSync(inbox)) rmSync(join(inbox, name), { recursive: true })
}

/** Throws unless a copy exists and equals the sent file. */
export const compareCopy = async ({ bytes, inbox, name }, sha256) => {
  const path = join(inbox, name)
  const deadline = performance.now() + settleMillis
  const isWhole = () => existsSync(path) && statSync(path).size === bytes
  while (!isWhole() && performance.now() < deadline) await sleep(20)
  if (!existsSync(path)) throw new Error("no copy has arrived")
  // A program may set the size before it has written the last byte, so the copy is compared once more.
  if (await sha256Of(path) === sha256) return
  await sleep(1_000)
  if (await sha256Of(path) !== sha256) throw new Error(`the copy differs: ${statSync(path).size} of ${bytes} bytes`)
}
