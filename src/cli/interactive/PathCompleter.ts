/** What Tab makes of a path that is being typed: the files and folders that begin so. It reads directories only. */
import * as Effect from "effect/Effect"
import type { Dirent } from "node:fs"
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { harmless } from "../Words.ts"
import type { Complete } from "./Dialog.ts"
import { read, written } from "./PathText.ts"

/** Completes to folders, and to files too unless only folders will do. Folders end in `/`. */
export const pathCompleted = (wanted: "files" | "directories"): Complete => (line) =>
  Effect.promise(async () => {
    if (line.trim() === "~") return { lines: ["~/"], shown: [] }
    const { path, quoting } = read(line.trimStart())
    const start = path.slice(path.lastIndexOf("/") + 1)
    const folder = path.slice(0, path.length - start.length)
    const entries = await readdir(folder === "" ? "." : folder, { withFileTypes: true }).catch(() => [])
    const fitting = entries.filter(({ name }) =>
      // A hidden name must be asked for; one that a terminal must not be shown cannot be.
      name.startsWith(start) && (start !== "" || !name.startsWith(".")) && harmless(name) === name
    ).toSorted((a, b) => a.name < b.name ? -1 : 1)
    const found = await Promise.all(
      fitting.map(async (entry) => ({ name: entry.name, isFolder: await isFolder(folder, entry) }))
    )
    const offered = found.filter(({ isFolder }) => isFolder || wanted === "files")
    return {
      lines: offered.map(({ isFolder, name }) => {
        const rest = written(name.slice(start.length), quoting)
        return `${line}${rest}${isFolder ? "/" : quoting}`
      }),
      shown: offered.map(({ isFolder, name }) => isFolder ? `${name}/` : name)
    }
  })

const isFolder = async (folder: string, entry: Dirent): Promise<boolean> =>
  entry.isSymbolicLink()
    ? stat(join(folder, entry.name)).then((facts) => facts.isDirectory(), () => false)
    : entry.isDirectory()
