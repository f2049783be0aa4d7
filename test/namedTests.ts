/** Tests that a page names as `path`: title; several are separated by semicolons. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The paths below test/, and the titles, in a cell of a table; undefined for a part that is neither. */
export const namedIn = (cell: string): ReadonlyArray<{ readonly path: string; readonly title: string } | undefined> =>
  cell.split(/; (?=`)/).map((shown) => {
    const [, path, title] = /^`([^`]+)`: (.+)$/.exec(shown) ?? []
    return path === undefined || title === undefined ? undefined : { path, title }
  })

/** Whether there is a test with this title. */
export const exists = ({ path, title }: { readonly path: string; readonly title: string }): boolean => {
  const file = join(import.meta.dirname, path)
  return existsSync(file) && readFileSync(file, "utf8").includes(title)
}
