/** The possible completions at each position, derived from the usage of the commands. The shell scripts use them. */
import type { CommandUsage, Described, FlagUsage } from "../CommandUsage.ts"
import { helpFlag, helpOf, usageOf, versionFlag } from "../CommandUsage.ts"

/** The shells that have completions. */
export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

/** A flag, its help, and the values that are offered: words, or files or directories of this machine. */
export interface OfferedFlag extends FlagUsage {
  readonly help: string
  readonly values: ReadonlyArray<string> | "files" | "directories" | undefined
}

/** The words and flags that may follow a first word. */
export interface Offer {
  readonly word: string
  readonly summary: string
  readonly flags: ReadonlyArray<OfferedFlag>
  /** Words that may follow, including the second words of commands. */
  readonly next: ReadonlyArray<string>
  /** Words that may follow such a second word. */
  readonly afterNext: ReadonlyMap<string, ReadonlyArray<string>>
  readonly takesFiles: boolean
}

export interface Offers {
  /** One for each first word of a command. */
  readonly words: ReadonlyArray<Offer>
  /** The flags that may precede the first word. */
  readonly firstFlags: ReadonlyArray<OfferedFlag>
  /** Every flag that takes a value; it takes the same one in each command. */
  readonly valuedFlags: ReadonlyArray<OfferedFlag>
}

export const offersOf = (commands: ReadonlyArray<Described>): Offers => {
  const all = commands.map((command): Offered => ({
    words: command.name === "" ? [] : command.name.split(" "),
    summary: command.summary,
    takes: usageOf(command.command),
    flags: [
      ...flagsOf(command),
      { ...helpFlag, help: "show this help", values: undefined },
      { ...versionFlag, help: "show the version", values: undefined }
    ]
  }))
  const named = all.filter(({ words }) => words.length > 0)
  const firstWords = [...new Set(named.map(({ words }) => words[0] ?? ""))]
  return {
    words: firstWords.map((word) => offerOf(word, named.filter(({ words }) => words[0] === word), firstWords)),
    firstFlags: unique(all.flatMap(({ flags, words }) => words.length === 0 ? flags : [])),
    valuedFlags: unique(all.flatMap(({ flags }) => flags)).filter(({ placeholder }) => placeholder !== undefined)
  }
}

interface Offered {
  readonly words: ReadonlyArray<string>
  readonly summary: string
  readonly takes: CommandUsage
  readonly flags: ReadonlyArray<OfferedFlag>
}

/** `group` has the commands that begin with the word. */
const offerOf = (word: string, group: ReadonlyArray<Offered>, firstWords: ReadonlyArray<string>): Offer => {
  const choicesOf = ({ takes: { operand } }: Offered): ReadonlyArray<string> =>
    operand?.placeholder === "COMMAND" ? firstWords : operand?.choices ?? []
  const seconds = group.flatMap(({ words: [, second] }) => second === undefined ? [] : [second])
  return {
    word,
    summary: group[0]?.summary ?? "",
    flags: unique(group.flatMap(({ flags }) => flags)),
    next: [...group.filter(({ words }) => words.length === 1).flatMap(choicesOf), ...seconds],
    afterNext: new Map(
      group.flatMap((one) => one.words[1] === undefined ? [] : [[one.words[1], choicesOf(one)] as const])
    ),
    takesFiles: group.some(({ takes }) => takes.operand?.placeholder === "PATH")
  }
}

const flagsOf = ({ command }: Described): ReadonlyArray<OfferedFlag> => {
  const help = helpOf(command)
  return usageOf(command).flags.map((flag) => ({
    ...flag,
    help: help.get(flag.name) ?? "",
    values: valuesOf(flag.placeholder ?? "")
  }))
}

const valuesOf = (placeholder: string): OfferedFlag["values"] => {
  if (placeholder === "FILE") return "files"
  if (placeholder === "DIR") return "directories"
  return placeholder.includes("|") ? placeholder.split("|") : undefined
}

/** The flags without duplicate names. */
const unique = (flags: ReadonlyArray<OfferedFlag>): ReadonlyArray<OfferedFlag> => [
  ...new Map(flags.map((flag) => [flag.name, flag])).values()
]
