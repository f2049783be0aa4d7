/** The lines of `--json` about keys: those of this user, and those of known servers. */
import * as Schema from "effect/Schema"
import { line, optional } from "./EventLine.ts"

/** A key of this user, of `key show` and `key rotate`. */
export const Key = line("key", {
  kind: Schema.Literal("host", "nextHost", "identity"),
  /** The text of the public key, `hk1…`. */
  key: Schema.String,
  /** Eight words to compare. */
  words: Schema.String,
  /** The absolute path of the file with the private key. */
  path: Schema.String,
  /** ISO 8601, UTC: when the next host key becomes the host key. */
  from: optional(Schema.String)
})

/** A server whose key is known, of `trust list` and `trust replace`. */
export const Known = line("known", {
  /** `host:port` as it was typed, or `[IPv6]:port`. */
  server: Schema.String,
  /** The text of its key, `hk1…`. */
  key: Schema.String,
  words: Schema.String,
  /** ISO 8601, UTC. */
  firstSeen: Schema.String,
  /** The text of the key that follows, if the server has announced one. */
  next: optional(Schema.String)
})

/** A server is no longer known, of `trust remove`. */
export const Forgotten = line("forgotten", { server: Schema.String })

/** A server has refused a client, whose key is not one of those that it allows. */
export const NotAllowed = line("notAllowed", {
  /** `host:port`. */
  peer: Schema.String,
  /** The text of the client's key, `hk1…`; omitted for an anonymous client, which has another one each time. */
  key: optional(Schema.String)
})
