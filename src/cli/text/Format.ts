/** Formats and parses amounts for people, and escapes texts of peers. */
import * as InvisibleCharacter from "../../protocol/InvisibleCharacter.ts"

const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1000,
  m: 1000 ** 2,
  mb: 1000 ** 2,
  g: 1000 ** 3,
  gb: 1000 ** 3,
  t: 1000 ** 4,
  tb: 1000 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4
}

/** Bytes of `500k`, `10M`, `1GiB`; undefined for anything else. */
export const parseSize = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim())
  const unit = sizeUnits[match?.[2]?.toLowerCase() ?? "?"]
  const bytes = Math.round(Number(match?.[1]) * (unit ?? Number.NaN))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

/** Milliseconds of `20ms`, `90s`, `5m`, `1.5h`; undefined for anything else, a bare number other than 0 included. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim())
  if (match?.[1] === undefined) return undefined
  if (match[2] === "") return Number(match[1]) === 0 ? 0 : undefined
  const unit = Object.entries(durationUnits).find(([name]) => name === match[2])?.[1]
  return unit === undefined ? undefined : Number(match[1]) * unit
}

/** `1.5 MiB`. */
export const size = (bytes: number): string => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"]
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

/** `88.1 Mbit/s`. */
export const rate = (bitsPerSecond: number): string => {
  const [value, unit] = bitsPerSecond >= 1e9
    ? [bitsPerSecond / 1e9, "Gbit/s"]
    : bitsPerSecond >= 1e6
    ? [bitsPerSecond / 1e6, "Mbit/s"]
    : [bitsPerSecond / 1e3, "kbit/s"]
  return `${value.toFixed(1)} ${unit}`
}

/** `12 ms`, `1.90 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export const duration = (millis: number): string => {
  if (millis < 999.5) return `${Math.round(millis)} ms`
  if (millis < 9995) return `${(millis / 1000).toFixed(2)} s`
  const whole = Math.round(millis / 1000)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`
}

/** Bits a second of `bytes` in `millis`. */
export const bitRate = (bytes: number, millis: number): number => millis > 0 ? Math.round(bytes * 8000 / millis) : 0

/** `1 file`, `2 files`. */
export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: ReadonlyArray<string>, link = "and"): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${link} ${words.at(-1)}`

/** A name from a peer or a file system, on one line, with control and invisible characters as escapes. */
export const harmless = (text: string): string => InvisibleCharacter.replace(text, escaped)

/** The same for a text of several lines: line feeds and tabs stay. */
export const harmlessText = (text: string): string =>
  InvisibleCharacter.replace(
    text,
    (character) => character === "\n" || character === "\t" ? character : escaped(character)
  )

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** A path as an operand: one that begins with a hyphen would be a flag. `-` alone is standard input. */
export const operandOf = (path: string): string => path.startsWith("-") && path !== "-" ? `./${path}` : path

/** A word quoted for a shell; control characters are written as the octal numbers of their bytes. */
export const quoted = (word: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (harmless(word) === word) return `'${word.replaceAll("'", "'\\''")}'`
  return `$'${InvisibleCharacter.replace(word.replace(/[\\']/g, "\\$&"), octal)}'`
}

const octal = (character: string): string =>
  Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")
