/**
 * Paths as people type them and as terminals paste them when a file is dropped there: with quotes, with backslashes, with
 * `~`, or plainly with spaces. One answer is one path, so a space needs nothing.
 */
import { homedir } from "node:os"

/** How the text ends: within quotes or not. */
export type Quoting = "" | "'" | "\""

export interface PathText {
  readonly path: string
  readonly quoting: Quoting
}

/** Reads a path that may not be finished. */
export const read = (text: string): PathText => {
  let quoting: Quoting = ""
  let path = ""
  const characters = Array.from(text)
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ""
    const next = characters[at + 1]
    if (quoting === "'" ? character === "'" : quoting === "\"" && character === "\"") quoting = ""
    else if (quoting === "" && (character === "'" || character === "\"")) quoting = character
    else if (character === "\\" && next !== undefined && isEscaped(next, quoting)) {
      path += next
      at++
    } else path += character
  }
  return { path: /^~(?=\/|$)/.test(text) ? homedir() + path.slice(1) : path, quoting }
}

/** What an answer may mean, the likelier first: as a shell reads it, or each character for itself. */
export const meanings = (answer: string): ReadonlyArray<string> => {
  const trimmed = answer.trim()
  const { path, quoting } = read(trimmed)
  return quoting === "" ? [...new Set([path, trimmed])] : [trimmed]
}

/** A piece of a path as it is typed where the quotes are like this. */
export const written = (piece: string, quoting: Quoting): string => {
  if (quoting === "'") return piece.replaceAll("'", "'\\''")
  return piece.replace(quoting === "\"" ? /[\\"]/g : /[\\'"]/g, "\\$&")
}

/** A backslash before a letter is one, as in the paths of some systems. */
const isEscaped = (next: string, quoting: Quoting): boolean =>
  quoting === "'" ? false : quoting === "\"" ? /[\\"$`]/.test(next) : /[^\p{L}\p{N}]/u.test(next)
