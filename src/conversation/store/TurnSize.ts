/**
 * The size of a turn, and what no store can keep: every store refuses the same values, before anything is written. SQLite ends a text at
 * U+0000, Postgres refuses it, and neither has lone surrogates; in JSON they are escaped.
 */
import * as Limits from "./StoreLimits.ts"
import type { Turn } from "./StoreWrites.ts"

/** The size of a turn in bytes, roughly; or the reason why it cannot be stored, as a sentence without a full stop. */
export const of = (turn: Turn): number | string => {
  let bytes = 0
  /** The first problem in a value; `isJson` for one that is stored as JSON. */
  const problemOf = (value: unknown, isJson: boolean): string | undefined => {
    bytes += bytesOfValue
    if (typeof value === "string") bytes += bytesOfUnit * value.length
    if (bytes > Limits.turnBytes) return `the writes of a turn are larger than ${Limits.turnBytes} bytes`
    if (typeof value === "string") {
      return !isJson && unstorable.test(value) ? "a text has U+0000, or half of a surrogate pair" : undefined
    }
    if (typeof value === "number") {
      return Number.isSafeInteger(value) ? undefined : `${value} is not a whole number of at most 53 bits`
    }
    if (typeof value !== "object" || value === null) return undefined
    for (const [key, part] of entriesOf(value)) {
      const problem = problemOf(key, isJson) ?? problemOf(part, isJson || jsonFields.has(key))
      if (problem !== undefined) return problem
    }
    return undefined
  }
  return problemOf(turn, false) ?? bytes
}

const entriesOf = (value: object): Iterable<readonly [unknown, unknown]> =>
  value instanceof Map || Array.isArray(value) ? value.entries() : Object.entries(value)

/** The fields of rows that are stored as JSON. */
const jsonFields: ReadonlySet<unknown> = new Set(["body", "config", "options", "vector"])

/** What a value costs beside its text. */
const bytesOfValue = 16

/** Bytes of UTF-8 for a unit of UTF-16, at most. */
const bytesOfUnit = 3

const unstorable = /[\0\p{Surrogate}]/u
