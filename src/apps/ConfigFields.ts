/** The fields of configurations of apps: each reads the text of `key:value` and has a default. */
import * as Schema from "effect/Schema"

/** `true` or `false`. */
export const flag = (fallback: boolean) =>
  Schema.optionalWith(Schema.BooleanFromString, { exact: true, default: () => fallback })

/** A whole number between two bounds, both included. */
export const wholeNumber = (from: number, to: number, fallback: number) =>
  Schema.optionalWith(Schema.NumberFromString.pipe(Schema.int(), Schema.between(from, to)), {
    exact: true,
    default: () => fallback
  })

/** One of some words. */
export const choice = <const Word extends string>(words: ReadonlyArray<Word>, fallback: Word) =>
  Schema.optionalWith(Schema.Literal(...words), { exact: true, default: () => fallback })
