/**
 * A program that swaps what a server writes to: its inbox for a link to elsewhere and back, or the names that files are
 * about to get for links to elsewhere. It says now and then how many swaps it has done, and ends when its input does.
 * Arguments: `inbox` or `names`, the inbox, elsewhere, how many names.
 */
import { renameSync, symlinkSync, unlinkSync } from "node:fs"
import { join } from "node:path"

const [what = "", inbox = "", elsewhere = "", howMany = "1"] = process.argv.slice(2)
const names = Number(howMany)

/** A race that the server wins is no reason to stop. */
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

/** Over all names a link each, to a file that is there or to one that would be created; then all away again; and so on. */
const swapName = (turn: number): boolean => {
  const name = `${turn % names}.txt`
  if (Math.floor(turn / names) % 2 === 1) return tried(() => unlinkSync(join(inbox, name)))
  const link = join(inbox, `.link-${process.pid}`)
  symlinkSync(join(elsewhere, turn % 3 === 0 ? `fresh-${name}` : "victim"), link)
  return tried(() => renameSync(link, join(inbox, name)))
}

let turns = 0
let swaps = 0
let told = 0
let isOver = false
process.stdin.on("end", () => {
  isOver = true
}).resume()

const work = (): void => {
  for (let round = 0; round < 20; round++) {
    if (what === "inbox" ? swapInbox() : swapName(turns++)) swaps++
  }
  if (swaps >= told + 1000) {
    told = swaps
    process.stdout.write(`${swaps}\n`)
  }
  if (isOver) process.stdout.write(`done ${swaps}\n`)
  // The inbox is in its place for a while: else hardly a file is published.
  else setTimeout(work, what === "inbox" ? 3 : 0)
}
work()
