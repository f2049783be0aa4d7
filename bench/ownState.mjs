// The environment in which no program of a benchmark reads or writes the state of the user: keys, and the hosts that are
// known. All programs of a benchmark share one temporary folder, which is removed at its end.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

let folder

export const ownState = () => {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), "holub-state-"))
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  }
  return { XDG_STATE_HOME: folder }
}
