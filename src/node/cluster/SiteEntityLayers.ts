/** Registers the entities of a site with the runner of this host, which runs those of its shards. */
import * as Entity from "@effect/cluster/Entity"
import type { Sharding } from "@effect/cluster/Sharding"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Store } from "../../conversation/store/Store.ts"
import type { Crypto } from "../../security/Crypto.ts"
import * as SiteDirectory from "./SiteDirectory.ts"
import { DirectoryEntity, RoomEntity } from "./SiteEntities.ts"
import * as SiteRoom from "./SiteRoom.ts"

/** Calls do not wait for each other: a stream lasts as long as its host. A defect ends its call, not the entity. */
const options = { concurrency: "unbounded", disableFatalDefects: true } as const

export const layer = (site: SiteRoom.SiteServer): Layer.Layer<never, never, Sharding | Store | Crypto> =>
  Layer.merge(
    RoomEntity.toLayer(
      Effect.gen(function*() {
        const { entityId } = yield* Entity.CurrentAddress
        const room = yield* SiteRoom.make(entityId, site)
        return {
          Follow: () => room.follow,
          Post: ({ payload }) => room.post(payload.posts),
          SetPresence: ({ payload }) => room.setPresence(payload, payload.changes)
        }
      }),
      options
    ),
    DirectoryEntity.toLayer(
      Effect.gen(function*() {
        const { open, rooms } = yield* SiteDirectory.make
        return { Rooms: () => rooms, Open: ({ payload }) => open(payload.room, payload.access) }
      }),
      options
    )
  )
