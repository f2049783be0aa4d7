/** Completes a path that is being typed to the files and folders with that prefix. It reads directories only. */
import type { Dirent } from "node:fs"
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { harmless } from "../text/Format.ts"
import type { Complete } from "./Dialog.ts"
import { read, written } from "./PathText.ts"

/** Completes to folders, and for `files` to files too. Folders end in `/`. */
export const pathCompleted = (wanted: "files" | "directories"): Complete => (line) => {
  if (line.trim() === "~") return { lines: ["~/"], shown: [] }
  const { path, quoting } = read(line.trimStart())
  const start = path.slice(path.lastIndexOf("/") + 1)
  const folder = path.slice(0, path.length - start.length)
  const found = entriesOf(folder === "" ? "." : folder)
    // A hidden name needs its dot; a name with control characters cannot be typed.
    .filter(({ name }) => name.startsWith(start) && (start !== "" || !name.startsWith(".")) && harmless(name) === name)
    .map((entry) => ({ name: entry.name, isFolder: isFolder(folder, entry) }))
    .filter((entry) => entry.isFolder || wanted === "files")
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
  return {
    lines: found.map(({ isFolder: isOne, name }) =>
      line + written(name.slice(start.length), quoting) + (isOne ? "/" : quoting)
    ),
    shown: found.map(({ isFolder: isOne, name }) => isOne ? `${name}/` : name)
  }
}

const entriesOf = (folder: string): ReadonlyArray<Dirent> => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const isFolder = (folder: string, entry: Dirent): boolean => {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  try {
    return statSync(join(folder, entry.name)).isDirectory()
  } catch {
    return false
  }
}
