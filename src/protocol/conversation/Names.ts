/**
 * The names of people (nicks) and of rooms: what one may contain, and when two are the same. A nick is one word, because commands take
 * it as one, and has nothing that stands beside nicks in a line: `@` begins a server, `#` a room, `/` a command, `:` a text, `~` a guest.
 */
import * as Schema from "effect/Schema"
import * as InvisibleCharacter from "../InvisibleCharacter.ts"
import { foldOf, graphemesOf, mostGraphemes, mostUnits, nameOf } from "../PlainName.ts"
import { ServerName } from "./EventBody.ts"
import { lookOf } from "./LookAlikes.ts"

/** A name in its one spelling, or the reason why a text is none, as a sentence without a subject or a full stop: `is empty`. */
export type Reading =
  | { readonly _tag: "Name"; readonly name: string }
  | { readonly _tag: "NoName"; readonly problem: string }

/** Reads a nick: 1 to 32 graphemes that can be seen, in NFC, without spaces and without any of `@ / # :`, and no `~` at its beginning. */
export const nickOf = (text: string | undefined): Reading => {
  if (text === undefined) return noName("is not text in UTF-8")
  const name = nameOf(text)
  if (name === undefined) return noName(problemOf(text))
  if (name.includes(" ")) return noName("has a space in it; - and _ are allowed")
  const reserved = /[@/#:]|^~/.exec(name)?.[0]
  return reserved === undefined
    ? { _tag: "Name", name }
    : noName(`has ${reserved} in it; the characters @ / # : ~ have a meaning here`)
}

/**
 * Reads the name of a room, with or without `#` before it: a word, or two with `/` between them, as `words/kyiv`. Each has 1 to 32
 * letters, digits, `.`, `_` or `-`, begins with a letter or digit, and is in lower case and NFC: a room is also the name of a file.
 */
export const roomOf = (text: string): Reading => {
  const name = text.length > mostUnits ? undefined : nameOf(text.replace(/^#/, ""))?.toLowerCase().normalize("NFC")
  if (name === undefined) return noName(problemOf(text.replace(/^#/, "")))
  return roomForm.test(name)
    ? { _tag: "Name", name }
    : noName(
      "has to be letters, digits, . _ and -, as in hall, or two such words with / between them, as in words/kyiv"
    )
}

/** A person as a reader names one: `ala`, `~ala` for a guest, `ala@beta` for one of another server. */
export interface PersonReference {
  /** The nick, with the sign of a guest if it was given. */
  readonly nick: string
  readonly server: string | undefined
}

/** Reads the reference to a person, or gives the problem as `nickOf` does. An `@` before it has no meaning: `@bo` is `bo`. */
export const personOf = (text: string): PersonReference | string => {
  const bare = text.replace(/^@/, "")
  const at = bare.lastIndexOf("@")
  const server = at < 0 ? undefined : bare.slice(at + 1).toLowerCase()
  const given = at < 0 ? bare : bare.slice(0, at)
  const read = nickOf(given.replace(/^~/, ""))
  if (read._tag === "NoName") return read.problem
  if (server !== undefined && !isServer(server)) return "has no name of a server after the @"
  return { nick: given.startsWith(guestSign) ? guestSign + read.name : read.name, server }
}

/** Two names must not be used at the same time when they are equal by case folding, or look the same. */
export interface NameKeys {
  readonly fold: string
  readonly look: string
}

/** The keys of a nick or of the name of a room; a guest's `~` does not count. Each of the two has to be unique on its own. */
export const keysOf = (name: string): NameKeys => {
  const plain = name.startsWith(guestSign) ? name.slice(guestSign.length) : name
  return { fold: foldOf(plain), look: lookOf(plain) }
}

/** Whether a reader could take the name of one for that of the other. */
export const isAlike = (one: NameKeys, other: NameKeys): boolean => one.fold === other.fold || one.look === other.look

/** What stands before the nick of a person without an account, wherever it is shown. */
export const guestSign = "~"

/** The nick of the operator of each server. Neither an account nor a guest can have it. */
export const operatorNick = "operator"

const isServer = Schema.is(ServerName)

const noName = (problem: string): Reading => ({ _tag: "NoName", problem })

/** Why `nameOf` takes no name from a text. */
const problemOf = (text: string): string => {
  if (text.trim() === "") return "is empty"
  if (text.length > mostUnits || graphemesOf(text.trim()).length > mostGraphemes) {
    return `has more than ${mostGraphemes} characters`
  }
  return InvisibleCharacter.first(text.trim()) === undefined
    ? "begins with a mark that would join the text before it"
    : "has a control, or a character that cannot be seen or changes the order of others"
}

const roomForm = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,31}(?:\/[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,31})?$/u
