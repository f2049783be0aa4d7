/** The help, made of the tables of commands and flags. */
import type { Command } from "./Commands.ts"
import * as Commands from "./Commands.ts"
import type { Flag } from "./Flag.ts"
import { variableOf } from "./Flag.ts"
import { listed } from "./text/Format.ts"

const indent = 26
const columns = 120

/** What `holub` alone says: the commands and two examples. */
export const general = (): string =>
  [
    "holub carries messages and files reliably over UDP.",
    "",
    `  holub ${"".padEnd(commandColumns)}on a terminal: asks what to do, as a server or a client`,
    ...Commands.all.map(({ name, summary }) => `  holub ${name.padEnd(commandColumns)}${summary}`),
    "",
    "Examples:",
    ...[Commands.serve, Commands.send].flatMap(({ examples }) => examples.slice(0, 1)).map(example),
    "",
    "`holub serve --help` and the like list the flags; `holub --version` tells the version.",
    ""
  ].join("\n")

const commandColumns = Math.max(...Commands.all.map(({ name }) => name.length)) + 2

/** The help of one command. */
export const ofCommand = ({ examples, exitCodes, flags, name, operands, summary, usage }: Command): string =>
  [
    `holub ${name}: ${summary}`,
    "",
    `Usage: ${usage}`,
    "",
    ...(operands === undefined || operands.choices === "files"
      ? []
      : [`${operands.placeholder} is ${listed(operands.choices, "or")}.`, ""]),
    "Flags:",
    ...flags.map(flagLine),
    "",
    `Each flag but --help has an environment variable and a key in the configuration file: --${sample.name} is`,
    `${variableOf(sample)} and ${sample.name}. \`holub config show\` tells where each setting comes from.`,
    "",
    "Examples:",
    ...examples.map(example),
    "",
    ...wrapped("Exit codes: ", [...exitCodes, "1 anything else", "130 on Ctrl-C", "143 on SIGTERM"]),
    ""
  ].join("\n")

const sample = { name: "fragment-size" }

const example = ([command, purpose]: Command["examples"][number]): string => `  ${command}\n      ${purpose}`

const flagLine = ({ fallback, help, name, placeholder }: Flag<unknown>): string => {
  const left = `  --${name}${placeholder === undefined ? "" : ` ${placeholder}`}`
  const isWorthSaying = fallback !== undefined && placeholder !== undefined
  return `${left.padEnd(indent)}  ${help}${isWorthSaying ? ` (default ${fallback})` : ""}`
}

/** Items with commas between them, on as many lines as they need. */
const wrapped = (title: string, items: ReadonlyArray<string>): ReadonlyArray<string> => {
  const lines = [title]
  for (const [index, item] of items.entries()) {
    const word = `${item}${index < items.length - 1 ? "," : "."}`
    const line = lines.at(-1) ?? ""
    const isFirst = line.length === title.length
    if (line.length + word.length >= columns) lines.push(`${" ".repeat(title.length)}${word}`)
    else lines[lines.length - 1] = isFirst ? `${line}${word}` : `${line} ${word}`
  }
  return lines
}
