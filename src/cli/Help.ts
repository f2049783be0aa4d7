/** The help, made of the tables of commands and flags. */
import type { Command } from "./Commands.ts"
import * as Commands from "./Commands.ts"
import type { Flag } from "./Flag.ts"
import { variableOf } from "./Flag.ts"

const indent = 26

/** What `holub` alone says: the commands and two examples. */
export const general = (): string =>
  [
    "holub carries messages and files reliably over UDP.",
    "",
    ...Commands.all.map(({ name, summary }) => `  holub ${name.padEnd(8)}${summary}`),
    "",
    "Examples:",
    ...Commands.all.flatMap(({ examples }) => examples.slice(0, 1)).map(([command, purpose]) =>
      `  ${command}\n      ${purpose}`
    ),
    "",
    "`holub serve --help` and `holub send --help` list the flags; `holub --version` tells the version.",
    ""
  ].join("\n")

/** The help of one command. */
export const ofCommand = ({ examples, flags, name, summary, usage }: Command): string =>
  [
    `holub ${name}: ${summary}`,
    "",
    `Usage: ${usage}`,
    "",
    "Flags:",
    ...flags.map(flagLine),
    "",
    `Each flag but --help has an environment variable: --fragment-size is ${variableOf({ name: "fragment-size" })}.`,
    "",
    "Examples:",
    ...examples.map(([command, purpose]) => `  ${command}\n      ${purpose}`),
    "",
    "Exit codes: 0 delivered, 2 usage, 3 unreachable, 5 peer lost, 6 declined, 8 local file or disk, 9 target exists,",
    "            10 some of many failed, 1 anything else, 130 on Ctrl-C, 143 on SIGTERM.",
    ""
  ].join("\n")

const flagLine = ({ fallback, help, name, placeholder }: Flag<unknown>): string => {
  const left = `  --${name}${placeholder === undefined ? "" : ` ${placeholder}`}`
  const isWorthSaying = fallback !== undefined && placeholder !== undefined
  return `${left.padEnd(indent)}  ${help}${isWorthSaying ? ` (default ${fallback})` : ""}`
}
