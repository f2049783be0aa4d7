/** The list of rooms of a site on the host that keeps it: rooms are made one after the other, and every host learns of them. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
import * as ExchangeTurns from "../../conversation/links/ExchangeTurns.ts"
import { Store } from "../../conversation/store/Store.ts"
import type { RoomAccess } from "../../protocol/conversation/LinkedRooms.ts"
import * as ClusterLimits from "./ClusterLimits.ts"
import { type ListedRoom, RoomLost } from "./SiteEntities.ts"
import { lost } from "./SiteRoom.ts"

export interface SiteDirectory {
  /** All rooms with a log, in parts, then an empty part, then each new room. */
  readonly rooms: Stream.Stream<ReadonlyArray<ListedRoom>, RoomLost>
  /** Makes a room, unless it is there. Returns who may have it. */
  readonly open: (room: string, access: RoomAccess) => Effect.Effect<RoomAccess, RoomLost>
}

export const make: Effect.Effect<SiteDirectory, never, Store> = Effect.gen(function*() {
  const store = yield* Store
  const oneByOne = yield* Effect.makeSemaphore(1)
  const watchers = new Set<(rooms: ReadonlyArray<ListedRoom>) => void>()
  const listed = Effect.map(
    Effect.mapError(store.rooms, lost),
    (rooms) => rooms.flatMap(({ access, name }) => access === undefined ? [] : [{ room: name, access }])
  )

  return {
    rooms: Stream.unwrapScoped(Effect.gen(function*() {
      const mailbox = yield* Mailbox.make<ReadonlyArray<ListedRoom>, RoomLost>({
        capacity: ClusterLimits.unsentMessages,
        strategy: "dropping"
      })
      const watcher = (rooms: ReadonlyArray<ListedRoom>): void => {
        if (!mailbox.unsafeOffer(rooms)) mailbox.unsafeDone(Exit.fail(behind))
      }
      // Before the list is read: a room that is made meanwhile comes twice rather than never.
      yield* Effect.acquireRelease(
        Effect.sync(() => void watchers.add(watcher)),
        () => Effect.sync(() => void watchers.delete(watcher))
      )
      const rooms = yield* listed
      for (let at = 0; at < rooms.length; at += ClusterLimits.partEntries) {
        watcher(rooms.slice(at, at + ClusterLimits.partEntries))
      }
      watcher([])
      return Mailbox.toStream(mailbox)
    })),
    open: (room, access) =>
      oneByOne.withPermits(1)(Effect.gen(function*() {
        const stored = yield* Effect.mapError(store.room(room), lost)
        if (stored?.access !== undefined) return stored.access
        yield* Effect.mapError(store.commit([ExchangeTurns.putRoom(room, access)]), lost)
        for (const watcher of watchers) watcher([{ room, access }])
        return access
      }))
  }
})

const behind = new RoomLost({ reason: "the host takes the list of rooms too slowly", isPassing: true })
