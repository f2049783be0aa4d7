/**
 * Where the values of settings come from: the flag, else the environment, else the configuration file, else the default. A
 * malformed value is an error in each of them, also where another one takes precedence.
 */
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as PathPatch from "effect/ConfigProviderPathPatch"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashSet from "effect/HashSet"
import type { Failure } from "../errors/Failure.ts"
import { usage } from "../errors/Failure.ts"
import { nearest } from "../text/Format.ts"
import type { Environment } from "./Folders.ts"
import type { Setting, WireName } from "./Setting.ts"
import { isUsedOn, read, variableOf } from "./Setting.ts"
import { settings } from "./Settings.ts"

/** A flag of the command line. */
export interface GivenFlag {
  readonly _tag: "Flag"
  /** Without dashes and `no-`. */
  readonly name: string
  /** The value; of a switch `true` or `false`. */
  readonly text: string
  /** The same as one argument: `--to=h` or `--no-json`. */
  readonly argument: string
}

/** An argument that is no flag. */
export interface GivenOperand {
  readonly _tag: "Operand"
  readonly text: string
}

export type Given = GivenFlag | GivenOperand

/** The values in a configuration file. */
export interface Configuration {
  /** Absolute. */
  readonly path: string
  /** By the name of the setting, as they would be written behind the flag; several for a repeatable one. */
  readonly texts: ReadonlyMap<string, ReadonlyArray<string>>
}

export interface Sources {
  readonly given: ReadonlyArray<Given>
  readonly environment: Environment
  /** Undefined without a file. */
  readonly configuration: Configuration | undefined
}

/** The value of a setting as it is written, and where. */
export interface Written {
  /** Empty when it is written nowhere and has no default. */
  readonly texts: ReadonlyArray<string>
  readonly origin: string
  /** The place as an error names it. */
  readonly label: string
}

type AnySetting = Setting<unknown>
const all: ReadonlyArray<AnySetting> = Object.values(settings)

/** The value that counts. */
export const written = (setting: AnySetting, { configuration, environment, given }: Sources): Written => {
  const { fallback, name } = setting
  const flags = textsIn(given, name)
  if (flags.length > 0) return { texts: flags, origin: "flag", label: `--${name}` }
  const variable = variableOf(setting)
  const value = environment[variable]
  if (value !== undefined) return { texts: [value], origin: `the environment (${variable})`, label: variable }
  const texts = configuration?.texts.get(name)
  if (configuration !== undefined && texts !== undefined) {
    return { texts, origin: configuration.path, label: keyOf(setting, configuration.path) }
  }
  return { texts: fallback === undefined ? [] : [fallback], origin: "default", label: `the default of --${name}` }
}

/** The key of a setting in a configuration file, as an error names it. */
export const keyOf = ({ name }: Pick<AnySetting, "name">, path: string): string => `${name} in ${path}`

/**
 * The values that count, as a provider of configuration. @effect/cli reads the flags itself, except the repeatable ones. Not
 * `ConfigProvider.fromMap` or `fromEnv`: they split values at commas and lose the rest of `loss=5%,delay=20ms`.
 */
export const provider = (sources: Sources): ConfigProvider.ConfigProvider =>
  ConfigProvider.fromFlat(ConfigProvider.makeFlat({
    load: (path, primitive) => {
      const setting = byName.get(path.at(-1) ?? "")
      const { texts } = setting === undefined ? { texts: [] } : written(setting, sources)
      return texts.length === 0
        ? Effect.fail(ConfigError.MissingData([...path], "it is not given"))
        : Effect.forEach(texts, (text) => primitive.parse(text))
    },
    enumerateChildren: () => Effect.succeed(HashSet.empty()),
    patch: PathPatch.empty
  }))

const byName = new Map(all.map((setting) => [setting.name, setting]))

const textsIn = (given: ReadonlyArray<Given>, name: string): ReadonlyArray<string> =>
  given.flatMap((item) => item._tag === "Flag" && item.name === name ? [item.text] : [])

/**
 * Fails if a variable or a flag is malformed, or if a flag is for another wire than the chosen one. The file has been checked before
 * (ConfigFile).
 */
export const check = (sources: Sources): Either.Either<void, Failure> =>
  Either.gen(function*() {
    for (const setting of all) {
      const value = sources.environment[variableOf(setting)]
      if (value !== undefined) yield* read(setting, value, variableOf(setting))
    }
    const { origin, wire } = wireOf(sources)
    for (const setting of all) {
      const texts = textsIn(sources.given, setting.name)
      for (const text of texts) yield* read(setting, text, `--${setting.name}`)
      if (isUsedOn(setting, wire) || texts.length === 0) continue
      const place = origin === "flag" ? "" : ` (${origin})`
      return yield* Either.left(usage(
        `--${setting.name} belongs to the wire ${setting.wire}, and the wire is ${wire}${place}`,
        `leave it out, or choose --wire ${setting.wire}`
      ))
    }
  })

/** The wire that is chosen, undefined when that is malformed. */
const wireOf = (sources: Sources): { readonly wire: WireName | undefined; readonly origin: string } => {
  const { origin, texts } = written(settings.wire, sources)
  return { origin, wire: Either.getOrUndefined(settings.wire.parse(texts[0] ?? "")) }
}

/** Warnings about variables that no setting has and that resemble those of one. */
export const misspelt = (environment: Environment): ReadonlyArray<string> => {
  const names = all.map((setting) => variableOf(setting).replace(prefix, ""))
  return Object.keys(environment).flatMap((variable) => {
    const word = variable.replace(prefix, "")
    const near = word === variable || names.includes(word) ? undefined : nearest(word, names)
    return near === undefined
      ? []
      : [`unknown environment variable ${variable}; did you mean HOLUB_${near}?`]
  })
}

const prefix = /^HOLUB_/
