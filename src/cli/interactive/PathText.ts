/**
 * Parses and writes paths as people type them, or as a terminal pastes a dropped file: with quotes, backslashes, `~`,
 * or plain spaces. One answer is one path, so a space needs no quotes.
 */
import { fromHome } from "../../node/Folders.ts"

/** The quotes that are open at the end of a text. */
export type Quoting = "" | "'" | "\""

export interface PathText {
  readonly path: string
  readonly quoting: Quoting
}

/** On Windows a backslash separates folders and does not escape. */
const isOnWindows = process.platform === "win32"

/** Parses a path that may be incomplete. */
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
  // A `~` in quotes is a plain character.
  return { path: text.startsWith("~") ? fromHome(path) : path, quoting }
}

/** The possible paths of an answer, the more likely first: as a shell would parse it, or literally. */
export const meanings = (answer: string, hasBackslashes = isOnWindows): ReadonlyArray<string> => {
  const trimmed = answer.trim()
  const { path, quoting } = read(trimmed, hasBackslashes)
  return quoting === "" ? [...new Set([path, trimmed])] : [trimmed]
}

/** A piece of a path as it is typed while these quotes are open. */
export const written = (piece: string, quoting: Quoting, hasBackslashes = isOnWindows): string => {
  if (hasBackslashes) return quoting === "\"" ? piece : piece.replaceAll("'", quoting === "" ? "\"'\"" : "'\"'\"'")
  if (quoting === "'") return piece.replaceAll("'", "'\\''")
  return piece.replace(quoting === "\"" ? /[\\"]/g : /[\\'"]/g, "\\$&")
}

/** The answer that means a path. */
export const answerFor = (path: string, hasBackslashes = isOnWindows): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${written(path, "'", hasBackslashes)}'`

/** A backslash before a letter is a plain character, as in the paths of some systems. */
const isEscaped = (next: string, quoting: Quoting): boolean =>
  quoting === "'" ? false : quoting === "\"" ? /[\\"$`]/.test(next) : /[^\p{L}\p{N}]/u.test(next)
