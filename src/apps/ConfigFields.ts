/** The fields of configurations of apps: each reads the text of `key:value` and has a default. */
import * as Schema from "effect/Schema"

/** `true` or `false`. */
export const flag = (fallback: boolean) =>
  Schema.optionalWith(Schema.BooleanFromString.annotations(expecting("true or false")), {
    exact: true,
    default: () => fallback
  })

/** A whole number between two bounds, both included. */
export const wholeNumber = (from: number, to: number, fallback: number) =>
  Schema.optionalWith(
    Schema.NumberFromString.pipe(Schema.int(), Schema.between(from, to)).annotations(
      expecting(`a whole number from ${from} to ${to}`)
    ),
    { exact: true, default: () => fallback }
  )

/** One of some words. */
export const choice = <const Word extends string>(words: ReadonlyArray<Word>, fallback: Word) =>
  Schema.optionalWith(Schema.Literal(...words).annotations(expecting(words.join(" or "))), {
    exact: true,
    default: () => fallback
  })

/** One sentence for a wrong value, instead of one for each step of its reading. */
const expecting = (what: string) => ({
  message: ({ actual }: { readonly actual: unknown }) => ({
    message: `Expected ${what}, actual ${JSON.stringify(actual)}`,
    override: true
  })
})
