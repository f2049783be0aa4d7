/**
 * The pre-pass over the command line. @effect/cli alone treats unknown flags and second values as files, trims and
 * drops values, and loses the order of texts and files. The pre-pass checks the line against the usage of the commands,
 * rejects ambiguous lines, and passes @effect/cli a line with one interpretation: command, options, `--`, operands.
 */
import * as Either from "effect/Either"
import { parseArgs } from "node:util"
import { nearest } from "../protocol/NearestName.ts"
import type { CommandUsage, Described, FlagUsage } from "./CommandUsage.ts"
import { helpFlag, usageOf, versionFlag } from "./CommandUsage.ts"
import type { Failure } from "./errors/Failure.ts"
import { usage } from "./errors/Failure.ts"
import { commandFor } from "./OtherPrograms.ts"
import { settings } from "./settings/Settings.ts"
import type { Given } from "./settings/Sources.ts"
import { listed } from "./text/Format.ts"

export interface CommandLine<Command extends Described> {
  /** The named command, or `holub` alone. */
  readonly command: Command
  /** Flags and operands in their order. */
  readonly given: ReadonlyArray<Given>
  /** The line for @effect/cli, without the values of repeatable flags: the `ConfigProvider` provides these. */
  readonly argv: ReadonlyArray<string>
  readonly wantsHelp: boolean
  readonly wantsVersion: boolean
}

/** The name of `holub` alone within @effect/cli, where every command has a name. */
export const aloneWord = "communicate"

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number]
type OptionToken = Extract<Token, { kind: "option" }>

const shorts: ReadonlyMap<string, string> = new Map([["h", helpFlag.name], ["V", versionFlag.name]])

/** Parses the arguments after the program's name; the first of `commands` is `holub` alone. */
export const parse =
  <Command extends Described>(commands: readonly [Command, ...Array<Command>]) =>
  (args: ReadonlyArray<string>): Either.Either<CommandLine<Command>, Failure> =>
    Either.gen(function*() {
      const tokens = tokensOf(args)
      const positionals = tokens.filter((token) => token.kind === "positional")
      const words = positionals.map(({ value }) => value)
      const command = words.length === 0 ? commands[0] : yield* find(words, commands, tokens.some(isHelp))
      const takes = usageOf(command.command)
      const naming = new Set<Token>(positionals.slice(0, command.name === "" ? 0 : command.name.split(" ").length))
      const given: Array<Given> = []
      for (const token of tokens) {
        if (token.kind === "option") given.push(yield* flagOf(token, command, takes, given))
        else if (token.kind === "positional" && !naming.has(token)) {
          given.push(yield* operandOf(token.value, command, takes, given, commands))
        }
      }
      const isAsked = ({ name }: FlagUsage) =>
        given.some((item) => item._tag === "Flag" && item.name === name && item.text === "true")
      return {
        command,
        given,
        argv: argvOf(command, takes, given),
        wantsHelp: isAsked(helpFlag),
        wantsVersion: isAsked(versionFlag)
      }
    })

/** The last value of a flag in a command line that may have errors. */
export const glimpse = (
  args: ReadonlyArray<string>,
  { name, placeholder }: { readonly name: string; readonly placeholder: string | undefined }
): string | undefined =>
  tokensOf(args).flatMap((token) => {
    if (token.kind !== "option") return []
    if (placeholder !== undefined) return token.name === name ? token.value ?? [] : []
    return token.name === name ? "true" : token.name === `no-${name}` ? "false" : []
  }).at(-1)

/** The command that the first word names, or the first two words. With `wantsHelp` the second word may be missing. */
export const find = <Command extends Described>(
  [first = "", second]: ReadonlyArray<string>,
  commands: ReadonlyArray<Command>,
  wantsHelp: boolean
): Either.Either<Command, Failure> => {
  const named = commands.filter(({ name }) => name !== "")
  const group = named.filter(({ name }) => name.split(" ")[0] === first)
  const [any] = group
  const names = group.map(({ name }) => name)
  const command = group.find(({ name }) => name === `${first} ${second}`) ?? group.find(({ name }) => name === first)
  if (command !== undefined) return Either.right(command)
  if (any === undefined) {
    const words = [...new Set(named.map(({ name }) => name.split(" ")[0] ?? ""))]
    const near = nearest(first, words) ?? (commandFor(first) || undefined)
    return Either.left(noCommand(first, near, `the commands are ${listed(words)}`))
  }
  if (second !== undefined) {
    const word = `${first} ${second}`
    return Either.left(noCommand(word, nearest(word, names), `the commands are ${listed(names)}`))
  }
  return wantsHelp ? Either.right(any) : Either.left(usage(`${first} is incomplete`, `write: holub ${any.name}`))
}

/** Node's own tokens. Whether a flag takes a value does not depend on the command, which is not known yet. */
const tokensOf = (args: ReadonlyArray<string>): ReadonlyArray<Token> => {
  const options = Object.fromEntries(
    [helpFlag, versionFlag, ...Object.values(settings)].map((
      { name, placeholder }
    ) => [name, { type: placeholder === undefined ? "boolean" : "string" } as const])
  )
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

const isHelp = (token: Token): boolean =>
  token.kind === "option" && (shorts.get(token.name) ?? token.name) === helpFlag.name

const noCommand = (word: string, near: string | undefined, otherwise: string): Failure =>
  usage(`unknown command "${word}"`, didYouMean(near, otherwise))

const flagOf = (
  token: OptionToken,
  command: Described,
  { flags, operand }: CommandUsage,
  before: ReadonlyArray<Given>
): Either.Either<Given, Failure> => {
  const written = shorts.get(token.name) ?? token.name
  const isNegated = written.startsWith("no-")
  const name = isNegated ? written.slice(3) : written
  const flag = [...flags, helpFlag, versionFlag].find((one) => one.name === name)
  if (flag === undefined || (isNegated && flag.placeholder !== undefined)) {
    return Either.left(unknownFlag(token, command, [...flags, helpFlag], operand?.placeholder === "PATH"))
  }
  if (!flag.isRepeatable && before.some((other) => other._tag === "Flag" && other.name === name)) {
    return Either.left(usage(`${token.rawName} is given twice`, "give it once"))
  }
  return Either.map(valueOf(token, flag), (value) => ({
    _tag: "Flag",
    name,
    text: value ?? String(!isNegated),
    argument: value === undefined ? `--${written}` : `--${name}=${value}`
  }))
}

/** The value; undefined for a switch. */
const valueOf = (token: OptionToken, flag: FlagUsage): Either.Either<string | undefined, Failure> => {
  const { rawName, value } = token
  if (flag.placeholder === undefined) {
    return value === undefined
      ? Either.right(undefined)
      : Either.left(usage(`${rawName} takes no value`, `write --${flag.name} or --no-${flag.name}`))
  }
  if (value === undefined) return Either.left(usage(`${rawName} needs a value: ${flag.placeholder}`))
  return token.inlineValue === false && value.startsWith("-") && value !== "-"
    ? Either.left(usage(
      `${rawName} needs a value: ${flag.placeholder}`,
      `if "${value}" is the value, write ${rawName}=${value}`
    ))
    : Either.right(value)
}

const operandOf = (
  word: string,
  { name }: Described,
  { operand }: CommandUsage,
  before: ReadonlyArray<Given>,
  commands: ReadonlyArray<Described>
): Either.Either<Given, Failure> => {
  if (operand === undefined) {
    return Either.left(usage(`${name || "holub"} takes no operand, but got "${word}"`, helpHint(name)))
  }
  const { choices, isRepeatable, placeholder } = operand
  if (choices.length > 0 && !choices.includes(word)) {
    // The allowed words are in the message; the second words of other commands are not.
    const further = commands.flatMap((other) => other.name.startsWith(`${name} `) ? other.name.split(" ").slice(1) : [])
    const near = nearest(word, further)
    return Either.left(usage(
      `${name} takes ${listed(choices, "or")}, not "${word}"`,
      near === undefined ? undefined : `did you mean ${name} ${near}?`
    ))
  }
  return !isRepeatable && before.some(({ _tag }) => _tag === "Operand")
    ? Either.left(usage(`${name} takes one ${placeholder}, but got "${word}" too`, "give it once"))
    : Either.right({ _tag: "Operand", text: word })
}

const unknownFlag = (
  { rawName }: OptionToken,
  { name }: Described,
  flags: ReadonlyArray<FlagUsage>,
  takesFiles: boolean
): Failure => {
  const near = nearest(rawName.replace(/^-+/, ""), flags.map((flag) => flag.name))
  const otherwise = helpHint(name) + (takesFiles ? `; for a file of that name write ./${rawName}` : "")
  return usage(
    `${name || "holub"} has no flag ${rawName}`,
    didYouMean(near === undefined ? undefined : `--${near}`, otherwise)
  )
}

const helpHint = (name: string): string => `holub ${name === "" ? "" : `${name} `}--help lists the flags`

const didYouMean = (name: string | undefined, otherwise: string): string =>
  name === undefined ? otherwise : `did you mean ${name}?`

const argvOf = (
  { name }: Described,
  { flags }: CommandUsage,
  given: ReadonlyArray<Given>
): ReadonlyArray<string> => {
  const options = given.flatMap((item) => {
    const flag = item._tag === "Flag" ? flags.find((one) => one.name === item.name) : undefined
    if (item._tag !== "Flag" || flag === undefined || flag.isRepeatable) return []
    if (flag.placeholder === undefined) return [item.argument]
    // Only after `=` does @effect/cli accept a value that looks like a flag; an empty value is lost there.
    return /^--[\w-]*$/.test(item.text) ? [item.argument] : [`--${item.name}`, item.text]
  })
  const operands = given.flatMap((item) => item._tag === "Operand" ? [item.text] : [])
  return [...(name === "" ? [aloneWord] : name.split(" ")), ...options, "--", ...operands]
}
