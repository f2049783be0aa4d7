/** What a flag is, and how the values of each sort are read. */
import * as Either from "effect/Either"
import { fromHome } from "./settings/Home.ts"
import { listed, parseDuration, parseSize } from "./text/Format.ts"

export interface Flag<A> {
  /** Without the dashes. */
  readonly name: string
  /** What stands for the value in the help; undefined for a switch. */
  readonly placeholder: string | undefined
  readonly help: string
  /** As it would be written; undefined when there is none. */
  readonly fallback: string | undefined
  readonly isRepeatable: boolean
  /** What completion offers: words, or files or directories of this machine. */
  readonly choices: ReadonlyArray<string> | "files" | "directories" | undefined
  /** The value, or what it must be. */
  readonly parse: (text: string) => Either.Either<A, string>
}

type Parse<A> = Flag<A>["parse"]

export const valued = <A>(
  name: string,
  placeholder: string,
  help: string,
  parse: Parse<A>,
  more: Partial<Pick<Flag<A>, "fallback" | "isRepeatable" | "choices">> = {}
): Flag<A> => ({
  name,
  placeholder,
  help,
  parse,
  fallback: undefined,
  isRepeatable: false,
  choices: undefined,
  ...more
})

export const toggle = (name: string, help: string): Flag<boolean> => ({
  name,
  placeholder: undefined,
  help,
  fallback: "false",
  isRepeatable: false,
  choices: undefined,
  parse: (text) => {
    if (text === "true" || text === "1") return Either.right(true)
    return text === "false" || text === "0" ? Either.right(false) : Either.left("is true or false")
  }
})

/** One of a few words; the same words are what completion offers. */
export const choice = <A extends string>(
  name: string,
  placeholder: string,
  help: string,
  choices: ReadonlyArray<A>,
  fallback?: A
): Flag<A> =>
  valued(name, placeholder, help, (text) => {
    const chosen = choices.find((candidate) => candidate === text)
    return chosen === undefined ? Either.left(`is ${listed(choices, "or")}`) : Either.right(chosen)
  }, { choices, fallback })

export const integer = (least: number, most: number): Parse<number> => (text) => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most
    ? Either.right(value)
    : Either.left(`is a whole number from ${least} to ${most}`)
}

export const anyText: Parse<string> = (text) => Either.right(text)

export const nonEmpty: Parse<string> = (text) => text === "" ? Either.left("is not empty") : Either.right(text)

/** Of this machine; `~/` is the home where no shell has seen it. */
export const path: Parse<string> = (text) => Either.map(nonEmpty(text), fromHome)

/** Bytes. */
export const bytes: Parse<number> = (text) => {
  const value = parseSize(text)
  return value === undefined ? Either.left("is a size such as 500k, 10M or 1GiB") : Either.right(value)
}

/** Milliseconds within bounds. */
export const duration = (leastMillis: number, mostMillis: number): Parse<number> => (text) => {
  const millis = parseDuration(text)
  return millis !== undefined && millis >= leastMillis && millis <= mostMillis
    ? Either.right(millis)
    : Either.left(`is a duration such as 90s or 5m, from ${leastMillis / 1000} to ${mostMillis / 1000} seconds`)
}

/** The environment variable of a flag: `--fragment-size` is HOLUB_FRAGMENT_SIZE. */
export const variableOf = (flag: Pick<Flag<unknown>, "name">): string =>
  `HOLUB_${flag.name.toUpperCase().replaceAll("-", "_")}`
