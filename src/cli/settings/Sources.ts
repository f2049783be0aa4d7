/**
 * The sources of settings, in order of precedence: flag, environment, configuration file, default. A malformed value in
 * any of them is an error, even if another source takes precedence.
 */
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as PathPatch from "effect/ConfigProviderPathPatch"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashSet from "effect/HashSet"
import type { Environment } from "../../node/Folders.ts"
import { nearest } from "../../protocol/NearestName.ts"
import type { WireName } from "../../protocol/WireName.ts"
import type { Failure } from "../errors/Failure.ts"
import { usage } from "../errors/Failure.ts"
import type { Setting } from "./Setting.ts"
import { isUsedOn, read, variableOf } from "./Setting.ts"
import { settings } from "./Settings.ts"

/** A flag of the command line. */
export interface GivenFlag {
  readonly _tag: "Flag"
  /** Without dashes and `no-`. */
  readonly name: string
  /** The value; of a switch `true` or `false`. */
  readonly text: string
  /** The flag with its value as one argument: `--to=h` or `--no-json`. */
  readonly argument: string
}

/** An argument that is not a flag. */
export interface GivenOperand {
  readonly _tag: "Operand"
  readonly text: string
}

export type Given = GivenFlag | GivenOperand

/** The values in a configuration file. */
export interface Configuration {
  /** Absolute. */
  readonly path: string
  /** By the setting's name, in the form of a flag's value; a repeatable setting may have several. */
  readonly texts: ReadonlyMap<string, ReadonlyArray<string>>
}

export interface Sources {
  readonly given: ReadonlyArray<Given>
  readonly environment: Environment
  /** Undefined without a file. */
  readonly configuration: Configuration | undefined
}

/** The text of a setting's value, and its source. */
export interface Written {
  /** Empty if no source has a value and there is no default. */
  readonly texts: ReadonlyArray<string>
  readonly origin: string
  /** The name of the place in an error message. */
  readonly label: string
}

type AnySetting = Setting<unknown>
const all: ReadonlyArray<AnySetting> = Object.values(settings)

/** The value of a setting by precedence of the sources. */
export const written = (setting: AnySetting, sources: Sources): Written => {
  const { configuration, environment, given } = sources
  const { name } = setting
  const flags = textsIn(given, name)
  if (flags.length > 0) return { texts: flags, origin: "flag", label: `--${name}` }
  const variable = variableOf(setting)
  const value = setting.isFlagOnly ? undefined : environment[variable]
  if (value !== undefined) return { texts: [value], origin: `the environment (${variable})`, label: variable }
  const texts = configuration?.texts.get(name)
  if (configuration !== undefined && texts !== undefined) {
    return { texts, origin: configuration.path, label: keyOf(setting, configuration.path) }
  }
  const fallback = fallbackOf(setting, sources)
  return { texts: fallback === undefined ? [] : [fallback], origin: "default", label: `the default of --${name}` }
}

/** The default of a setting, which the chosen wire may determine. The wire's own default does not depend on it. */
const fallbackOf = ({ fallback, fallbackOn }: AnySetting, sources: Sources): string | undefined => {
  if (Object.keys(fallbackOn).length === 0) return fallback
  const { wire } = wireOf(sources)
  return (wire === undefined ? undefined : fallbackOn[wire]) ?? fallback
}

/** The name of a key in a configuration file, for error messages. */
export const keyOf = ({ name }: Pick<AnySetting, "name">, path: string): string => `${name} in ${path}`

/**
 * The values by precedence, as a ConfigProvider. @effect/cli reads the flags itself, except the repeatable ones.
 * `ConfigProvider.fromMap` and `fromEnv` are not used: they split values at commas and lose the rest of
 * `loss=5%,delay=20ms`.
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
 * Fails if a variable or a flag is malformed, or if a flag does not belong to the chosen wire, unless the command uses
 * none. ConfigFile has checked the file before.
 */
export const check = (sources: Sources, usesWire = true): Either.Either<void, Failure> =>
  Either.gen(function*() {
    for (const setting of all) {
      if (setting.isFlagOnly) continue
      const value = sources.environment[variableOf(setting)]
      if (value !== undefined) yield* read(setting, value, variableOf(setting))
    }
    const { origin, wire } = wireOf(sources)
    for (const setting of all) {
      const texts = textsIn(sources.given, setting.name)
      for (const text of texts) yield* read(setting, text, `--${setting.name}`)
      if (!usesWire || isUsedOn(setting, wire) || texts.length === 0) continue
      const place = origin === "flag" ? "" : ` (${origin})`
      return yield* Either.left(usage(
        `--${setting.name} belongs to ${wiresOf(setting)}, and the wire is ${wire}${place}`,
        `give --wire ${(setting.wires ?? []).join(" or ")} on both sides, or leave it out`
      ))
    }
  })

const wiresOf = ({ wires = [] }: Pick<(typeof all)[number], "wires">): string =>
  wires.length === 1 ? `the wire ${wires.join("")}` : `the wires ${wires.join(" and ")}`

/** The chosen wire; undefined if its value is malformed. */
const wireOf = (sources: Sources): { readonly wire: WireName | undefined; readonly origin: string } => {
  const { origin, texts } = written(settings.wire, sources)
  return { origin, wire: Either.getOrUndefined(settings.wire.parse(texts[0] ?? "")) }
}

/** Warnings about variables of settings that have none, and about unknown ones that resemble the variable of a setting. */
export const misspelt = (environment: Environment): ReadonlyArray<string> => {
  const names = all.flatMap((setting) => setting.isFlagOnly ? [] : [variableOf(setting).replace(prefix, "")])
  return Object.keys(environment).flatMap((variable) => {
    const alone = all.find((setting) => setting.isFlagOnly && variableOf(setting) === variable)
    if (alone !== undefined) return [`${variable} has no effect: --${alone.name} can be given as a flag only`]
    const word = variable.replace(prefix, "")
    const near = word === variable || names.includes(word) ? undefined : nearest(word, names)
    return near === undefined
      ? []
      : [`unknown environment variable ${variable}; did you mean HOLUB_${near}?`]
  })
}

const prefix = /^HOLUB_/
