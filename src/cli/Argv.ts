/**
 * Reads the command line against the table of flags. Nothing is guessed: an unknown flag, a flag without its value or a
 * second one where one is meant is an error that names it.
 */
import * as Either from "effect/Either"
import { parseArgs } from "node:util"
import type { Command } from "./Commands.ts"
import * as Commands from "./Commands.ts"
import type { Failure } from "./Failure.ts"
import { usage } from "./Failure.ts"
import type { Flag } from "./Flag.ts"
import * as Flags from "./Flags.ts"
import { nearest } from "./Words.ts"

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

const general: ReadonlyArray<Flag<unknown>> = [Flags.help, Flags.version]
const shorts: ReadonlyMap<string, string> = new Map([["h", Flags.help.name], ["V", Flags.version.name]])

/** Reads the arguments after the program's name. */
export const parse = (argv: ReadonlyArray<string>): Either.Either<Parsed, Failure> =>
  Either.gen(function*() {
    const tokens = tokensOf(argv)
    const named = tokens.find((token) => token.kind === "positional")
    const command = named === undefined ? undefined : yield* commandOf(named.value)
    const given: Array<Given> = []
    for (const token of tokens) {
      if (token.kind === "option") given.push(yield* flagOf(token, command, given))
      else if (token.kind === "positional" && token !== named) given.push(yield* operandOf(token.value, command))
    }
    return { command, given }
  })

/** Node's own tokens; every flag of every command is known to it, so that it knows which take a value. */
const tokensOf = (argv: ReadonlyArray<string>): ReadonlyArray<Token> => {
  const flags = [...general, ...Commands.all.flatMap((command) => command.flags)]
  const options = Object.fromEntries(
    flags.map((flag) => [flag.name, { type: flag.placeholder === undefined ? "boolean" : "string" } as const])
  )
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

const commandOf = (word: string): Either.Either<Command, Failure> => {
  const command = Commands.all.find(({ name }) => name === word)
  if (command !== undefined) return Either.right(command)
  const names = Commands.all.map(({ name }) => name)
  return Either.left(
    usage(`there is no command "${word}"`, didYouMean(nearest(word, names), `the commands are ${names.join(" and ")}`))
  )
}

const flagOf = (
  token: OptionToken,
  command: Command | undefined,
  before: ReadonlyArray<Given>
): Either.Either<Given, Failure> => {
  const flags = command?.flags ?? general
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

const operandOf = (word: string, command: Command | undefined): Either.Either<Given, Failure> =>
  command?.operands === undefined
    ? Either.left(usage(`${command?.name ?? "holub"} takes no operand, but got "${word}"`))
    : Either.right({ kind: "operand", text: word })

const unknown = (
  { rawName }: OptionToken,
  flags: ReadonlyArray<Flag<unknown>>,
  command: Command | undefined
): Failure => {
  const name = nearest(rawName.replace(/^-+/, ""), flags.map((flag) => flag.name))
  const help = `holub ${command === undefined ? "" : `${command.name} `}--help lists the flags`
  return usage(
    `${command?.name ?? "holub"} has no flag ${rawName}`,
    didYouMean(name === undefined ? undefined : `--${name}`, `${help}; for a file of that name write ./${rawName}`)
  )
}

const didYouMean = (name: string | undefined, otherwise: string): string =>
  name === undefined ? otherwise : `did you mean ${name}?`
