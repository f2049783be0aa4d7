/**
 * A program that replaces the target of a server's writes by links to another directory: the inbox, alternately with
 * the real one, or the final names of files. It prints the number of swaps from time to time, and ends when its input
 * ends. Arguments: `inbox` or `names`, the inbox, the other directory, the number of names.
 */
import { renameSync, symlinkSync, unlinkSync } from "node:fs"
import { join } from "node:path"

const [what = "", inbox = "", elsewhere = "", howMany = "1"] = process.argv.slice(2)
const names = Number(howMany)

/** Whether `act` succeeded; it may lose a race with the server. */
const tried = (act: () => void): boolean => {
  try {
    act()
    return true
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error
    if (code === "ENOENT" || code === "EEXIST") return false
    throw error
  }
}

const swapInbox = (): boolean => {
  renameSync(inbox, `${inbox}.away`)
  symlinkSync(elsewhere, inbox)
  unlinkSync(inbox)
  renameSync(`${inbox}.away`, inbox)
  return true
}

/** Replaces every name by a link, to a file that exists or to one that would be created; then removes all links; and so on. */
const swapName = (turn: number): boolean => {
  const name = `${turn % names}.txt`
  if (Math.floor(turn / names) % 2 === 1) return tried(() => unlinkSync(join(inbox, name)))
  const link = join(inbox, `.link-${process.pid}`)
  symlinkSync(join(elsewhere, turn % 3 === 0 ? `fresh-${name}` : "victim"), link)
  return tried(() => renameSync(link, join(inbox, name)))
}

let turns = 0
let swaps = 0
let reported = 0
let isOver = false
process.stdin.on("end", () => {
  isOver = true
}).resume()

const work = (): void => {
  for (let round = 0; round < 20; round++) {
    if (what === "inbox" ? swapInbox() : swapName(turns++)) swaps++
  }
  if (swaps >= reported + 1000) {
    reported = swaps
    process.stdout.write(`${swaps}\n`)
  }
  if (isOver) process.stdout.write(`done ${swaps}\n`)
  // The inbox is in its place for some time: otherwise hardly any file would be published.
  else setTimeout(work, what === "inbox" ? 3 : 0)
}
work()
