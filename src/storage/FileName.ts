/**
 * Which names from a peer are safe for a file in a flat inbox, on every system alike. It knows names alone: no
 * directory, no disk, no peer.
 */
import * as Either from "effect/Either"
import * as Limits from "../protocol/ProtocolLimits.ts"

/**
 * The name to use for a file that a peer calls `name` (a leading dot has become `_`), or why there is none, as a
 * sentence without a full stop that shows nothing of an unsafe name.
 */
export const check = (name: string): Either.Either<string, string> => {
  const visible = name !== "." && name !== ".." && name.startsWith(".") ? `_${name.slice(1)}` : name
  const problem = problemOf(visible)
  return problem === undefined ? Either.right(visible) : Either.left(problem)
}

/** A key that is the same for all names that differ only in case or normal form, compatibility forms included. */
export const twinKey = (name: string): string =>
  // Lower case first: "ẞ" has an upper case only by way of "ß".
  ascii.test(name) ? name.toUpperCase() : name.normalize("NFKD").toLowerCase().toUpperCase().normalize("NFKC")

/** `name (number).ext`, by the last extension; the stem is cut so that a safe name stays safe and within its bytes. */
export const numbered = (name: string, number: number): string => {
  const suffix = ` (${number})`
  const dot = name.lastIndexOf(".")
  const extension = dot > 0 ? name.slice(dot) : ""
  const stemBytes = Limits.fileNameBytes - utf8Bytes(suffix) - utf8Bytes(extension)
  return stemBytes < codePointBytes
    ? cut(name, Limits.fileNameBytes - utf8Bytes(suffix)) + suffix
    : cut(name.slice(0, name.length - extension.length), stemBytes) + suffix + extension
}

const problemOf = (name: string): string | undefined => {
  if (name === "") return "the file name is empty"
  if (name === "." || name === "..") return "the file name is a way to a directory, not a name"
  if (/[/\\]/.test(name)) return "the file name holds a path separator; only a plain name is taken"
  if (name.includes(":")) return "the file name holds a colon, which names a drive or a stream on some systems"
  const [unseen] = name.match(unseenCharacter) ?? []
  if (unseen !== undefined) return `the file name holds the control or invisible character ${codePoint(unseen)}`
  if (/[.\s]$/u.test(name)) return "the file name ends in a dot or a space, which some systems drop"
  if (reservedName.test(name)) return "the file name is reserved for a device on Windows"
  const bytes = utf8Bytes(name)
  return bytes > Limits.fileNameBytes ? `the file name has ${bytes} bytes, over ${Limits.fileNameBytes}` : undefined
}

/**
 * Control (C0, C1, NUL), format (bidi, zero-width), lone surrogates, line separators, noncharacters, and whatever else
 * is drawn as nothing; the variation selectors that ordinary emoji carry are let through.
 */
const unseenCharacter =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]|(?![\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/u

/** With any extension and with spaces before it, as Windows reads them. */
const reservedName = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/iu

const ascii = /^[ -~]*$/

/** The most bytes that one code point takes in UTF-8. */
const codePointBytes = 4

const encoder = new TextEncoder()

const utf8Bytes = (text: string): number => encoder.encode(text).length

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`

const cut = (text: string, bytes: number): string => {
  let kept = ""
  let keptBytes = 0
  for (const character of text) {
    keptBytes += utf8Bytes(character)
    if (keptBytes > bytes) break
    kept += character
  }
  return kept
}
