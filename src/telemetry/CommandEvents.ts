/** The lines of `--json` and of the log file of commands that transfer nothing: `clean`, `config show`, `completions install`. */
import * as Schema from "effect/Schema"
import { line, optional } from "./EventLine.ts"
import { whole } from "./PacketFrame.ts"

const part = {
  /** Absolute. */
  path: Schema.String,
  size: whole,
  /** Milliseconds since the last growth. */
  ageMillis: whole
}

/** A part that a crash had left in an inbox was removed. */
export const Removed = line("removed", part)

/** A part that a crash had left in an inbox was found and kept. */
export const Leftover = line("leftover", part)

/** A setting, with its value and its source. */
export const Setting = line("setting", {
  name: Schema.String,
  /** The value in the form of a flag's value; several for a repeatable setting. */
  value: optional(Schema.Union(Schema.String, Schema.Array(Schema.String))),
  origin: Schema.String,
  /** False for a setting that the chosen wire does not use; omitted otherwise. */
  used: optional(Schema.Literal(false))
})

/** The completions of a shell were installed. */
export const Installed = line("installed", {
  shell: Schema.String,
  /** Absolute. */
  path: Schema.String
})
