/**
 * Decides which file names from a peer are safe in a flat inbox. The rules are the same on every operating system. This
 * module works on names only; it has no access to a directory, a disk or a peer.
 */
import * as Either from "effect/Either"
import * as InvisibleCharacter from "../protocol/InvisibleCharacter.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"

/**
 * Right: the name to store a file under that a peer calls `name` (a leading dot becomes `_`). Left: why the name is
 * refused, as a sentence without a full stop that quotes nothing of the unsafe name.
 */
export const check = (name: string): Either.Either<string, string> => {
  const visible = name !== "." && name !== ".." && name.startsWith(".") ? `_${name.slice(1)}` : name
  const problem = problemOf(visible)
  return problem === undefined ? Either.right(visible) : Either.left(problem)
}

/**
 * The key under which names collide: equal for names that differ only in case, Unicode normal form (compatibility forms
 * included) or characters without a glyph. HFS+ compares names in this way, and a reader does.
 */
export const collisionKey = (name: string): string => {
  if (ascii.test(name)) return name.toUpperCase()
  // Lower case first: "ẞ" reaches the upper-case form "SS" only through its lower case "ß".
  return InvisibleCharacter.removed(name.normalize("NFKD")).toLowerCase().toUpperCase().normalize("NFKC")
}

/**
 * `name (number).ext`, where `ext` is the last extension. The stem is shortened if needed, so that a safe name stays
 * safe and at most `ProtocolLimits.fileNameBytes` bytes long.
 */
export const numbered = (name: string, number: number): string => {
  const suffix = ` (${number})`
  const dot = name.lastIndexOf(".")
  const extension = dot > 0 ? name.slice(dot) : ""
  const stemBytes = Limits.fileNameBytes - utf8Bytes(suffix) - utf8Bytes(extension)
  return stemBytes < codePointBytes
    ? truncated(name, Limits.fileNameBytes - utf8Bytes(suffix)) + suffix
    : truncated(name.slice(0, name.length - extension.length), stemBytes) + suffix + extension
}

const problemOf = (name: string): string | undefined => {
  if (name === "") return "the file name is empty"
  if (name === "." || name === "..") return "the file name is a path to a directory, not a name"
  if (/[/\\]/.test(name)) return "the file name holds a path separator; only a plain name is accepted"
  if (/[<>:"|?*]/.test(name)) return "the file name holds one of < > : \" | ? *, which Windows does not take in a name"
  const invisible = InvisibleCharacter.first(name)
  if (invisible !== undefined) return `the file name holds the control or invisible character ${codePoint(invisible)}`
  if (/[.\s]$/u.test(name)) return "the file name ends in a dot or a space, which some systems remove"
  if (reservedName.test(name)) return "the file name is reserved for a device on Windows"
  const bytes = utf8Bytes(name)
  return bytes > Limits.fileNameBytes ? `the file name has ${bytes} bytes, over ${Limits.fileNameBytes}` : undefined
}

/** Device names that Windows reserves, with any extension and with spaces before the extension. */
const reservedName = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/iu

const ascii = /^[ -~]*$/

/** The maximum length of one code point in UTF-8, in bytes. */
const codePointBytes = 4

const encoder = new TextEncoder()

const utf8Bytes = (text: string): number => encoder.encode(text).length

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`

/**
 * The longest prefix of `text` that has at most `maxBytes` bytes in UTF-8, splits no code point, and leaves no joiner,
 * selector or tag without the characters that it belongs to.
 */
const truncated = (text: string, maxBytes: number): string => {
  const kept: Array<string> = []
  let keptBytes = 0
  for (const character of text) {
    keptBytes += utf8Bytes(character)
    if (keptBytes > maxBytes) break
    kept.push(character)
  }
  while (InvisibleCharacter.first(kept.join("")) !== undefined) kept.pop()
  return kept.join("")
}
