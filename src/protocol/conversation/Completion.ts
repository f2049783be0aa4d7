/** What the word at the end of a line in a room could become: names of commands, rooms and people. */
import { foldOf } from "../PlainName.ts"
import { type ArgumentKind, commandNamed, commandWords } from "./CommandWords.ts"
import { guestSign } from "./Names.ts"
import { givenPowers } from "./RoomCommand.ts"

export interface Completion {
  /** Where the word begins that a candidate replaces. */
  readonly from: number
  /** In their order, without a space behind. Empty for none. */
  readonly candidates: ReadonlyArray<string>
  /** The word is a path of this machine: its candidates are those of the terminal. */
  readonly isPath: boolean
}

/** What a person can name. Nicks are as they are shown. */
export interface Known {
  readonly rooms: ReadonlyArray<string>
  readonly people: ReadonlyArray<string>
  /** The numbers of the files of the room. */
  readonly files: number
}

/** Candidates listed, at most: more cannot be read. The first ones in the given order. */
export const mostCandidates = 100

/** Completes the end of a line. Beginnings of names are compared without case. */
export const complete = (line: string, known: Known): Completion => {
  const from = /\S*$/.exec(line)?.index ?? line.length
  const word = line.slice(from)
  if (from === 0 && word.startsWith("/") && !word.startsWith("//")) {
    return found(from, word, commandWords.map((command) => `/${command.word}`))
  }
  const kind = line.startsWith("/") && !line.startsWith("//") ? kindAt(line.slice(0, from)) : "text"
  switch (kind) {
    case "path":
      return { from: pathFrom(line), candidates: [], isPath: true }
    case "room":
      return found(from, word.replace(/^#/, ""), known.rooms)
    case "person":
      return found(from, word, known.people)
    case "power":
      return found(from, word, givenPowers)
    case "command":
      return found(from, word.replace(/^\//, ""), commandWords.map((command) => command.word))
    case "number":
      return found(
        from,
        word,
        Array.from({ length: Math.min(known.files, mostCandidates) }, (_, at) => String(known.files - at))
      )
    case "text":
      return word === "" ? none(from) : found(from, word, known.people.map((name) => from === 0 ? `${name}:` : name))
    default:
      return none(from)
  }
}

/** The kind of the argument that follows the words of a command. */
const kindAt = (before: string): ArgumentKind | undefined => {
  const [first = "", ...words] = before.trim().split(/\s+/)
  const row = commandNamed(first)?.arguments ?? []
  const last = row.at(-1)?.kind
  return row[words.length]?.kind ?? (last === "text" || last === "path" ? last : undefined)
}

/** A path is all that follows the word of the command, and of `/get` its number. */
const pathFrom = (line: string): number => /^\/\S+\s+(?:[1-9]\d*\s+)?/.exec(line)?.[0].length ?? line.length

const found = (from: number, word: string, names: ReadonlyArray<string>): Completion => {
  const beginning = bare(word)
  return {
    from,
    candidates: names.filter((name) => bare(name).startsWith(beginning)).slice(0, mostCandidates),
    isPath: false
  }
}

/** For comparison: without case, and without the sign of a guest. */
const bare = (name: string): string => foldOf(name.startsWith(guestSign) ? name.slice(guestSign.length) : name)

const none = (from: number): Completion => ({ from, candidates: [], isPath: false })
