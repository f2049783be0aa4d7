/**
 * Reads the command line against the table of flags. Nothing is guessed: an unknown flag, a flag without its value or a
 * second one where one is meant is an error that names it.
 */
import * as Either from "effect/Either"
import { parseArgs } from "node:util"
import type { Command } from "./Commands.ts"
import * as Commands from "./Commands.ts"
import type { Failure } from "./errors/Failure.ts"
import { usage } from "./errors/Failure.ts"
import type { Flag } from "./Flag.ts"
import * as Flags from "./settings/Flags.ts"
import { listed, nearest } from "./text/Format.ts"

/** What was written, in its order. */
export type Given =
  | { readonly kind: "flag"; readonly flag: Flag<unknown>; readonly text: string }
  | { readonly kind: "operand"; readonly text: string }

export interface Parsed {
  /** Undefined when none was named. */
  readonly command: Command | undefined
  readonly given: ReadonlyArray<Given>
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number]
type OptionToken = Extract<Token, { kind: "option" }>

const shorts: ReadonlyMap<string, string> = new Map([["h", Flags.help.name], ["V", Flags.version.name]])

/** Reads the arguments after the program's name. */
export const parse = (argv: ReadonlyArray<string>): Either.Either<Parsed, Failure> =>
  Either.gen(function*() {
    const tokens = tokensOf(argv)
    const positionals = tokens.filter((token) => token.kind === "positional")
    const words = positionals.map(({ value }) => value)
    const command = words.length === 0 ? undefined : yield* commandOf(words, tokens.some(isHelp))
    const naming = new Set<Token>(positionals.slice(0, command?.name.split(" ").length ?? 0))
    const given: Array<Given> = []
    for (const token of tokens) {
      if (token.kind === "option") given.push(yield* flagOf(token, command, given))
      else if (token.kind === "positional" && !naming.has(token)) {
        given.push(yield* operandOf(token.value, command, given))
      }
    }
    return { command, given }
  })

/** Whether a flag that was given says yes. */
export const isAsked = (given: ReadonlyArray<Given>, flag: Flag<boolean>): boolean =>
  given.some((item) => item.kind === "flag" && item.flag === flag && item.text === "true")

/** The last value of a flag in a command line that may be wrong elsewhere. */
export const glimpse = (argv: ReadonlyArray<string>, { name, placeholder }: Flag<unknown>): string | undefined => {
  const given = tokensOf(argv).flatMap((token) => {
    if (token.kind !== "option") return []
    if (placeholder !== undefined) return token.name === name ? token.value ?? [] : []
    return token.name === name ? "true" : token.name === `no-${name}` ? "false" : []
  })
  return given.at(-1)
}

/** Node's own tokens; every flag of every command is known to it, so that it knows which take a value. */
const tokensOf = (argv: ReadonlyArray<string>): ReadonlyArray<Token> => {
  const flags = [Flags.help, Flags.version, ...Commands.settings]
  const options = Object.fromEntries(
    flags.map((flag) => [flag.name, { type: flag.placeholder === undefined ? "boolean" : "string" } as const])
  )
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

const isHelp = (token: Token): boolean =>
  token.kind === "option" && (shorts.get(token.name) ?? token.name) === Flags.help.name

/** The command that the first word names, or the first two. */
const commandOf = (
  [first = "", second]: ReadonlyArray<string>,
  wantsHelp: boolean
): Either.Either<Command, Failure> => {
  const group = Commands.all.filter(({ name }) => name.split(" ")[0] === first)
  const [any] = group
  const names = group.map(({ name }) => name)
  const command = group.find(({ name }) => name === `${first} ${second}`) ?? group.find(({ name }) => name === first)
  if (command !== undefined) return Either.right(command)
  if (any === undefined) {
    const words = [...new Set(Commands.all.map(({ name }) => name.split(" ")[0] ?? ""))]
    return Either.left(noCommand(first, nearest(first, words), `the commands are ${listed(words)}`))
  }
  if (second !== undefined) {
    const word = `${first} ${second}`
    return Either.left(noCommand(word, nearest(word, names), `there is ${listed(names)}`))
  }
  return wantsHelp ? Either.right(any) : Either.left(usage(`${first} needs a word more`, `write holub ${any.name}`))
}

const noCommand = (word: string, near: string | undefined, otherwise: string): Failure =>
  usage(`there is no command "${word}"`, didYouMean(near, otherwise))

const flagOf = (
  token: OptionToken,
  command: Command | undefined,
  before: ReadonlyArray<Given>
): Either.Either<Given, Failure> => {
  const { flags } = command ?? Commands.alone
  const written = shorts.get(token.name) ?? token.name
  const isNegated = written.startsWith("no-")
  const wanted = isNegated ? written.slice(3) : written
  const flag = [...flags, Flags.version].find(({ name }) => name === wanted)
  if (flag === undefined || (isNegated && flag.placeholder !== undefined)) {
    return Either.left(unknown(token, flags, command))
  }
  if (!flag.isRepeatable && before.some((other) => other.kind === "flag" && other.flag === flag)) {
    return Either.left(usage(`${token.rawName} is given twice`, "give it once"))
  }
  return Either.map(valueOf(token, flag), (text) => ({
    kind: "flag",
    flag,
    text: isNegated ? "false" : text
  }))
}

const valueOf = (token: OptionToken, flag: Flag<unknown>): Either.Either<string, Failure> => {
  if (flag.placeholder === undefined) {
    return token.value === undefined
      ? Either.right("true")
      : Either.left(usage(`${token.rawName} takes no value`, `write --${flag.name} or --no-${flag.name}`))
  }
  const isMissing = token.value === undefined ||
    (token.inlineValue === false && token.value.startsWith("-") && token.value !== "-")
  return isMissing
    ? Either.left(usage(
      `${token.rawName} needs a value: ${flag.placeholder}`,
      token.value === undefined ? undefined : `if "${token.value}" is the value, write ${token.rawName}=${token.value}`
    ))
    : Either.right(token.value)
}

const operandOf = (
  word: string,
  command: Command | undefined,
  before: ReadonlyArray<Given>
): Either.Either<Given, Failure> => {
  const operands = command?.operands
  const name = command?.name ?? "holub"
  if (operands === undefined) return Either.left(usage(`${name} takes no operand, but got "${word}"`))
  const { choices, isRepeatable, placeholder } = operands
  if (choices !== "files" && !choices.includes(word)) {
    const further = Commands.all.flatMap((other) => other.name.startsWith(`${name} `) ? [other.name] : [])
    const near = nearest(`${name} ${word}`, further)
    return Either.left(
      usage(
        `${name} takes ${listed(choices, "or")}, not "${word}"`,
        near === undefined ? undefined : `did you mean ${near}?`
      )
    )
  }
  return !isRepeatable && before.some(({ kind }) => kind === "operand")
    ? Either.left(usage(`${name} takes one ${placeholder}, but got "${word}" too`, "give it once"))
    : Either.right({ kind: "operand", text: word })
}

const unknown = (
  { rawName }: OptionToken,
  flags: ReadonlyArray<Flag<unknown>>,
  command: Command | undefined
): Failure => {
  const name = nearest(rawName.replace(/^-+/, ""), flags.map((flag) => flag.name))
  const help = `holub ${command === undefined ? "" : `${command.name} `}--help lists the flags`
  const otherwise = command?.operands?.choices === "files"
    ? `${help}; for a file of that name write ./${rawName}`
    : help
  return usage(
    `${command?.name ?? "holub"} has no flag ${rawName}`,
    didYouMean(name === undefined ? undefined : `--${name}`, otherwise)
  )
}

const didYouMean = (name: string | undefined, otherwise: string): string =>
  name === undefined ? otherwise : `did you mean ${name}?`
