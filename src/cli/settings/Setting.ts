/**
 * What a setting is: one row gives the option of @effect/cli with its help, the environment variable, the key of the
 * configuration file, the type, the default, and the wires that use it.
 */
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Failure } from "../errors/Failure.ts"
import { usage } from "../errors/Failure.ts"
import { toValidation } from "../errors/Validation.ts"
import { harmless, listed, parseDuration, parseSize } from "../text/Format.ts"
import { fromHome } from "./Folders.ts"

export type WireName = "classic" | "flock"

/** Reads a value; the error says what the value must be, as words that follow the setting's name. */
export type Parse<A> = (text: string) => Either.Either<A, string>

interface Row<A> {
  /** The flag without its dashes; the key in the configuration file. */
  readonly name: string
  /** Stands for the value in the help: a word, or the choices with `|` between them; undefined for a switch. */
  readonly placeholder: string | undefined
  readonly help: string
  /** The default as it would be written; undefined without one. */
  readonly fallback: string | undefined
  readonly isRepeatable: boolean
  /** The only wire that uses the setting; undefined when all do. */
  readonly wire: WireName | undefined
  readonly parse: Parse<A>
}

/** `A` is one value, `Value` is what a command receives. */
export interface Setting<A, Value = unknown> extends Row<A> {
  /** Reads the flag, else the `ConfigProvider`, else the default. */
  readonly option: Options.Options<Value>
}

/** What a command receives for a setting. */
export type ValueOf<S> = S extends Setting<unknown, infer Value> ? Value : never

interface More {
  readonly wire?: WireName
}

/** A setting with a default. */
export const valued = <A>(
  name: string,
  placeholder: string,
  help: string,
  parse: Parse<A>,
  fallback: string,
  more: More = {}
): Setting<A, A> => {
  const row = rowOf(name, placeholder, help, parse, { ...more, fallback })
  const value = Either.getOrThrowWith(parse(fallback), (must) => new Error(`the default of ${name} ${must}`))
  return withOption(row, Options.withFallbackConfig(flagOf(row), Config.withDefault(configOf(row), value)))
}

/** A setting without a default. */
export const optional = <A>(
  name: string,
  placeholder: string,
  help: string,
  parse: Parse<A>,
  more: More = {}
): Setting<A, A | undefined> => {
  const row = rowOf(name, placeholder, help, parse, more)
  return withOption(row, Options.withFallbackConfig(flagOf(row), Config.withDefault(configOf(row), undefined)))
}

/**
 * A setting that may be given several times. @effect/cli trims repeated values and drops empty ones, so they never stand in its
 * command line: they come through the `ConfigProvider`, as those of the environment and the file do (CommandLine, Sources).
 */
export const repeatable = <A>(
  name: string,
  placeholder: string,
  help: string,
  parse: Parse<A>
): Setting<A, ReadonlyArray<A>> => {
  const row = { ...rowOf(name, placeholder, help, parse, {}), isRepeatable: true }
  const config = Config.withDefault(Config.array(configOf(row, Config.string()), name), [])
  const values = Effect.orDie(Effect.suspend(() => config))
  return withOption(row, Options.mapEffect(Options.repeated(textOf(row)), () => values))
}

/** One of a few words; the placeholder lists them. */
export const choice = <A extends string>(
  name: string,
  help: string,
  choices: ReadonlyArray<A>,
  fallback: A,
  more: More = {}
): Setting<A, A> => valued(name, choices.join("|"), help, oneOf(choices), fallback, more)

/** A switch: `--name` and `--no-name`. */
export const toggle = (name: string, help: string): Setting<boolean, boolean> => {
  const row = { ...rowOf(name, undefined, help, truth, {}), fallback: "false" }
  return withOption(row, Options.withFallbackConfig(switchOf(row), Config.withDefault(configOf(row), false)))
}

/** A switch without a default: the program decides when it is not given. */
export const decided = (name: string, help: string): Setting<boolean, boolean | undefined> => {
  const row = rowOf(name, undefined, help, truth, {})
  return withOption(row, Options.withFallbackConfig(switchOf(row), Config.withDefault(configOf(row), undefined)))
}

/** The same setting for a command that cannot do without it. */
export const required = <A, Value>(setting: Setting<A, Value | undefined>): Setting<A, Value> => ({
  ...setting,
  option: Options.mapEffect(
    setting.option,
    (value) => value === undefined ? Effect.fail(toValidation(missing(setting))) : Effect.succeed(value)
  )
})

/** Reads a value; the error names `label`, the place where the value is written. */
export const read = <A>({ parse }: Pick<Row<A>, "parse">, text: string, label: string): Either.Either<A, Failure> =>
  Either.mapLeft(parse(text), (must) => usage(`${label} ${must}, not "${harmless(text)}"`))

/** Whether a wire uses a setting; any does when the wire is not known. */
export const isUsedOn = ({ wire }: Pick<Row<unknown>, "wire">, chosen: WireName | undefined): boolean =>
  wire === undefined || chosen === undefined || wire === chosen

/** The environment variable of a setting: `--fragment-size` is HOLUB_FRAGMENT_SIZE. */
export const variableOf = ({ name }: Pick<Row<unknown>, "name">): string =>
  `HOLUB_${name.toUpperCase().replaceAll("-", "_")}`

const rowOf = <A>(
  name: string,
  placeholder: string | undefined,
  help: string,
  parse: Parse<A>,
  { fallback, wire }: More & { readonly fallback?: string }
): Row<A> => ({
  name,
  placeholder,
  help: wire === undefined ? help : `${wire}: ${help}`,
  fallback,
  isRepeatable: false,
  wire,
  parse
})

const withOption = <A, Value>(row: Row<A>, option: Options.Options<Value>): Setting<A, Value> => ({
  ...row,
  option: Options.withDescription(
    option,
    row.fallback === undefined || row.placeholder === undefined ? row.help : `${row.help} (default ${row.fallback})`
  )
})

/** Not `Options.choice` or `Options.integer`: their errors do not name the option. */
const flagOf = <A>(row: Row<A>): Options.Options<A> =>
  Options.mapEffect(textOf(row), (text) => Either.mapLeft(read(row, text, `--${row.name}`), toValidation))

const textOf = ({ name, placeholder = "" }: Row<unknown>): Options.Options<string> =>
  Options.withPseudoName(Options.text(name), placeholder)

const switchOf = ({ name }: Row<boolean>): Options.Options<boolean> =>
  Options.boolean(name, { negationNames: [`no-${name}`] })

/** Sources has checked environment and file before: an error here is never seen. */
const configOf = <A>({ name, parse }: Row<A>, text = Config.string(name)): Config.Config<A> =>
  Config.mapOrFail(text, (value) => Either.mapLeft(parse(value), (must) => ConfigError.InvalidData([name], must)))

/** A command got no value from anywhere, and cannot do without it. */
export const missing = (row: Pick<Row<unknown>, "name" | "placeholder">): Failure =>
  usage(`--${row.name} ${row.placeholder ?? ""} is needed`, `give it, or set ${variableOf(row)}`)

const truth: Parse<boolean> = (text) => {
  if (text === "true" || text === "1") return Either.right(true)
  return text === "false" || text === "0" ? Either.right(false) : Either.left("is true or false")
}

const oneOf = <A extends string>(choices: ReadonlyArray<A>): Parse<A> => (text) =>
  Either.fromNullable(choices.find((candidate) => candidate === text), () => `is ${listed(choices, "or")}`)

export const integer = (least: number, most: number): Parse<number> => (text) => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most
    ? Either.right(value)
    : Either.left(`is a whole number from ${least} to ${most}`)
}

export const anyText: Parse<string> = (text) => Either.right(text)

export const nonEmpty: Parse<string> = (text) => text === "" ? Either.left("is not empty") : Either.right(text)

/** A path of this machine; `~/` is the home folder also where no shell has replaced it. */
export const path: Parse<string> = (text) => Either.map(nonEmpty(text), fromHome)

/** Bytes. */
export const bytes: Parse<number> = (text) =>
  Either.fromNullable(parseSize(text), () => "is a size such as 500k, 10M or 1GiB")

/** Milliseconds within bounds. */
export const duration = (leastMillis: number, mostMillis: number): Parse<number> => (text) => {
  const millis = parseDuration(text)
  return millis !== undefined && millis >= leastMillis && millis <= mostMillis
    ? Either.right(millis)
    : Either.left(`is a duration such as 90s or 5m, from ${leastMillis / 1000} to ${mostMillis / 1000} seconds`)
}
