/** The lines of `--json` about what is in rooms, of `say` and `follow`. */
import * as Schema from "effect/Schema"
import { line, optional } from "./EventLine.ts"
import { whole } from "./PacketFrame.ts"

/** An event of the room: the log of a server and the number in it. */
const ref = { origin: Schema.String, seq: whole }

/** A post of this program is on the disk of the server. */
export const RoomPosted = line("posted", {
  room: Schema.String,
  /** Omitted where the server does not tell them: the post had been repeated. */
  origin: optional(Schema.String),
  seq: optional(whole)
})

/** An event of a room. */
export const RoomEvent = line("event", {
  room: Schema.String,
  ...ref,
  /** Its place in the order of the room: events are ordered by clock, origin and seq. */
  clock: whole,
  /** When its server has recorded it: ISO 8601, UTC. */
  at: Schema.String,
  /** `ala@alpha`, `~guest-7@alpha`. */
  author: Schema.String,
  /** `said`, `file`, `topic` … (docs/PROTOCOL.md, conversations §3). */
  kind: Schema.String,
  /** The event that it answers, changes or removes. */
  re: optional(Schema.Struct(ref)),
  /** What it says; omitted where it was erased. */
  body: optional(Schema.Record({ key: Schema.String, value: Schema.Unknown }))
})

export const RoomLineEvent = Schema.Union(RoomPosted, RoomEvent)
