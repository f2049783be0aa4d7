/**
 * A flag's value: as given, else from the environment, else from the configuration file, else its default. A malformed
 * one is an error at every level.
 */
import * as Either from "effect/Either"
import type { Given } from "./Argv.ts"
import * as Commands from "./Commands.ts"
import type { Failure } from "./errors/Failure.ts"
import { usage } from "./errors/Failure.ts"
import type { Flag } from "./Flag.ts"
import { variableOf } from "./Flag.ts"
import { harmless, nearest } from "./text/Format.ts"

export type Environment = Readonly<Record<string, string | undefined>>

/** What a configuration file says, and its absolute path. */
export interface Configuration {
  readonly path: string
  /** By name of flag, as it would be written there; several for what is repeatable. */
  readonly texts: ReadonlyMap<string, ReadonlyArray<string>>
}

/** Where values come from, the first before the next. */
export interface Sources {
  readonly given: ReadonlyArray<Given>
  readonly environment: Environment
  /** Undefined when there is none. */
  readonly configuration: Configuration | undefined
}

/** What is written somewhere, and where. */
export interface Written {
  readonly texts: ReadonlyArray<string>
  readonly origin: string
  /** As an error names it. */
  readonly label: string
}

/** Reads flags one by one. */
export interface Read {
  <A>(flag: Flag<A>): Either.Either<A | undefined, Failure>
  /** All the values of a repeatable one. */
  readonly all: <A>(flag: Flag<A>) => Either.Either<ReadonlyArray<A>, Failure>
}

export const reader = (
  given: ReadonlyArray<Given>,
  environment: Environment,
  configuration: Configuration | undefined = undefined
): Read => {
  const all = <A>(flag: Flag<A>): Either.Either<ReadonlyArray<A>, Failure> => {
    const { label, texts } = written(flag, { given, environment, configuration })
    const variable = variableOf(flag)
    const fromEnvironment = environment[variable]
    // The file has been checked whole; what a flag hides in the environment has not.
    const hidden: Either.Either<unknown, Failure> = fromEnvironment === undefined
      ? Either.void
      : parsed(flag, fromEnvironment, variable)
    return Either.flatMap(
      Either.all(texts.map((text) => parsed(flag, text, label))),
      (values) => Either.map(hidden, () => values)
    )
  }
  return Object.assign(<A>(flag: Flag<A>) => Either.map(all(flag), ([first]) => first), { all })
}

/** What a flag's value is made of. */
export const written = (flag: Flag<unknown>, { configuration, environment, given }: Sources): Written => {
  const fromFlags = given.flatMap((item) => item.kind === "flag" && item.flag === flag ? [item.text] : [])
  if (fromFlags.length > 0) return { texts: fromFlags, origin: "flag", label: `--${flag.name}` }
  const variable = variableOf(flag)
  const fromEnvironment = environment[variable]
  if (fromEnvironment !== undefined) {
    return { texts: [fromEnvironment], origin: `the environment (${variable})`, label: variable }
  }
  const fromFile = configuration?.texts.get(flag.name)
  if (configuration !== undefined && fromFile !== undefined) {
    return { texts: fromFile, origin: configuration.path, label: keyOf(flag, configuration.path) }
  }
  return {
    texts: flag.fallback === undefined ? [] : [flag.fallback],
    origin: "default",
    label: `the default of --${flag.name}`
  }
}

/** What is to be said of variables that are none of ours and were probably meant to be. */
export const misspelt = (environment: Environment): ReadonlyArray<string> => {
  const names = Commands.settings.map((flag) => variableOf(flag).replace(prefix, ""))
  return Object.keys(environment).flatMap((variable) => {
    const word = variable.replace(prefix, "")
    const near = word === variable || names.includes(word) ? undefined : nearest(word, names)
    return near === undefined
      ? []
      : [`the environment has ${variable}, which is nothing here; was HOLUB_${near} meant?`]
  })
}

const prefix = /^HOLUB_/

/** How an error names a key of a configuration file. */
export const keyOf = ({ name }: Pick<Flag<unknown>, "name">, path: string): string => `${name} in ${path}`

/** The value of a flag that has a default. */
export const withDefault = <A>(read: Read, flag: Flag<A>): Either.Either<A, Failure> =>
  Either.flatMap(read(flag), (value) => value === undefined ? Either.left(missing(flag)) : Either.right(value))

const missing = (flag: Flag<unknown>): Failure =>
  usage(`--${flag.name} ${flag.placeholder ?? ""} is needed`, `give it, or set ${variableOf(flag)}`)

/** A value as it is written at the place that `label` names. */
export const parsed = <A>(flag: Flag<A>, text: string, label: string): Either.Either<A, Failure> =>
  Either.mapLeft(flag.parse(text), (must) => usage(`${label} ${must}, not "${harmless(text)}"`))
