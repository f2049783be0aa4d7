/** Durations in the configuration of apps: `60` (seconds), `60s`, `500ms`, `5m`, `1h`. */
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { millisOf } from "../protocol/DurationText.ts"

/** A duration from its text, in milliseconds, between two bounds in milliseconds, which are included. */
export const between = (leastMillis: number, mostMillis: number): Schema.Schema<number, string> =>
  Schema.transformOrFail(Schema.String, Schema.Number, {
    strict: true,
    decode: (text, _, ast) => {
      const millis = millisOf(text)
      if (millis !== undefined && millis >= leastMillis && millis <= mostMillis) return ParseResult.succeed(millis)
      const message = `expected a duration from ${textOf(leastMillis)} to ${textOf(mostMillis)}, such as 90s or 5m`
      return ParseResult.fail(new ParseResult.Type(ast, text, message))
    },
    encode: (millis) => ParseResult.succeed(textOf(millis))
  })

const textOf = (millis: number): string =>
  millis % 3_600_000 === 0 ? `${millis / 3_600_000}h` : millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`
