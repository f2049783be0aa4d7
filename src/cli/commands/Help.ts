/**
 * The layout of the help. Flags and their texts come from the help document of @effect/cli; each takes one or two
 * lines.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { find } from "../CommandLine.ts"
import type { Described } from "../CommandUsage.ts"
import { helpFlag, helpOf, usageOf } from "../CommandUsage.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import { usage } from "../errors/Failure.ts"
import type { Output } from "../report/Output.ts"
import { variableOf } from "../settings/Setting.ts"
import { listed } from "../text/Format.ts"
import { wrapped } from "../text/Wrap.ts"
import type { Run } from "./CommandContext.ts"

/** `holub help [COMMAND]`. */
export const start: Run<{ readonly operands: ReadonlyArray<string> }> = (
  { operands },
  { commands, outputs: { stdout }, print }
) =>
  Effect.gen(function*() {
    const command = operands.length === 0 ? commands[0] : yield* named(operands, commands)
    yield* print(ofCommand(command, commands, columnsOf(stdout)))
    return ExitCode.ok
  })

const named = (words: ReadonlyArray<string>, commands: ReadonlyArray<Described>): Either.Either<Described, Failure> =>
  Either.filterOrLeft(
    find(words, commands, true),
    ({ name }) => words.length <= name.split(" ").length,
    ({ name }) => usage(`unknown command "${words.join(" ")}"`, `did you mean holub help ${name}?`)
  )

/** The columns of a help text on this output: those of the terminal, from 40 to 120; 80 elsewhere. */
export const columnsOf = ({ columns, isTerminal }: Pick<Output, "columns" | "isTerminal">): number =>
  isTerminal ? Math.min(Math.max(columns(), 40), 120) : 80

/** The help of a command; for `holub` alone that of the program; without a command the same in short. */
export const ofCommand = (
  command: Described | undefined,
  commands: ReadonlyArray<Described>,
  columns: number
): string => {
  const lines = command === undefined || command.name === ""
    ? general(command, commands, columns)
    : special(command, columns)
  return `${lines.join("\n")}\n`
}

/** What the program does, as words behind its name. */
export const programSummary = "carries messages and files reliably over UDP"

const general = (
  alone: Described | undefined,
  commands: ReadonlyArray<Described>,
  columns: number
): ReadonlyArray<string> => {
  const others = commands.filter(({ name }) => name !== "")
  const indent = Math.max(...others.map(({ name }) => name.length)) + "  holub   ".length
  const examples = commands.filter(({ name }) => name === "serve" || name === "send").flatMap((command) =>
    command.examples.slice(0, 1)
  )
  return [
    ...wrapped(`holub ${programSummary}.`, columns),
    "",
    ...entry("  holub", "on a terminal: asks what to do, as a server or a client", indent, columns),
    ...others.flatMap(({ name, summary }) => entry(`  holub ${name}`, summary, indent, columns)),
    "",
    ...(alone === undefined ? [] : ["Flags of holub alone:", ...flagsOf(alone, columns), ""]),
    "Examples:",
    ...examples.flatMap((one) => example(one, columns)),
    "",
    ...wrapped("`holub COMMAND --help` lists the flags of a command; `holub --version` shows the version.", columns, "")
  ]
}

const label = "Usage: "

const special = (command: Described, columns: number): ReadonlyArray<string> => {
  const { examples, exitCodes, hasSettings, name, summary } = command
  const { operand } = usageOf(command.command)
  const choices = operand === undefined || operand.choices.length === 0 ? [] : operand.choices
  return [
    ...wrapped(`holub ${name}: ${summary}`, columns, ""),
    "",
    ...wrapped(command.usage, columns - label.length).map((line, index) => (index === 0 ? label : "") + line),
    "",
    ...(choices.length === 0 ? [] : [`${operand?.placeholder} is ${listed(choices, "or")}.`, ""]),
    "Flags:",
    ...flagsOf(command, columns),
    "",
    ...(hasSettings ? [...wrapped(settingsLine, columns, ""), ""] : []),
    ...(examples.length === 0 ? [] : ["Examples:", ...examples.flatMap((one) => example(one, columns)), ""]),
    ...wrapped(`Exit codes: ${[...exitCodes, ...commonCodes].map(unbroken).join(", ")}.`, columns).map((line) =>
      line.replaceAll(glue, " ")
    )
  ]
}

const sample = { name: "fragment-size" }
export const settingsLine =
  `Flags have an environment variable and a key in the configuration file: --${sample.name} is ` +
  `${variableOf(sample)} and ${sample.name}. \`holub config show\` shows where each setting comes from.`

/** The exit codes that every command has. */
export const commonCodes = ["1 anything else", "129 on SIGHUP", "130 on Ctrl-C", "143 on SIGTERM"]

const flagsOf = ({ command }: Described, columns: number): ReadonlyArray<string> => {
  const help = helpOf(command)
  return [
    ...usageOf(command).flags.flatMap(({ name, placeholder }) =>
      entry(`  --${name}${placeholder === undefined ? "" : ` ${placeholder}`}`, help.get(name) ?? "", 28, columns)
    ),
    ...entry(`  --${helpFlag.name}`, "show this help", 28, columns)
  ]
}

const example = ([command, purpose]: Described["examples"][number], columns: number): ReadonlyArray<string> => [
  `  ${command}`,
  ...wrapped(`      ${purpose}`, columns, "      ")
]

/** Columns below which the right column of an entry is below the left one. */
const leastColumns = 60

/** Two columns; a left side that is too long gets its own line. */
const entry = (left: string, right: string, indent: number, columns: number): ReadonlyArray<string> => {
  const isNarrow = columns < leastColumns
  const margin = " ".repeat(isNarrow ? 6 : indent)
  if (isNarrow || left.length + 2 > indent) return [left, ...wrapped(margin + right, columns, margin)]
  return wrapped(left.padEnd(indent) + right, columns, margin)
}

/** Words that stay on one line. */
const unbroken = (words: string): string => words.replaceAll(" ", glue)
const glue = "\u00a0"
