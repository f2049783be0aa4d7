/** The lines of `--json` and of the log file, each checked against the Schemas of src/telemetry/Events.ts. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Events from "../../src/telemetry/Events.ts"

/** A line of `--json`. */
export interface Line {
  readonly v: 1
  readonly type: string
  readonly time: string
  readonly [field: string]: unknown
}

const decode = Schema.decodeUnknownEither(Schema.parseJson(Events.Event))

/** Lines that were decoded before: the output of a program is read again whenever it has grown. */
const known = new Map<string, Line>()

/** Decodes a line, or throws an error with the difference from its Schema. */
export const readLine = (text: string): Line => {
  const before = known.get(text)
  if (before !== undefined) return before
  const read = decode(text)
  if (Either.isLeft(read)) throw new Error(`${read.left.message} in the line ${text}`)
  const line: Line = { ...read.right }
  known.set(text, line)
  return line
}
