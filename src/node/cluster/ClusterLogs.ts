/**
 * The logs of the rooms of a site of several hosts, at one of them: the rooms are entities, each on one host at a time. The store is the
 * same at all hosts. What a host has posted is posted once, also when the host that runs the room is killed.
 */
import type { Sharding } from "@effect/cluster/Sharding"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Shape } from "../../conversation/logs/Logs.ts"
import { Store, StoreError } from "../../conversation/store/Store.ts"
import type { RoomAccess } from "../../protocol/conversation/LinkedRooms.ts"
import * as RoomFollower from "./RoomFollower.ts"
import { DirectoryEntity, RoomEntity, type RoomLost, siteId } from "./SiteEntities.ts"
import * as SiteSession from "./SiteSession.ts"

/** `server` is the name of the site. Completes when its list of rooms is here: some runner has to be up. */
export const make = (server: string): Effect.Effect<Shape, StoreError, Store | Sharding | Scope.Scope> =>
  Effect.gen(function*() {
    const store = yield* Store
    const directory = (yield* DirectoryEntity.client)(siteId)
    const roomOf = yield* RoomEntity.client
    const rooms = new Map<string, RoomAccess>()
    const watchers = new Set<(room: string) => void>()
    const listed = yield* Deferred.make<void, StoreError>()

    const add = (room: string, access: RoomAccess): void => {
      if (rooms.has(room)) return
      rooms.set(room, access)
      for (const watcher of watchers) watcher(room)
    }
    const listing = Stream.runForEach(directory.Rooms(), (part) => {
      for (const { access, room } of part) add(room, access)
      return part.length === 0 ? Deferred.succeed(listed, undefined) : Effect.void
    })
    yield* Effect.forkScoped(
      Effect.catchAll(SiteSession.kept(listing), (error) => Deferred.fail(listed, ofLost(error)))
    )
    yield* Deferred.await(listed)

    /** The readers of a room at this host share one stream. */
    const followers = yield* RcMap.make({
      lookup: (room: string) => {
        const entity = roomOf(room)
        return RoomFollower.make(room, {
          follow: entity.Follow(),
          post: (posts) => entity.Post({ posts }),
          setPresence: ({ origin, subscription }, changes) => entity.SetPresence({ origin, subscription, changes })
        }, store)
      }
    })

    return {
      server,
      rooms: () => Array.from(rooms, ([room, access]) => ({ room, access })),
      make: (room, access) =>
        Effect.gen(function*() {
          if (rooms.has(room)) return
          add(room, yield* Effect.mapError(SiteSession.answered(directory.Open({ room, access })), ofLost))
        }),
      follow: (room, onNews) =>
        Effect.gen(function*() {
          if (!rooms.has(room)) throw new Error(`there is no room ${room}`)
          const replica = yield* RcMap.get(followers, room)
          yield* Effect.acquireRelease(
            Effect.sync(() => replica.listen(onNews)),
            () => Effect.sync(() => replica.unlisten(onNews))
          )
          const { access, everywhere, post, present, setPresence, synced } = replica
          return { room, access, everywhere, post, present, setPresence, synced }
        }),
      onRoom: (onRoom) =>
        Effect.acquireRelease(
          Effect.sync(() => void watchers.add(onRoom)),
          () => Effect.sync(() => void watchers.delete(onRoom))
        )
    }
  })

const ofLost = ({ reason }: RoomLost): StoreError => new StoreError({ reason: "Io", message: reason })
