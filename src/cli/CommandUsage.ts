/** The flags and operands of a command, derived from its usage and its help in @effect/cli. */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import type { Usage } from "@effect/cli/Usage"
import * as Option from "effect/Option"
import { definitionsOf, paragraphsOf } from "./text/HelpText.ts"

/** The values that @effect/cli parses for a command. */
export interface ParsedValues {
  readonly options: { readonly [name: string]: unknown }
  readonly operands: unknown
}

export type AnyCommand = Command.Command<string, unknown, unknown, ParsedValues>

/** A command and the texts of its help. */
export interface Described {
  /** The words after `holub`; empty for `holub` alone. */
  readonly name: string
  readonly summary: string
  readonly usage: string
  readonly examples: ReadonlyArray<readonly [command: string, purpose: string]>
  /** The meanings of this command's exit codes, without the codes of every command. */
  readonly exitCodes: ReadonlyArray<string>
  /** Whether environment and configuration file are read. */
  readonly hasSettings: boolean
  readonly command: AnyCommand
}

export interface FlagUsage {
  /** Without dashes. */
  readonly name: string
  /** The placeholder of the value: a word, or the choices separated by `|`; undefined for a switch. */
  readonly placeholder: string | undefined
  readonly isRepeatable: boolean
  /** Whether `--no-NAME` exists too. */
  readonly isNegatable: boolean
}

export interface OperandUsage {
  readonly placeholder: string
  /** The allowed words; empty if all are allowed. */
  readonly choices: ReadonlyArray<string>
  readonly isRepeatable: boolean
}

export interface CommandUsage {
  readonly flags: ReadonlyArray<FlagUsage>
  /** Undefined if the command takes no operand. */
  readonly operand: OperandUsage | undefined
}

/** The flags of every command. They are handled before @effect/cli reads the command line. */
export const helpFlag: FlagUsage = { name: "help", placeholder: undefined, isRepeatable: false, isNegatable: false }
export const versionFlag: FlagUsage = { ...helpFlag, name: "version" }

export const usageOf = (command: AnyCommand): CommandUsage => {
  const [, ...parts] = namedIn(Command.getUsage(command), false)
  const names = parts.map(({ name }) => name)
  const flags = parts.flatMap(({ isRepeatable, name, value }): ReadonlyArray<FlagUsage> => {
    const isNegation = names.includes(name.replace(/^--no-/, "--")) && name.startsWith("--no-")
    if (!name.startsWith("--") || isNegation) return []
    const isNegatable = names.includes(name.replace(/^--/, "--no-"))
    return [{ name: name.slice(2), placeholder: value, isRepeatable, isNegatable }]
  })
  const operand = parts.find(({ name }) => name.startsWith("<"))
  return {
    flags,
    operand: operand && {
      placeholder: operand.name.slice(1, -1),
      choices: operand.value?.split(" | ") ?? [],
      isRepeatable: operand.isRepeatable
    }
  }
}

/** The help of each flag, by its name, in the order of the help. */
export const helpOf = (command: AnyCommand): ReadonlyMap<string, string> => {
  const entries = definitionsOf(Command.getHelp(command, CliConfig.make({ showBuiltIns: false })))
  return new Map(entries.flatMap(([term, description]) => {
    const [, name] = /^--([\w-]+)/.exec(term) ?? []
    // After @effect/cli's text about the type, before its text about defaults.
    const [, help = ""] = paragraphsOf(description)
    return name === undefined ? [] : [[name, help] as const]
  }))
}

interface Named {
  readonly name: string
  readonly value: string | undefined
  readonly isRepeatable: boolean
}

const namedIn = (usage: Usage, isRepeatable: boolean): ReadonlyArray<Named> => {
  switch (usage._tag) {
    case "Named": {
      const value = Option.getOrUndefined(usage.acceptedValues)
      return usage.names.map((name) => ({ name, value, isRepeatable }))
    }
    case "Optional":
      return namedIn(usage.usage, isRepeatable)
    case "Repeated":
      return namedIn(usage.usage, true)
    case "Alternation":
    case "Concat":
      return [...namedIn(usage.left, isRepeatable), ...namedIn(usage.right, isRepeatable)]
    default:
      return []
  }
}
