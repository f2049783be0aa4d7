/**
 * What a setting is: one row gives the option of @effect/cli with its help, the environment variable, the key of the
 * configuration file, the type, the default, and the wires that use it.
 */
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { fromHome } from "../../node/Folders.ts"
import type { WireName } from "../../protocol/WireName.ts"
import type { Failure } from "../errors/Failure.ts"
import { usage } from "../errors/Failure.ts"
import { toValidation } from "../errors/Validation.ts"
import { harmless, listed, parseDuration, parseSize } from "../text/Format.ts"

/** Parses a value. The error is the rest of a sentence that begins with the setting's name: `must be …`. */
export type Parse<A> = (text: string) => Either.Either<A, string>

type FallbackOn = Readonly<Partial<Record<WireName, string>>>

interface Row<A> {
  /** The flag without its dashes; the key in the configuration file. */
  readonly name: string
  /** The placeholder of the value: a word, or the choices separated by `|`; undefined for a switch. */
  readonly placeholder: string | undefined
  readonly help: string
  /** The default, in the form of a flag's value; undefined if there is none. */
  readonly fallback: string | undefined
  /** The default on a wire that has another one than `fallback`. */
  readonly fallbackOn: FallbackOn
  readonly isRepeatable: boolean
  /** The wires that use the setting; undefined if all do. */
  readonly wires: ReadonlyArray<WireName> | undefined
  /** Whether it has neither an environment variable nor a key in the file: it must be given each time. */
  readonly isFlagOnly?: boolean
  readonly parse: Parse<A>
}

/** A setting. `A` is the type of one value, `Value` the type that a command receives. */
export interface Setting<A, Value = unknown> extends Row<A> {
  /** Reads the flag, else the `ConfigProvider`, else the default. */
  readonly option: Options.Options<Value>
}

/** What a command receives for a setting. */
export type ValueOf<S> = S extends Setting<unknown, infer Value> ? Value : never

interface More {
  readonly wires?: ReadonlyArray<WireName>
  readonly fallbackOn?: FallbackOn
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
 * A setting that may be given several times. @effect/cli trims repeated values and drops empty ones, so its command
 * line has none of them: they come through the `ConfigProvider`, like those of the environment and the file
 * (CommandLine, Sources).
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

/** A setting whose value is one of `choices`; the placeholder lists them. */
export const choice = <A extends string>(
  name: string,
  help: string,
  choices: ReadonlyArray<A>,
  fallback: A,
  more: More = {}
): Setting<A, A> => valued(name, choices.join("|"), help, oneOf(choices), fallback, more)

/** A switch: `--name` and `--no-name`. */
export const toggle = (name: string, help: string, more: More = {}): Setting<boolean, boolean> => {
  const row = { ...rowOf(name, undefined, help, truth, more), fallback: "false" }
  return withOption(row, Options.withFallbackConfig(switchOf(row), Config.withDefault(configOf(row), false)))
}

/** A switch without a default: if it is not given, the program decides. */
export const decided = (name: string, help: string): Setting<boolean, boolean | undefined> => {
  const row = rowOf(name, undefined, help, truth, {})
  return withOption(row, Options.withFallbackConfig(switchOf(row), Config.withDefault(configOf(row), undefined)))
}

/** The same setting without an environment variable and a key in the file. */
export const flagOnly = <A, Value>(setting: Setting<A, Value>): Setting<A, Value> => ({ ...setting, isFlagOnly: true })

/** The same setting for a command that requires it. */
export const required = <A, Value>(setting: Setting<A, Value | undefined>): Setting<A, Value> => ({
  ...setting,
  option: Options.mapEffect(
    setting.option,
    (value) => value === undefined ? Effect.fail(toValidation(missing(setting))) : Effect.succeed(value)
  )
})

/** Parses a value; the error names `label`, the place of the value. */
export const read = <A>({ parse }: Pick<Row<A>, "parse">, text: string, label: string): Either.Either<A, Failure> =>
  Either.mapLeft(parse(text), (must) => usage(`${label} ${must}, not "${harmless(withoutSecret(text))}"`))

/** A private key that was given in the place of a public one is not shown. */
const withoutSecret = (text: string): string => text.replace(/hs1[a-z2-7]{8,}/gi, "hs1…")

/** Whether a wire uses a setting; true if the wire is not known. */
export const isUsedOn = ({ wires }: Pick<Row<unknown>, "wires">, chosen: WireName | undefined): boolean =>
  wires === undefined || chosen === undefined || wires.includes(chosen)

/** The environment variable of a setting: `--fragment-size` is HOLUB_FRAGMENT_SIZE. */
export const variableOf = ({ name }: Pick<Row<unknown>, "name">): string =>
  `HOLUB_${name.toUpperCase().replaceAll("-", "_")}`

const rowOf = <A>(
  name: string,
  placeholder: string | undefined,
  help: string,
  parse: Parse<A>,
  { fallback, fallbackOn = {}, wires }: More & { readonly fallback?: string }
): Row<A> => ({
  name,
  placeholder,
  help: wires === undefined ? help : `${wires.join(", ")}: ${help}`,
  fallback,
  fallbackOn,
  isRepeatable: false,
  wires,
  parse
})

const withOption = <A, Value>(row: Row<A>, option: Options.Options<Value>): Setting<A, Value> => ({
  ...row,
  option: Options.withDescription(
    option,
    row.fallback === undefined || row.placeholder === undefined
      ? row.help
      : `${row.help} (default ${[row.fallback, ...otherFallbacks(row.fallbackOn)].join("; ")})`
  )
})

const otherFallbacks = (fallbackOn: FallbackOn): ReadonlyArray<string> =>
  Object.entries(fallbackOn).map(([wire, text]) => `on ${wire} ${text}`)

/** Not `Options.choice` or `Options.integer`: their errors do not name the option. */
const flagOf = <A>(row: Row<A>): Options.Options<A> =>
  Options.mapEffect(textOf(row), (text) => Either.mapLeft(read(row, text, `--${row.name}`), toValidation))

const textOf = ({ name, placeholder = "" }: Row<unknown>): Options.Options<string> =>
  Options.withPseudoName(Options.text(name), placeholder)

const switchOf = ({ name }: Row<boolean>): Options.Options<boolean> =>
  Options.boolean(name, { negationNames: [`no-${name}`] })

/** The configuration of a setting. Its errors never appear, because Sources has checked environment and file before. */
const configOf = <A>({ name, parse }: Row<A>, text = Config.string(name)): Config.Config<A> =>
  Config.mapOrFail(text, (value) => Either.mapLeft(parse(value), (must) => ConfigError.InvalidData([name], must)))

/** The error of a required setting that has no value in any source. */
export const missing = (row: Pick<Row<unknown>, "name" | "placeholder">): Failure =>
  usage(`--${row.name} ${row.placeholder ?? ""} is required`, `give it, or set ${variableOf(row)}`)

const truth: Parse<boolean> = (text) => {
  if (text === "true" || text === "1") return Either.right(true)
  return text === "false" || text === "0" ? Either.right(false) : Either.left("must be true or false")
}

const oneOf = <A extends string>(choices: ReadonlyArray<A>): Parse<A> => (text) =>
  Either.fromNullable(choices.find((candidate) => candidate === text), () => `must be ${listed(choices, "or")}`)

/** Parses a whole number from `least` to `most`. */
export const integer = (least: number, most: number): Parse<number> => (text) => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most
    ? Either.right(value)
    : Either.left(`must be a whole number from ${least} to ${most}`)
}

/** Accepts any text. */
export const anyText: Parse<string> = (text) => Either.right(text)

/** Accepts any text that is not empty. */
export const nonEmpty: Parse<string> = (text) =>
  text === "" ? Either.left("must be a non-empty text") : Either.right(text)

/** Parses a local path; a leading `~/` becomes the home folder, for values that no shell has expanded. */
export const path: Parse<string> = (text) => Either.map(nonEmpty(text), fromHome)

/** Parses a size; the value is bytes. */
export const bytes: Parse<number> = (text) =>
  Either.fromNullable(parseSize(text), () => "must be a size such as 500k, 10M or 1GiB")

/** Parses a duration within bounds; the value is whole milliseconds. */
export const duration = (leastMillis: number, mostMillis: number): Parse<number> => (text) => {
  const millis = parseDuration(text)
  return millis !== undefined && millis >= leastMillis && millis <= mostMillis
    ? Either.right(Math.round(millis))
    : Either.left(`must be a duration such as 90s or 5m, from ${leastMillis / 1000} to ${mostMillis / 1000} seconds`)
}
