/**
 * The lines of `--json` and of the log file about apps and their clients. Each has the field `app`, which no other line has; `join`
 * emits those of its own connection.
 */
import * as Schema from "effect/Schema"
import { line, optional } from "./EventLine.ts"
import { whole } from "./PacketFrame.ts"

const app = {
  /** The name of the room: `echo`, `words/kyiv`. Of `join`: `raw` where the app of the server is not known. */
  app: Schema.String
}

const transport = Schema.Literal("tcp", "udp", "multicast", "session", "web")

const ofConnection = {
  ...app,
  transport,
  /** `host:port` of the other side, or `[IPv6]:port`. */
  peer: Schema.String
}

/** The payload bytes of one connection, or of all connections of a room. */
const amounts = { receivedBytes: whole, sentBytes: whole }

/** A room has been opened. */
export const AppStarted = line("started", app)

/** A plain listener of a room is open. */
export const AppListening = line("listening", {
  ...app,
  transport,
  /** The local address; of `multicast` the group. */
  host: Schema.String,
  port: whole
})

/** A client has connected; of `join`: the connection is open. */
export const AppConnected = line("connected", ofConnection)

/** A message was received. */
export const AppReceived = line("received", {
  ...ofConnection,
  bytes: whole,
  /** The message, if it is text; omitted in the log file. */
  text: optional(Schema.String)
})

/** A message was sent. */
export const AppSent = line("sent", { ...ofConnection, bytes: whole })

/** A connection is over. */
export const AppDisconnected = line("disconnected", {
  ...ofConnection,
  reason: Schema.Literal("ended", "reset", "silent", "kicked", "slow", "failed", "stopping", "refused", "left"),
  /** What happened, where the reason does not say it. */
  message: optional(Schema.String),
  ...amounts
})

/** An app has a line for the operator. */
export const AppLogged = line("logged", { ...app, text: Schema.String })

/** A room has been closed. */
export const AppStopped = line("stopped", { ...app, connections: whole, ...amounts })

/** How plain programs speak to an app. */
const dialect = Schema.Struct({
  transport,
  /** As in `--framing`. */
  framing: Schema.String,
  port: whole,
  group: optional(Schema.String)
})

/** A message of the example of an app; `client` is the number of the client. */
const spoken = Schema.Struct({
  from: Schema.Literal("client", "server"),
  client: whole,
  text: optional(Schema.String),
  /** In hexadecimal digits; of a message that is no text. */
  bytes: optional(Schema.String)
})

/** An app, of `app list` and `app show`. */
export const AppDescribed = line("described", {
  ...app,
  summary: Schema.String,
  /** `one`: each client has a state of its own; `all`: the clients of a room share it. */
  audience: Schema.Literal("one", "all"),
  dialects: Schema.Array(dialect),
  /** The keys of `key:value,…`; the value is the default. */
  config: Schema.Array(
    Schema.Struct({ key: Schema.String, value: optional(Schema.String), meaning: optional(Schema.String) })
  ),
  /** Of `app show`. */
  example: optional(Schema.Array(spoken))
})

/** Any line about apps. */
export const AppEvent = Schema.Union(
  AppStarted,
  AppListening,
  AppConnected,
  AppReceived,
  AppSent,
  AppDisconnected,
  AppLogged,
  AppStopped,
  AppDescribed
)
