/** Temporary folders of the tests, and the environment in which no program reads or writes the folders of the user. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folders = new Set<string>()
let shared: string | undefined

/** A new temporary folder; `removeFolders` removes it. */
export const folder = (): string => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "holub-test-")))
  folders.add(path)
  return path
}

/** Removes all of them. */
export const removeFolders = (): void => {
  for (const path of folders) rmSync(path, { recursive: true, force: true })
  folders.clear()
  shared = undefined
}

/**
 * The folders of the user, for a program. Settings and completions are those of the program alone; the state is that of all
 * programs until `removeFolders`, as it is of all programs of one user.
 */
export const ownFolders = (): Readonly<Record<string, string>> => {
  const home = folder()
  shared ??= folder()
  return {
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "data"),
    XDG_STATE_HOME: join(shared, "state")
  }
}
