/** The configuration file: where it lies, and which flags' values it holds. Every key of it is checked, whoever runs. */
import * as Either from "effect/Either"
import { closeSync, openSync, readSync } from "node:fs"
import { isAbsolute, join, resolve } from "node:path"
import * as Commands from "./Commands.ts"
import type { Failure } from "./errors/Failure.ts"
import { usage } from "./errors/Failure.ts"
import type { Flag } from "./Flag.ts"
import type { Configuration, Environment } from "./Settings.ts"
import { keyOf, parsed } from "./Settings.ts"
import * as Flags from "./settings/Flags.ts"
import { fromHome, home } from "./settings/Home.ts"
import { nearest } from "./text/Format.ts"
import * as TextLimits from "./text/TextLimits.ts"

/** The file that is meant, and whether it must be there. */
export interface Place {
  /** Absolute. */
  readonly path: string
  readonly isNamed: boolean
}

/** A file whose syntax is right. */
export interface Document {
  readonly path: string
  readonly table: Readonly<Record<string, unknown>>
}

/** The flags that have a key. */
export const keys: ReadonlyArray<Flag<unknown>> = Commands.settings.filter((flag) => flag !== Flags.config)

/** `named` is what a flag or the environment says; undefined for the default place. */
export const place = (named: string | undefined, environment: Environment): Place =>
  named === undefined
    ? { path: join(baseFolder("XDG_CONFIG_HOME", ".config", environment), "holub", "config.toml"), isNamed: false }
    : { path: resolve(fromHome(named)), isNamed: true }

/** A folder of the XDG Base Directory Specification, by which a relative path counts as none. */
export const baseFolder = (variable: string, underHome: string, environment: Environment): string => {
  const folder = environment[variable] ?? ""
  return isAbsolute(folder) ? folder : join(home(environment), underHome)
}

/** Reads the file; undefined when none is there and none need be. */
export const open = async ({ isNamed, path }: Place): Promise<Either.Either<Document | undefined, Failure>> => {
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(path))
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    const code = "code" in cause ? cause.code : undefined
    if (!isNamed && (code === "ENOENT" || code === "ENOTDIR")) return Either.right(undefined)
    const reason = code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is no UTF-8" : sentenceOf(cause)
    return Either.left(usage(`the configuration file ${path} cannot be read: ${reason}`, "--config FILE names another"))
  }
  // Most machines have no such file: its parser is loaded where there is one.
  const { parse, TomlError } = await import("smol-toml")
  try {
    // Whole numbers are told from others.
    return Either.right({ path, table: parse(text, { integersAsBigInt: true }) })
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const [what = ""] = cause.message.replace(/^Invalid TOML document: /, "").split("\n")
    return Either.left(usage(`${path}, line ${cause.line}, column ${cause.column} is no TOML: ${what}`))
  }
}

/** Without the code before it and the system call behind it. */
const sentenceOf = ({ message }: Error): string => message.replace(/^[A-Z]+: (.*), \w+(?: '.*')?$/s, "$1")

/** No more than a configuration may have: the path may be that of a device that never ends. */
const bytesOf = (path: string): Uint8Array => {
  const bytes = new Uint8Array(TextLimits.configurationBytes + 1)
  const file = openSync(path, "r")
  try {
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null)
    }
    if (length > TextLimits.configurationBytes) {
      throw new RangeError(`it is larger than ${TextLimits.configurationBytes} bytes`)
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(file)
  }
}

/** Holds every key and value against the table of flags. */
export const check = ({ path, table }: Document): Either.Either<Configuration, Failure> =>
  Either.gen(function*() {
    const texts = new Map<string, ReadonlyArray<string>>()
    for (const [key, value] of Object.entries(table)) {
      const flag = keys.find(({ name }) => name === key)
      if (flag === undefined) return yield* Either.left(unknown(key, path))
      texts.set(key, yield* textsOf(flag, value, keyOf(flag, path)))
    }
    return { path, texts }
  })

const unknown = (key: string, path: string): Failure => {
  const near = nearest(key, keys.map(({ name }) => name))
  return usage(
    `${path} has the key "${key}", which there is not`,
    near === undefined ? "`holub config show` lists all of them" : `did you mean ${near}?`
  )
}

const textsOf = (
  flag: Flag<unknown>,
  value: unknown,
  label: string
): Either.Either<ReadonlyArray<string>, Failure> => {
  const values: ReadonlyArray<unknown> = flag.isRepeatable && Array.isArray(value) ? value : [value]
  return Either.all(values.map((one) => {
    const text = textOf(flag, one)
    return text === undefined
      ? Either.left(usage(`${label} ${formOf(flag)}, not ${kindOf(one)}`))
      : Either.map(parsed(flag, text, label), () => text)
  }))
}

/** As it would stand behind a flag; undefined for what has no such form. */
const textOf = ({ placeholder }: Flag<unknown>, value: unknown): string | undefined => {
  if (placeholder === undefined) return typeof value === "boolean" ? String(value) : undefined
  return typeof value === "string" || typeof value === "bigint" ? String(value) : undefined
}

const formOf = ({ isRepeatable, placeholder }: Flag<unknown>): string => {
  if (placeholder === undefined) return "is true or false, without quotes"
  return isRepeatable ? "is a string or a list of strings" : "is a string or a whole number"
}

const kindOf = (value: unknown): string => {
  if (typeof value === "string") return `the string "${value}"`
  if (typeof value === "number") return `the float ${value}`
  if (Array.isArray(value)) return "a list"
  return value instanceof Date ? "a date" : typeof value === "object" ? "a table" : String(value)
}
