/**
 * Reads a command line. The hint of a wrong one is the right command, as far as it is known what such a line means to
 * another program: `holub receive`, `holub serve 4040`, `holub -l -p 4040`, `holub send FILE user@host:`.
 */
import * as Either from "effect/Either"
import { existsSync } from "node:fs"
import type { CommandLine } from "./CommandLine.ts"
import { parse } from "./CommandLine.ts"
import type { Described } from "./CommandUsage.ts"
import type { Failure } from "./errors/Failure.ts"
import { usage } from "./errors/Failure.ts"
import type { Exists } from "./errors/NoDestination.ts"
import { addressOf, destinationIn, isSurelyHost } from "./errors/NoDestination.ts"
import type { Meaning } from "./OtherPrograms.ts"
import { commandFor, isRecursive, meaningOf } from "./OtherPrograms.ts"
import { read as readSetting } from "./settings/Setting.ts"
import { settings } from "./settings/Settings.ts"
import { operandOf, quoted } from "./text/Format.ts"

type Commands<Command> = readonly [Command, ...Array<Command>]

/** Parses the arguments after the program's name; the first of `commands` is `holub` alone. */
export const read =
  <Command extends Described>(commands: Commands<Command>, exists: Exists = existsSync) =>
  (args: ReadonlyArray<string>): Either.Either<CommandLine<Command>, Failure> => {
    const line = Either.flatMap(parse(commands)(args), checked)
    if (Either.isRight(line)) return line
    const command = corrected(args, commands, exists)
    return command === undefined ? line : Either.left(usage(line.left.message, `write: ${command}`))
  }

/** Fails for `--to user@host:path`, which is the form of another program. */
const checked = <Line extends Pick<CommandLine<Described>, "given">>(line: Line): Either.Either<Line, Failure> => {
  const to = line.given.find((item) => item._tag === "Flag" && item.name === settings.to.name)
  return to === undefined || addressOf(to.text) === undefined
    ? Either.right(line)
    : Either.map(readSetting(settings.to, to.text, `--${settings.to.name}`), () => line)
}

/** The right command; undefined if its meaning is not known. `HOST` and `FILE` in it are still to be replaced. */
const corrected = (
  args: ReadonlyArray<string>,
  commands: Commands<Described>,
  exists: Exists
): string | undefined => {
  if (args.length === 1 && /^-(?:v|version)$/.test(args[0] ?? "")) return "holub --version"
  const line = foreign(args, commands.map(({ name }) => name), exists)
  if (args.some(isRecursive) && line.command === "send") return folderCommand(line, exists)
  const words = wordsOf(line, exists)
  return words !== undefined && Either.isRight(parse(commands)(words))
    ? ["holub", ...words].map(quoted).join(" ")
    : undefined
}

/** A line of another program. */
interface Foreign {
  /** Undefined if no word names one; empty for `holub` alone. */
  command: string | undefined
  /** Whether the command came from another program's word, which may name what it wants to receive. */
  isTranslated: boolean
  readonly flags: Array<string>
  readonly operands: Array<string>
  address: string | undefined
  port: string | undefined
}

const foreign = (args: ReadonlyArray<string>, names: ReadonlyArray<string>, exists: Exists): Foreign => {
  const line: Foreign = {
    command: undefined,
    isTranslated: false,
    flags: [],
    operands: [],
    address: undefined,
    port: undefined
  }
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const translated = commandFor(word)
    if (translated === "help" && /^[-/]/.test(word)) return { ...line, command: "help", operands: commandWords(line) }
    if (word === "--") line.operands.push(...rest.splice(0))
    else if (word.startsWith("-") && word !== "-") takeFlag(word, rest, line)
    else if (line.command !== undefined) line.operands.push(word)
    else if (word !== "" && names.includes(word) && line.operands.every((operand) => exists(operand))) {
      line.command = word
    } else if (names.includes(`${word} ${rest[0]}`)) line.command = `${word} ${rest.shift()}`
    else if (word === "config") {
      line.command = "config show"
      if (rest[0]?.startsWith("-") === false) rest.shift()
    } else if (translated === undefined) line.operands.push(word)
    else {
      line.command = translated
      line.isTranslated = true
    }
  }
  const [first] = line.operands
  if (line.command !== undefined || first === undefined) return line
  const isHost = addressOf(first) !== undefined && isSurelyHost(first)
  const [, second] = line.operands
  // `nc HOST PORT`, `croc FILE`.
  if (isHost && (second === undefined || isPort(second))) return { ...line, command: "" }
  return { ...line, command: isHost || exists(first) ? "send" : undefined }
}

const commandWords = ({ command = "" }: Foreign): Array<string> => command === "" ? [] : command.split(" ")

/** Takes a flag and its value: `--port=1`, `-p 1`, `-p1`, and in a group, `-lp 1`. */
const takeFlag = (word: string, rest: Array<string>, line: Foreign): void => {
  const [, dashes = "", name = "", inline] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const whole = meaningOf(name)
  if (whole !== undefined) return take(whole, name, word, inline, rest, line)
  const letter = name.charAt(0)
  const meaning = dashes === "-" && name.length > 1 ? meaningOf(letter) : undefined
  if (meaning === undefined) line.flags.push(word)
  else if (meaning.takes !== "nothing") take(meaning, letter, word, word.slice(2), rest, line)
  else {
    take(meaning, letter, word, undefined, rest, line)
    takeFlag(`-${word.slice(2)}`, rest, line)
  }
}

const take = (
  meaning: Meaning,
  name: string,
  word: string,
  inline: string | undefined,
  rest: Array<string>,
  line: Foreign
): void => {
  if (meaning.takes === "nothing") {
    if ("command" in meaning) line.command = meaning.command
    else if (meaning.argument !== undefined) line.flags.push(meaning.argument)
    return
  }
  const value = inline ?? (/^-./.test(rest[0] ?? "") ? undefined : rest.shift())
  // What is missing or given twice stays wrong.
  if (value === undefined) line.flags.push(word)
  else if (meaning.takes === "value") {
    line.flags.push(`--${meaning.name}=${value}${isPort(value) ? meaning.unit ?? "" : ""}`)
  } else if (meaning.takes === "file") line.operands.push(value)
  else if (name === "t" && addressOf(value) === undefined) line.flags.push(`--${settings.text.name}=${value}`)
  // A server has no destination.
  else if (line[meaning.takes] !== undefined || (name === settings.to.name && line.command === "serve")) {
    line.flags.push(word, value)
  } else line[meaning.takes] = value
}

const isPort = (word: string): boolean => /^\d{1,5}$/.test(word)

interface Options {
  readonly flags: ReadonlyArray<string>
  readonly operands: ReadonlyArray<string>
}

/** The words of holub; undefined if the operands have no known meaning. */
const wordsOf = (line: Foreign, exists: Exists): ReadonlyArray<string> | undefined => {
  const options = optionsOf(line, exists)
  return options === undefined
    ? undefined
    : [...commandWords(line), ...options.flags, ...line.flags, ...options.operands.map(operandOf)]
}

const optionsOf = (line: Foreign, exists: Exists): Options | undefined => {
  switch (line.command) {
    case "serve":
      return serving(line, exists)
    case "send":
      return sending(line, exists)
    case "":
      return talking(line)
    case undefined:
      return line.operands.length === 0 ? talking(line) : undefined
    default:
      return { flags: [], operands: line.operands }
  }
}

const flag = ({ name }: { readonly name: string }, value: string | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : [`--${name}`, value]

const serving = ({ address, isTranslated, operands, port }: Foreign, exists: Exists): Options | undefined => {
  const found = { host: address, port, dir: undefined as string | undefined }
  for (const word of operands) {
    const [, host = word, at] = /^(\[.*\]|[^:]+):(\d{1,5})$/.exec(word) ?? []
    if (isPort(word)) found.port ??= word
    else if (exists(word)) found.dir ??= word
    // What a server receives is not named here.
    else if (isTranslated) continue
    else if (addressOf(word) !== undefined && isSurelyHost(word)) {
      found.host ??= host
      found.port ??= at
    } else if (word.includes("/")) found.dir ??= word
    else return undefined
  }
  const { dir, host } = settings
  return {
    flags: [...flag(host, found.host), ...flag(settings.port, found.port), ...flag(dir, found.dir)],
    operands: []
  }
}

const sending = (line: Foreign, exists: Exists): Options | undefined => {
  const hasText = line.flags.some((one) => one.startsWith(`--${settings.text.name}=`))
  const { files, to } = sentBy(line, line.operands.length === 1 && !hasText, exists)
  const whole = joined(to, line.port)
  if (whole === undefined) return undefined
  return { flags: flag(settings.to, whole), operands: files.length === 0 && !hasText ? ["FILE"] : files }
}

/** The files to send, and the address, without the port of a flag. */
const sentBy = ({ address, operands }: Foreign, isAlone: boolean, exists: Exists) => {
  if (address !== undefined) return { files: operands, to: addressOf(address) ?? address }
  const found = destinationIn(operands, isAlone, exists)
  return { files: operands.filter((_, index) => index !== found?.index), to: found?.address ?? "HOST" }
}

const talking = ({ address, operands: [host = address, second, ...others], port }: Foreign): Options | undefined => {
  // The communicator is a server too, to which a port without an address belongs.
  if (host === undefined) return { flags: flag(settings.port, port), operands: [] }
  const to = addressOf(host)
  const whole = to === undefined || others.length > 0 ? undefined : joined(to, second ?? port)
  return whole === undefined ? undefined : { flags: flag(settings.to, whole), operands: [] }
}

/** An address with a port; undefined if it has another one. */
const joined = (address: string, port: string | undefined): string | undefined => {
  if (port === undefined) return address
  const isBareIpv6 = (address.match(/:/g) ?? []).length > 1 && !address.startsWith("[")
  if (isBareIpv6) return `[${address}]:${port}`
  return /:\d+$/.test(address) ? undefined : `${address}:${port}`
}

/** A folder is sent as one file. */
const folderCommand = (line: Foreign, exists: Exists): string => {
  const { files: [folder = "FOLDER"], to } = sentBy(line, false, exists)
  const name = `${folder.replace(/\/+$/, "").split("/").at(-1)}.tar`
  const whole = joined(to, line.port) ?? to
  return `tar c ${quoted(folder)} | holub send --to ${quoted(whole)} --name ${quoted(name)} -`
}
