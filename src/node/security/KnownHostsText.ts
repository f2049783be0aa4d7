/**
 * The text of `known_hosts`: one server a line, `host:port key first-seen [next-key]`. Lines that are empty or begin with `#` are comments;
 * those that cannot be read are reported and kept. A change leaves all other lines as they are, byte for byte.
 */
import * as Either from "effect/Either"
import { isSame } from "../../protocol/SameBytes.ts"
import type { ServerKey } from "../../security/Keyring.ts"
import * as KeyText from "../../security/KeyText.ts"
import * as Trust from "../../security/Trust.ts"

/** A server and its key. */
export interface Known extends ServerKey {
  /** `host:port`, see PlaceName. */
  readonly name: string
  /** ISO 8601, UTC: when the key was first seen. */
  readonly firstSeen: string
}

export interface Line {
  /** As it stands in the file, without the end of the line. */
  readonly text: string
  /** From 1. */
  readonly number: number
  /** The first word, in lower case; empty for a comment. */
  readonly name: string
  readonly known: Known | undefined
  /** What is wrong with the line, as the rest of a sentence; undefined for a server and for a comment. */
  readonly problem: string | undefined
}

/** Reads the bytes as Latin-1, so that bytes of any encoding come back as they are. */
export const parse = (hash: KeyText.Hash, bytes: Uint8Array): ReadonlyArray<Line> => {
  const texts = Buffer.from(bytes).toString("latin1").split("\n")
  if (texts.at(-1) === "") texts.pop()
  return texts.map((text, at) => lineOf(hash, text, at + 1))
}

/** The bytes of a file with these lines. */
export const format = (lines: ReadonlyArray<Line>): Uint8Array =>
  Buffer.from(lines.map(({ text }) => `${text}\n`).join(""), "latin1")

const lineOf = (hash: KeyText.Hash, text: string, number: number): Line => {
  const words = text.split(/\s+/).filter((word) => word !== "")
  const [first = "", keyText = "", firstSeen = "", nextText, ...rest] = words
  const comment = { text, number, name: "", known: undefined, problem: undefined }
  if (first === "" || first.startsWith("#")) return comment
  const name = withoutZone(first)
  const broken = (problem: string): Line => ({ text, number, name, known: undefined, problem })
  if (!/^\S+:\d{1,5}$/.test(first)) return broken("does not begin with HOST:PORT")
  const key = KeyText.parse(hash, keyText)
  if (Either.isLeft(key)) return broken(`has a key that ${key.left}`)
  if (Number.isNaN(Date.parse(firstSeen))) return broken("has no time at which its key was first seen")
  const next = nextText === undefined ? Either.right(undefined) : KeyText.parse(hash, nextText)
  if (Either.isLeft(next)) return broken(`has a next key that ${next.left}`)
  if (rest.length > 0) return broken("has more than four words")
  return { text, number, name, known: { name, key: key.right, firstSeen, next: next.right }, problem: undefined }
}

/** In lower case; the zone of an IPv6 address stays, because the case of an interface's name counts. */
const withoutZone = (name: string): string => {
  const [address = "", ...zone] = name.split("%")
  return [address.toLowerCase(), ...zone].join("%")
}

/** The servers of a place. A line that cannot be read is not among them. */
export const knownAt = (lines: ReadonlyArray<Line>, name: string): ReadonlyArray<Known> =>
  lines.flatMap(({ known }) => known?.name === name ? [known] : [])

/** The lines that cannot be read and may be about the place: they must not make it unknown. */
export const damagedAt = (lines: ReadonlyArray<Line>, name: string): ReadonlyArray<Line> =>
  lines.filter((line) => line.problem !== undefined && line.name === name)

/** The lines after a session with a server; undefined if nothing changes. */
export const learned = (
  hash: KeyText.Hash,
  lines: ReadonlyArray<Line>,
  name: string,
  seen: ServerKey,
  now: string
): ReadonlyArray<Line> | undefined => {
  const here = lines.filter(({ known }) => known?.name === name)
  const isAbout = ({ known }: Line): boolean =>
    known !== undefined &&
    [known.key, ...(known.next === undefined ? [] : [known.next])].some((key) => isSame(key, seen.key))
  const before = here.find(isAbout) ?? here[0]
  const after = Trust.learned(before?.known, seen)
  if (after === undefined) return undefined
  const isKnownKey = before?.known !== undefined && isSame(before.known.key, after.key)
  const line = write(hash, { ...after, name, firstSeen: isKnownKey ? before.known.firstSeen : now })
  return before === undefined ? [...lines, line] : lines.map((one) => one === before ? line : one)
}

/** The lines with this key alone at its place, where its first line stood. */
export const replaced = (hash: KeyText.Hash, lines: ReadonlyArray<Line>, known: Known): ReadonlyArray<Line> => {
  const at = lines.findIndex(({ name }) => name === known.name)
  const others = removed(lines, known.name)
  return at < 0 ? [...others, write(hash, known)] : [...others.slice(0, at), write(hash, known), ...others.slice(at)]
}

/** The lines without those of a place, also those that cannot be read. */
export const removed = (lines: ReadonlyArray<Line>, name: string): ReadonlyArray<Line> =>
  lines.filter((line) => line.name !== name)

const write = (hash: KeyText.Hash, known: Known): Line => {
  const keys = [known.key, ...(known.next === undefined ? [] : [known.next])].map((key) => KeyText.encode(hash, key))
  const [key = "", ...next] = keys
  return {
    text: [known.name, key, known.firstSeen, ...next].join(" "),
    number: 0,
    name: known.name,
    known,
    problem: undefined
  }
}
