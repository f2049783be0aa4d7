/** What can be completed where, of the tables of commands and flags; how a shell is told is not known here. */
import type { Command } from "../../Commands.ts"
import * as Commands from "../../Commands.ts"
import type { Flag } from "../../Flag.ts"
import * as Flags from "../Flags.ts"

/** What may come behind a first word, or behind none. */
export interface Offer {
  readonly word: string
  readonly summary: string
  readonly flags: ReadonlyArray<Flag<unknown>>
  /** Words that may follow, the second ones of commands among them. */
  readonly next: ReadonlyArray<string>
  /** Words that may follow such a second one. */
  readonly afterNext: ReadonlyMap<string, ReadonlyArray<string>>
  readonly takesFiles: boolean
}

const firstOf = ({ name }: Command): string => name.split(" ")[0] ?? ""
const secondOf = ({ name }: Command): ReadonlyArray<string> => name.split(" ").slice(1)

const wordsOf = ({ operands }: Command): ReadonlyArray<string> =>
  operands === undefined || operands.choices === "files" ? [] : operands.choices

/** One for each first word of a command. */
export const offers: ReadonlyArray<Offer> = [...new Set(Commands.all.map(firstOf))].map((word) => {
  const group = Commands.all.filter((command) => firstOf(command) === word)
  const alone = group.filter(({ name }) => name === word)
  return {
    word,
    summary: group[0]?.summary ?? "",
    flags: withVersion(group.flatMap(({ flags }) => flags)),
    next: [...alone.flatMap(wordsOf), ...group.flatMap(secondOf)],
    afterNext: new Map(group.flatMap((command) => secondOf(command).map((second) => [second, wordsOf(command)]))),
    takesFiles: group.some(({ operands }) => operands?.choices === "files")
  }
})

function withVersion(flags: ReadonlyArray<Flag<unknown>>): ReadonlyArray<Flag<unknown>> {
  return [...new Set([...flags, Flags.version])]
}

/** What may come before any word. */
export const firstFlags: ReadonlyArray<Flag<unknown>> = withVersion(Commands.alone.flags)

/** Every flag that takes a value; of two commands that have it, it takes the same. */
export const valuedFlags: ReadonlyArray<Flag<unknown>> = Commands.settings.filter(({ placeholder }) =>
  placeholder !== undefined
)

/** Whether `--no-NAME` is worth offering. */
export const isSwitch = (flag: Flag<unknown>): boolean =>
  flag.placeholder === undefined && flag !== Flags.help && flag !== Flags.version
