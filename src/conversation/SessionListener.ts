/**
 * Rooms over sessions, on every wire with streams: each client opens a stream of the kind `app/NAME`, in which messages have their
 * length before them. The service `apps` lists the rooms of a server.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import type { Framing } from "../protocol/framing/Framing.ts"
import { prefix } from "../protocol/framing/LengthFraming.ts"
import * as Router from "../transfer/Router.ts"
import * as Service from "../transfer/Service.ts"
import * as PlatformSocket from "../transport/platform/PlatformSocket.ts"
import type { SessionError } from "../transport/SessionError.ts"
import type { Session } from "../transport/Transport.ts"
import type { Room } from "./Room.ts"
import * as RoomLimits from "./RoomLimits.ts"
import * as SocketListener from "./SocketListener.ts"

/** The framing of the streams. */
export const framing: Framing = prefix("varint")

/** The kind of the streams of a room: `app/echo`, `app/words/kyiv`. */
export const kindOf = (room: string): string => `app/${room}`

/** A room in the list of a server. */
export class RoomEntry extends Schema.Class<RoomEntry>("RoomEntry")({
  name: Schema.String,
  summary: Schema.String
}) {}

const apps = Service.make("apps", {
  message: Schema.Struct({}),
  receipt: Schema.Struct({ rooms: Schema.Array(RoomEntry) })
})

/** The rooms of the server of a session; fails with `Declined` if it has none. */
export const list = (session: Session): Effect.Effect<ReadonlyArray<RoomEntry>, SessionError> =>
  Effect.map(Service.call(session, apps, {}), ({ rooms }) => rooms)

/**
 * The handlers of a Router for these rooms, and for their list, at the address of its listener. Their clients leave at the end of
 * the scope.
 */
export const handlers = (
  rooms: ReadonlyArray<Room>,
  local: Address
): Effect.Effect<ReadonlyArray<Router.Handler>, never, Scope.Scope> =>
  Effect.map(Effect.forEach(rooms, (room) => handlerOf(room, local)), (each) => [...each, listing(rooms)])

const handlerOf = (room: Room, local: Address): Effect.Effect<Router.Handler, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { handler, streams } = yield* Router.streams(kindOf(room.name))
    const server = yield* PlatformSocket.fromStreams(streams, local)
    // A session has proved its address, and has limits of its own: a client may be silent, and watch.
    const options = { framing, transport: "session", firstMessageMillis: Infinity } as const
    yield* Effect.forkScoped(Effect.ignore(SocketListener.serve(server, room, options)))
    return handler
  })

const listing = (rooms: ReadonlyArray<Room>): Router.Handler =>
  Service.handler(apps, () =>
    Effect.sync(() => ({
      rooms: rooms.slice(0, RoomLimits.listedRooms).map(({ app, name }) =>
        new RoomEntry({ name, summary: app.summary })
      )
    })))
