/** The manual page holub(1) in roff, from the commands, their settings and their help. Only the build uses it. */
import { join } from "node:path"
import { stateFolder } from "../../node/Folders.ts"
import { randomName } from "../../node/storage/NodePart.ts"
import { wireNames } from "../../protocol/WireName.ts"
import { pathOf } from "../commands/Completions.ts"
import { commonCodes, programSummary, settingsLine } from "../commands/Help.ts"
import type { Described, FlagUsage } from "../CommandUsage.ts"
import { helpOf, usageOf } from "../CommandUsage.ts"
import { shells } from "../completions/Offers.ts"
import * as Unprotected from "../report/Unprotected.ts"
import { place } from "../settings/ConfigFile.ts"
import { type Setting, variableOf } from "../settings/Setting.ts"
import { settings } from "../settings/Settings.ts"
import { listed } from "./Format.ts"

export const manPage = (commands: ReadonlyArray<Described>, version: string): string => {
  const lines = [
    ".\\\" Written by the build of holub, from its commands and settings.",
    `.TH HOLUB 1 "" "holub ${escaped(version)}" "User Commands"`,
    // Neither hyphens nor wide gaps within names of flags and files.
    ".nh",
    ".ad l",
    ".SH NAME",
    `holub \\- ${escaped(programSummary)}`,
    ".SH SYNOPSIS",
    ...commands.flatMap((command, index) => [...(index === 0 ? [] : [".br"]), usageLine(command)]),
    ".SH DESCRIPTION",
    ...paragraphs(description),
    ".SH COMMANDS",
    ...commands.flatMap((command) => commandLines(command, commands)),
    ".SH OPTIONS",
    ...paragraphs(reading(commands)),
    ...Object.values(settings).flatMap(({ name }) => optionLines(name, commands)),
    ...item(`${bold("--help")}, ${bold("-h")}`, "show the help of the command"),
    ...item(`${bold("--version")}, ${bold("-V")}`, "show the version"),
    ".SH ENVIRONMENT",
    ...paragraphs([settingsLine, precedence]),
    ...variables.flatMap(([names, meaning]) => item(names.split(" ").map(bold).join(", "), meaning)),
    ".SH FILES",
    ...files.flatMap(([path, meaning]) => item(italic(path), meaning)),
    ".SH EXIT STATUS",
    ...paragraphs(["Where a command gives a code another meaning, COMMANDS has it."]),
    ...codesOf(commands).flatMap(([code, meaning]) => item(bold(code), meaning)),
    ".SH EXAMPLES",
    ...commands.flatMap(({ examples }) => examples.flatMap(([line, meaning]) => item(bold(line), meaning))),
    ".SH SEE ALSO",
    ...paragraphs(further)
  ]
  return `${lines.join("\n")}\n`
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

const description = [
  `holub ${programSummary}. A server (\`holub serve\`) receives them. A client (\`holub send\`) sends them, and reports ` +
  "a file as sent when the receiver has it on its disk. `holub` alone is both, interactively on a terminal.",
  "Flock, the default wire, is encrypted, and both sides prove their keys; so is tcp, for networks that block UDP. " +
  wireNames.map((wire) => Unprotected.ofServer({ wire, isEncrypted: true }) ?? "").filter((line) => line !== "")
    .map((line) => sentence(line.replace(/^warning: /, ""))).join(" ")
]

const reading = (commands: ReadonlyArray<Described>): ReadonlyArray<string> => [
  "Below each flag are its environment variable, its key in the configuration file, and the commands that take it; " +
  `${listed(commands.filter(takesAll).map(({ name }) => `\`${name}\``))} takes all of them.`,
  "A value follows its flag after a space or `=`; a value that begins with `-` needs the `=`. Flags may be placed " +
  "before the command, after it, and between operands; after `--` every word is an operand. SIZE and RATE are bytes, " +
  "or have a unit: 500k, 10M, 1GiB. DURATION has a unit: 20ms, 90s, 5m, 2h."
]

const precedence =
  "A flag takes precedence over the environment, the environment over the file, the file over the default. " +
  "A switch is `true`, `false`, `1` or `0` in the environment."

const variables = [
  ["HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME", "the folders in which the files below are"],
  ["NO_COLOR TERM", `without \`--${settings.color.name}\`, no colours if NO_COLOR is set or TERM is dumb`],
  ["SHELL", "the shell that `holub completions install` is for when none is named"]
] as const

const stateFiles = [
  ["host.key", "the private key of servers; `holub key show` shows the public one"],
  ["host.key.next", "after `holub key rotate`, the key that replaces it"],
  ["identity.key", "the private key of clients, if `holub key show` has made it"],
  ["known_hosts", "the keys of known servers, a line each; `holub trust list` lists them"]
] as const

/** Files of the user, as a shell would write them. */
const environment = { HOME: "/~" }
const files: ReadonlyArray<readonly [path: string, meaning: string]> = [
  [place(undefined, environment).path.slice(1), "the configuration file, TOML: `fragment-size = 500`"],
  ...stateFiles.map(([name, meaning]) => [join(stateFolder(environment, "linux"), name).slice(1), meaning] as const),
  [settings.dir.fallback ?? "", settings.dir.help],
  [randomName().replace(/[0-9a-f]{32}/, "*"), "in that folder, a file that is not complete; `holub clean` removes it"],
  ...shells.map((shell) => [pathOf(shell, environment).slice(1), `the completions for ${shell}`] as const)
]

const further = [
  "The folder `docs` of the package: CLI.md (streams, events of `--json`, signals), PROTOCOL.md (the wires), " +
  "RELIABILITY.md (how a file becomes durable)."
]

/** Whether it has every setting; that is not said beside each. */
const takesAll = ({ command }: Described): boolean => usageOf(command).flags.length === Object.keys(settings).length

const wordsOf = ({ name }: Described): string => name === "" ? "holub" : `holub ${name}`

const usageLine = (command: Described): string => {
  const words = wordsOf(command)
  return bold(words) + styled(command.usage.slice(words.length))
}

const commandLines = (command: Described, commands: ReadonlyArray<Described>): ReadonlyArray<string> => {
  const { flags, operand } = usageOf(command.command)
  const common = codesOf(commands).map((row) => row.join(" "))
  const codes = command.exitCodes.filter((words) => !common.includes(words))
  const choices = operand?.choices ?? []
  const options = takesAll(command) ? "all" : flags.map(({ name }) => `\`--${name}\``).join(", ")
  return [
    `.SS ${escaped(wordsOf(command))}`,
    ...paragraphs([
      sentence(command.summary),
      ...(choices.length === 0 ? [] : [`${operand?.placeholder} is ${listed(choices, "or")}.`]),
      ...(flags.length === 0 ? [] : [`Options: ${options}.`]),
      ...(codes.length === 0 ? [] : [`Exit status: ${codes.join("; ")}.`])
    ])
  ]
}

const optionLines = (name: string, commands: ReadonlyArray<Described>): ReadonlyArray<string> => {
  const takers = commands.filter(({ command }) => usageOf(command).flags.some((flag) => flag.name === name))
  const [first] = takers
  const flag = first && usageOf(first.command).flags.find((one) => one.name === name)
  if (first === undefined || flag === undefined) return []
  const row = Object.values<Setting<unknown>>(settings).find((one) => one.name === name)
  const variable = row?.isFlagOnly ? "no variable" : bold(variableOf({ name }))
  const key = row === settings.config || row?.isFlagOnly ? "no key" : `key ${bold(name)}`
  const names = takers.filter((taker) => !takesAll(taker)).map((taker) => taker.name || "holub").join(", ")
  return [
    ...item(flagWords(flag), helpOf(first.command).get(name) ?? ""),
    ".br",
    `${variable}, ${key}; ${escaped(names)}`
  ]
}

const flagWords = ({ isNegatable, name, placeholder }: FlagUsage): string => {
  if (placeholder === undefined) return bold(`--${name}`) + (isNegatable ? `, ${bold(`--no-${name}`)}` : "")
  const value = placeholder.includes("|") ? placeholder.split("|").map(bold).join("|") : styled(placeholder)
  return `${bold(`--${name}`)} ${value}`
}

/** Every code once, with its first meaning: that of the commands that transfer, which come first. */
const codesOf = (commands: ReadonlyArray<Described>): ReadonlyArray<readonly [code: string, meaning: string]> => {
  const words = [...commands.flatMap(({ exitCodes }) => exitCodes), ...commonCodes]
  const rows = words.map((one) => [Number.parseInt(one, 10), one.replace(/^\d+ /, "")] as const)
  return [...new Map(rows.toReversed())].toSorted(([a], [b]) => a - b).map(([code, meaning]) => [String(code), meaning])
}

/** The first one follows a heading. */
const paragraphs = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.flatMap((text, index) => [...(index === 0 ? [] : [".PP"]), marked(text)])

/** An entry of a list; `term` is roff. */
const item = (term: string, meaning: string): ReadonlyArray<string> => [".TP", term, marked(meaning)]

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`
const italic = (text: string): string => `\\fI${escaped(text)}\\fR`

/** A text with `bold` parts. */
const marked = (text: string): string =>
  safe(text.split("`").map((part, index) => index % 2 === 0 ? escaped(part) : bold(part)).join(""))

/** Flags are bold, words for a value italic. */
const styled = (text: string): string =>
  text.split(/(--[a-z-]+|[A-Z]+)/).map((part, index) =>
    index % 2 === 0 ? escaped(part) : part.startsWith("-") ? bold(part) : italic(part)
  ).join("")

/** A line that begins with one of these would be a request. */
const safe = (line: string): string => line.replace(/^[.']/, "\\&$&")

const signs: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  "\"": "\\(dq",
  "…": "..."
}

/** Plain text as roff prints it: each sign as itself, words apart by one space; a word that fits no line may break at its commas. */
const escaped = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .replace(/[^ -~]|[\\'`^~"-]/gu, (sign) => signs[sign] ?? `\\[u${hexadecimal(sign)}]`)
    .replace(/\S{40,}/g, (word) => word.replaceAll(",", ",\\:"))

const hexadecimal = (sign: string): string => (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")
