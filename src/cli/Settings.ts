/** A flag's value: as given, else from the environment, else its default. A malformed one is an error at every level. */
import * as Either from "effect/Either"
import type { Given } from "./Argv.ts"
import type { Failure } from "./Failure.ts"
import { usage } from "./Failure.ts"
import type { Flag } from "./Flag.ts"
import { variableOf } from "./Flag.ts"
import { harmless } from "./Words.ts"

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads flags one by one. */
export type Read = <A>(flag: Flag<A>) => Either.Either<A | undefined, Failure>

export const reader = (given: ReadonlyArray<Given>, environment: Environment): Read => (flag) => {
  const written = given.find((item) => item.kind === "flag" && item.flag === flag)
  if (written !== undefined) return parsed(flag, written.text, `--${flag.name}`)
  const variable = variableOf(flag)
  const fromEnvironment = environment[variable]
  if (fromEnvironment !== undefined) return parsed(flag, fromEnvironment, variable)
  return flag.fallback === undefined
    ? Either.right(undefined)
    : parsed(flag, flag.fallback, `the default of --${flag.name}`)
}

/** The value of a flag that has a default. */
export const withDefault = <A>(read: Read, flag: Flag<A>): Either.Either<A, Failure> =>
  Either.flatMap(read(flag), (value) => value === undefined ? Either.left(missing(flag)) : Either.right(value))

const missing = (flag: Flag<unknown>): Failure =>
  usage(`--${flag.name} ${flag.placeholder ?? ""} is needed`, `give it, or set ${variableOf(flag)}`)

const parsed = <A>(flag: Flag<A>, text: string, origin: string): Either.Either<A, Failure> =>
  Either.mapLeft(flag.parse(text), (must) => usage(`${origin} ${must}, not "${harmless(text)}"`))
