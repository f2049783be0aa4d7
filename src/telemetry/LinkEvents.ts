/** The lines of `--json` and of the log file about links between servers. */
import * as Schema from "effect/Schema"
import { line, optional } from "./EventLine.ts"

/** A link with a server is open. */
export const Linked = line("linked", {
  /** Its name. */
  server: Schema.String
})

/** A link has ended. */
export const Unlinked = line("unlinked", {
  server: Schema.String,
  /** True if it is not tried again: the operator has to decide. */
  isFinal: Schema.Boolean,
  /** What happened. */
  message: Schema.String
})

/** A server in the table of links, of `link list`. */
export const LinkListed = line("link", {
  server: Schema.String,
  /** `host:port` where it is dialed; omitted for a server that dials this one. */
  address: optional(Schema.String),
  /** The text of its host key, `hk1…`. */
  key: Schema.String
})
