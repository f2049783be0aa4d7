/** The configuration file: its place, and its values of settings. Every key is checked, independent of the command. */
import * as Either from "effect/Either"
import { closeSync, openSync, readSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Environment } from "../../node/Folders.ts"
import { baseFolder, fromHome } from "../../node/Folders.ts"
import { nearest } from "../../protocol/NearestName.ts"
import type { Failure } from "../errors/Failure.ts"
import { usage } from "../errors/Failure.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { Setting } from "./Setting.ts"
import { read } from "./Setting.ts"
import { settings } from "./Settings.ts"
import type { Configuration } from "./Sources.ts"
import { keyOf } from "./Sources.ts"

/** The path of the file, and whether the file must exist. */
export interface Place {
  /** Absolute. */
  readonly path: string
  readonly isNamed: boolean
}

/** A file with valid syntax. */
export interface Document {
  readonly path: string
  readonly table: Readonly<Record<string, unknown>>
}

/** The settings that have a key: a file does not name another file. */
const keys: ReadonlyArray<Setting<unknown>> = Object.values(settings).filter((row) =>
  row !== settings.config && !row.isFlagOnly
)

/** `named` is the value of the flag or the environment variable; undefined for the default place. */
export const place = (named: string | undefined, environment: Environment): Place =>
  named === undefined
    ? { path: join(baseFolder("XDG_CONFIG_HOME", ".config", environment), "holub", "config.toml"), isNamed: false }
    : { path: resolve(fromHome(named)), isNamed: true }

/** Reads the file; undefined when none exists and none must. */
export const open = async ({ isNamed, path }: Place): Promise<Either.Either<Document | undefined, Failure>> => {
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(path))
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    const code = "code" in cause ? cause.code : undefined
    if (!isNamed && (code === "ENOENT" || code === "ENOTDIR")) return Either.right(undefined)
    const reason = code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not valid UTF-8" : sentenceOf(cause)
    return Either.left(
      usage(`the configuration file ${path} cannot be read: ${reason}`, "choose another file with --config FILE")
    )
  }
  // Most machines have no such file: the parser is loaded only for one.
  const { parse, TomlError } = await import("smol-toml")
  try {
    // Distinguishes whole numbers from floats.
    return Either.right({ path, table: parse(text, { integersAsBigInt: true }) })
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const [what = ""] = cause.message.replace(/^Invalid TOML document: /, "").split("\n")
    return Either.left(usage(`${path}, line ${cause.line}, column ${cause.column} is not valid TOML: ${what}`))
  }
}

/** The message without the error code before it and the system call behind it. */
const sentenceOf = ({ message }: Error): string => message.replace(/^[A-Z]+: (.*), \w+(?: '.*')?$/s, "$1")

/** At most the size of a configuration file: the path may name a device that never ends. */
const bytesOf = (path: string): Uint8Array => {
  const bytes = new Uint8Array(TextLimits.configurationBytes + 1)
  const file = openSync(path, "r")
  try {
    let length = 0
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(file, bytes, length, bytes.length - length, null)
    }
    if (length > TextLimits.configurationBytes) {
      throw new RangeError(`it is larger than ${TextLimits.configurationBytes} bytes`)
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(file)
  }
}

/** Checks every key and value against the table of settings. */
export const check = ({ path, table }: Document): Either.Either<Configuration, Failure> =>
  Either.gen(function*() {
    const texts = new Map<string, ReadonlyArray<string>>()
    for (const [key, value] of Object.entries(table)) {
      const setting = keys.find(({ name }) => name === key)
      if (setting === undefined) return yield* Either.left(unknown(key, path))
      texts.set(key, yield* textsOf(setting, value, keyOf(setting, path)))
    }
    return { path, texts }
  })

const unknown = (key: string, path: string): Failure => {
  const near = nearest(key, keys.map(({ name }) => name))
  return usage(
    `unknown key "${key}" in ${path}`,
    near === undefined ? "`holub config show` lists all of them" : `did you mean ${near}?`
  )
}

const textsOf = (
  setting: Setting<unknown>,
  value: unknown,
  label: string
): Either.Either<ReadonlyArray<string>, Failure> => {
  const values: ReadonlyArray<unknown> = setting.isRepeatable && Array.isArray(value) ? value : [value]
  return Either.all(values.map((one) => {
    const text = textOf(setting, one)
    return text === undefined
      ? Either.left(usage(`${label} ${formOf(setting)}, not ${kindOf(one)}`))
      : Either.map(read(setting, text, label), () => text)
  }))
}

/** The value as it would be written behind the flag; undefined when it has no such form. */
const textOf = ({ placeholder }: Setting<unknown>, value: unknown): string | undefined => {
  if (placeholder === undefined) return typeof value === "boolean" ? String(value) : undefined
  return typeof value === "string" || typeof value === "bigint" ? String(value) : undefined
}

const formOf = ({ isRepeatable, placeholder }: Setting<unknown>): string => {
  if (placeholder === undefined) return "must be true or false, without quotes"
  return isRepeatable ? "must be a string or a list of strings" : "must be a string or a whole number"
}

const kindOf = (value: unknown): string => {
  if (typeof value === "string") return `the string "${value}"`
  if (typeof value === "number") return `the float ${value}`
  if (Array.isArray(value)) return "a list"
  return value instanceof Date ? "a date" : typeof value === "object" ? "a table" : String(value)
}
