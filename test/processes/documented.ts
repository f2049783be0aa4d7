/** The lines of `--json` and of the log file as they are documented: each is held to the Schemas of src/telemetry/Events.ts. */
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

/** Those that were read before: a program's output is looked at again whenever it has grown. */
const known = new Map<string, Line>()

/** Reads a line, or throws an error that says what is not as documented. */
export const readLine = (text: string): Line => {
  const before = known.get(text)
  if (before !== undefined) return before
  const read = decode(text)
  if (Either.isLeft(read)) throw new Error(`${read.left.message} in the line ${text}`)
  const line: Line = { ...read.right }
  known.set(text, line)
  return line
}
