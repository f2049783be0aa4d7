/**
 * Paths as people type them and as terminals paste them when a file is dropped there: with quotes, with backslashes, with
 * `~`, or plainly with spaces. One answer is one path, so a space needs nothing.
 */
import { fromHome } from "../settings/Home.ts"

/** How the text ends: within quotes or not. */
export type Quoting = "" | "'" | "\""

export interface PathText {
  readonly path: string
  readonly quoting: Quoting
}

/** What separates the folders of a path there stands for itself. */
const isOnWindows = process.platform === "win32"

/** Reads a path that may not be finished. */
export const read = (text: string, hasBackslashes = isOnWindows): PathText => {
  let quoting: Quoting = ""
  let path = ""
  const characters = Array.from(text)
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ""
    const next = characters[at + 1]
    if (quoting === "'" ? character === "'" : quoting === "\"" && character === "\"") quoting = ""
    else if (quoting === "" && (character === "'" || character === "\"")) quoting = character
    else if (!hasBackslashes && character === "\\" && next !== undefined && isEscaped(next, quoting)) {
      path += next
      at++
    } else path += character
  }
  // A `~` within quotes is one.
  return { path: text.startsWith("~") ? fromHome(path) : path, quoting }
}

/** What an answer may mean, the likelier first: as a shell reads it, or each character for itself. */
export const meanings = (answer: string, hasBackslashes = isOnWindows): ReadonlyArray<string> => {
  const trimmed = answer.trim()
  const { path, quoting } = read(trimmed, hasBackslashes)
  return quoting === "" ? [...new Set([path, trimmed])] : [trimmed]
}

/** A piece of a path as it is typed where the quotes are like this. */
export const written = (piece: string, quoting: Quoting, hasBackslashes = isOnWindows): string => {
  if (hasBackslashes) return quoting === "\"" ? piece : piece.replaceAll("'", quoting === "" ? "\"'\"" : "'\"'\"'")
  if (quoting === "'") return piece.replaceAll("'", "'\\''")
  return piece.replace(quoting === "\"" ? /[\\"]/g : /[\\'"]/g, "\\$&")
}

/** A path as the answer that means it. */
export const answerFor = (path: string, hasBackslashes = isOnWindows): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${written(path, "'", hasBackslashes)}'`

/** A backslash before a letter is one, as in the paths of some systems. */
const isEscaped = (next: string, quoting: Quoting): boolean =>
  quoting === "'" ? false : quoting === "\"" ? /[\\"$`]/.test(next) : /[^\p{L}\p{N}]/u.test(next)
