/**
 * A world of linked servers as data: servers, rooms, links, clients with their posts, and every fault. The same script yields the same run.
 * Times are virtual milliseconds from the start.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

/** All worlds of linked servers: with disks that are kept, and with old and copied ones. */
export const linksWorlds = ["links", "links-disks"] as const
export type LinksWorldName = (typeof linksWorlds)[number]

const count = Schema.NonNegativeInt
const millis = Schema.NonNegative

const Server = Schema.Struct({
  /** The time of a sync, and of reading a page. */
  diskMillis: millis
})

const Room = Schema.Struct({
  name: Schema.String,
  access: Schema.Literal("public", "private"),
  /** The servers that have the room from the start. A public room reaches the others over the links. */
  servers: Schema.Array(count)
})

const Edge = Schema.Struct({ from: count, to: count, delayMillis: millis })

const Client = Schema.Struct({
  /** The server of its account: it posts there only. */
  home: count,
  posts: Schema.Array(Schema.Struct({ at: millis, room: Schema.String, text: Schema.String })),
  /** It connects to another server, at which it reads. */
  moves: Schema.Array(Schema.Struct({ at: millis, to: count }))
})

/** Any fault. */
export const Fault = Schema.Union(
  /** The session of a link breaks, and none begins for a while. */
  Schema.Struct({ cut: count, at: millis, millis }),
  /** A server is cut off from all others. */
  Schema.Struct({ isolate: count, at: millis, millis }),
  /**
   * The datagrams of a link are lost, doubled and reordered for a while. The stream of the session is reliable and in order: what arrives
   * later is that everything behind a lost datagram waits, and then comes at once.
   */
  Schema.Struct({ stall: count, at: millis, millis }),
  /** The process of a server ends at once: what was not synced is lost. */
  Schema.Struct({ kill: count, at: millis, downMillis: millis }),
  /** The same, and it starts with a copy of its disk from an earlier time. */
  Schema.Struct({ kill: count, at: millis, downMillis: millis, copyOf: millis }),
  /** The same, and it starts with a copy of the disk of another server. */
  Schema.Struct({ kill: count, at: millis, downMillis: millis, clone: count }),
  /** Syncs take this much longer for a while. */
  Schema.Struct({ slow: count, at: millis, millis, by: millis })
)
export type Fault = typeof Fault.Type

export const LinksScript = Schema.Struct({
  note: Schema.optional(Schema.String),
  world: Schema.Literal(...linksWorlds),
  /** Nonces, salts and the jitter of streams follow from it. */
  seed: Schema.optional(Schema.Int),
  servers: Schema.Array(Server).pipe(Schema.minItems(2)),
  rooms: Schema.Array(Room).pipe(Schema.minItems(1)),
  edges: Schema.Array(Edge),
  clients: Schema.Array(Client),
  faults: Schema.Array(Fault)
})
export type LinksScript = typeof LinksScript.Type
export type ClientScript = typeof Client.Type

const decode = Schema.decodeUnknownEither(Schema.parseJson(LinksScript), { onExcessProperty: "error" })

/** Whether `name` is a world of linked servers. */
export const isLinksWorld = (name: string): name is LinksWorldName => linksWorlds.some((world) => world === name)

/** Parses a script. Throws an error with the reason. */
export const parseLinks = (json: string): LinksScript => {
  const script = decode(json)
  if (Either.isRight(script)) return script.right
  throw new Error(`invalid script: ${ParseResult.TreeFormatter.formatErrorSync(script.left)}`)
}

/** The name of a server. */
export const serverName = (number: number): string => `s${number}`

/** The names of a room's servers in the end: those that are named, or all. */
export const serversOf = ({ rooms, servers }: LinksScript, room: string): ReadonlyArray<number> => {
  const found = rooms.find(({ name }) => name === room)
  return found?.access === "private" ? found.servers : Array.from(servers.keys())
}
