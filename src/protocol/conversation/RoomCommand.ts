/** Reads what a person types in a room: a command, or a text to say. */
import * as Either from "effect/Either"
import { millisOf } from "../DurationText.ts"
import { nearest } from "../NearestName.ts"
import { utf8Bytes } from "./CanonicalJson.ts"
import { type ArgumentKind, commandNamed, type CommandWord, commandWords, formOf } from "./CommandWords.ts"
import * as Limits from "./ConversationLimits.ts"
import type { KnownBody } from "./EventBody.ts"
import { nickOf, personOf, type PersonReference, roomOf } from "./Names.ts"
import { postOf } from "./PostText.ts"

/** A power that one person can give to another. */
export const givenPowers = ["moderator", "speaker", "reader"] as const
export type GivenPower = typeof givenPowers[number]

/** Milliseconds; `off` takes the bar back, and undefined is for good. */
export type Span = number | "off" | undefined

export type Command =
  /** An empty line. */
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Say" | "Me" | "Edit" | "Search"; readonly text: string }
  | { readonly _tag: "Join"; readonly room: string }
  | { readonly _tag: "Leave" | "Topic" | "Away"; readonly text: string | undefined }
  | { readonly _tag: "Rooms" | "Who" | "Mark" | "Links" }
  | { readonly _tag: "Nick"; readonly nick: string }
  | { readonly _tag: "Msg" | "Re"; readonly person: PersonReference; readonly text: string }
  | { readonly _tag: "File"; readonly path: string }
  | { readonly _tag: "Get"; readonly number: number; readonly path: string | undefined }
  | { readonly _tag: "Remove"; readonly person: PersonReference | undefined }
  | { readonly _tag: "Ignore" | "Invite"; readonly person: PersonReference }
  | {
    readonly _tag: "Mute" | "Ban"
    readonly person: PersonReference
    readonly span: Span
    readonly reason: string | undefined
  }
  | { readonly _tag: "Kick"; readonly person: PersonReference; readonly reason: string | undefined }
  | { readonly _tag: "Power"; readonly person: PersonReference; readonly power: GivenPower }
  | { readonly _tag: "Help"; readonly about: CommandWord | undefined }

/**
 * Reads a line, or several that were pasted. `/` begins a command, and `//` a text with one `/`. Left is what is wrong, as a sentence
 * without a full stop.
 */
export const parse = (line: string): Either.Either<Command, string> => {
  const text = postOf(line)
  if (text.trim() === "") return Either.right({ _tag: "Nothing" })
  if (utf8Bytes(text, Limits.textBytes) > Limits.textBytes) return Either.left(tooLong)
  if (!text.startsWith("/")) return Either.right({ _tag: "Say", text })
  if (text.startsWith("//")) return Either.right({ _tag: "Say", text: text.slice(1) })
  const [, word = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(text) ?? []
  const command = commandNamed(word)
  if (command === undefined) return Either.left(unknown(word))
  const values = argumentsOf(command, rest.trimEnd())
  return typeof values === "string" ? Either.left(values) : Either.right(commandOf(command, values))
}

/** What a command that bars a person posts. `now` is Unix time in milliseconds. */
export const barOf = (
  command: Extract<Command, { readonly _tag: "Mute" | "Kick" | "Ban" }>,
  person: string,
  now: number
): Extract<KnownBody, { readonly kind: "barred" }> => {
  const span = command._tag === "Kick" ? undefined : command.span
  const words = { Mute: "mute", Kick: "kick", Ban: "ban" } as const
  const until = typeof span === "number" ? { until: now + span } : {}
  const why = command.reason === undefined ? {} : { reason: command.reason }
  return { kind: "barred", body: { person, bar: span === "off" ? "none" : words[command._tag], ...until, ...why } }
}

const tooLong = `the text has more than ${Limits.textBytes} bytes; send it as a file: /file PATH`

const unknown = (word: string): string => {
  if (word === "") return "a command has a word after the /; to say a text with / at its beginning, write //"
  const near = nearest(word.toLowerCase().slice(0, longestWord), commandWords.map((command) => command.word))
  const hint = near === undefined ? "/help lists the commands" : `did you mean /${near}?`
  return `there is no command /${word.slice(0, longestWord)}; ${hint}`
}

/** Characters of a wrong word that an answer repeats. */
const longestWord = 32

interface Values {
  readonly room?: string
  readonly nick?: string
  readonly person?: PersonReference
  readonly number?: number
  readonly span?: number | "off"
  readonly power?: GivenPower
  readonly command?: CommandWord
  readonly path?: string
  readonly text?: string
}

/** The arguments of a command, by their kind, or what is wrong with them. */
const argumentsOf = (command: CommandWord, text: string): Values | string => {
  let values: Values = {}
  let rest = text
  for (const [at, argument] of command.arguments.entries()) {
    const isLast = at === command.arguments.length - 1
    const [word = "", after = ""] = isLast ? [rest] : /^(\S*)\s*([^]*)$/.exec(rest)?.slice(1) ?? []
    if (word === "") {
      if (argument.isOptional) continue
      return `/${command.word} needs ${nouns[argument.kind]}: ${formOf(command)}`
    }
    const value = readers[argument.kind](word)
    if (typeof value === "object") {
      values = { ...values, ...value }
      rest = after
    } else if (isLast || !argument.isOptional) return value
    // Otherwise the word may be the next argument: a reason without a time before it.
  }
  return command.arguments.length === 0 && rest !== "" ? `/${command.word} takes no further words` : values
}

const nouns: Readonly<Record<ArgumentKind, string>> = {
  room: "a room",
  nick: "a nick",
  person: "a nick",
  number: "the number of a file",
  span: "a time",
  power: "a power",
  command: "a command",
  path: "a path",
  text: "a text"
}

/** Each reads its argument, or returns what is wrong with it. */
const readers: Readonly<Record<ArgumentKind, (word: string) => Values | string>> = {
  room: (word) => {
    const read = roomOf(word)
    return read._tag === "Name" ? { room: read.name } : `the name of the room ${read.problem}`
  },
  nick: (word) => {
    const read = nickOf(word.replace(/^~/, ""))
    return read._tag === "Name" ? { nick: read.name } : `the nick ${read.problem}`
  },
  person: (word) => {
    const read = personOf(word.replace(/[:,]$/, ""))
    return typeof read === "string" ? `the nick ${read}` : { person: read }
  },
  number: (word) => /^[1-9]\d{0,8}$/.test(word) ? { number: Number(word) } : "a file has a number, as /get 3 shows one",
  span: (word) => {
    const millis = millisOf(word)
    if (word === "off") return { span: word }
    return millis === undefined || millis < 1000 || !/[a-z]/.test(word)
      ? "no time"
      : { span: Math.min(millis, longestSpanMillis) }
  },
  power: (word) => {
    const power = givenPowers.find((one) => one === word.toLowerCase())
    return power === undefined ? `the powers that can be given are ${givenPowers.join(", ")}` : { power }
  },
  command: (word) => {
    const command = commandNamed(word)
    return command === undefined ? unknown(word.replace(/^\//, "")) : { command }
  },
  path: (word) => ({ path: word }),
  text: (word) => ({ text: word })
}

/** A longer bar is for good in fact: ten years. */
const longestSpanMillis = 3650 * 24 * 3_600_000

const commandOf = ({ word }: CommandWord, values: Values): Command => {
  // Those that the command needs were read.
  const given = values as Required<Values>
  const { path, person, span, text } = values
  switch (word as (typeof commandWords)[number]["word"]) {
    case "join":
      return { _tag: "Join", room: given.room }
    case "leave":
      return { _tag: "Leave", text }
    case "rooms":
      return { _tag: "Rooms" }
    case "who":
      return { _tag: "Who" }
    case "nick":
      return { _tag: "Nick", nick: given.nick }
    case "msg":
      return { _tag: "Msg", person: given.person, text: given.text }
    case "file":
      return { _tag: "File", path: given.path }
    case "get":
      return { _tag: "Get", number: given.number, path }
    case "me":
      return { _tag: "Me", text: given.text }
    case "topic":
      return { _tag: "Topic", text }
    case "re":
      return { _tag: "Re", person: given.person, text: given.text }
    case "edit":
      return { _tag: "Edit", text: given.text }
    case "remove":
      return { _tag: "Remove", person }
    case "ignore":
      return { _tag: "Ignore", person: given.person }
    case "away":
      return { _tag: "Away", text }
    case "mark":
      return { _tag: "Mark" }
    case "search":
      return { _tag: "Search", text: given.text }
    case "invite":
      return { _tag: "Invite", person: given.person }
    case "mute":
      return { _tag: "Mute", person: given.person, span, reason: text }
    case "kick":
      return { _tag: "Kick", person: given.person, reason: text }
    case "ban":
      return { _tag: "Ban", person: given.person, span, reason: text }
    case "power":
      return { _tag: "Power", person: given.person, power: given.power }
    case "links":
      return { _tag: "Links" }
    case "help":
      return { _tag: "Help", about: values.command }
  }
}
