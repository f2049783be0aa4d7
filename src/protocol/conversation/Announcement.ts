/** The announcement of what a server has of one room: as many messages as its new entries need, at least one. */
import * as Limits from "./ConversationLimits.ts"
import type { RoomAccess } from "./LinkedRooms.ts"
import type { HaveMessage } from "./LinkMessage.ts"
import type { LinkRoom } from "./LinkRoom.ts"
import { emptyVector, partsOf, recordOf, totalOf, type Vector } from "./Vector.ts"

export interface Announced {
  readonly synced: Vector
  readonly floors: Vector
  /** The servers of the room, beside both ends. */
  readonly others: Iterable<string>
}

/** What `shared` has not announced yet. It counts as announced afterwards. */
export const haveMessages = (
  room: string,
  { access, servers }: RoomAccess,
  shared: LinkRoom,
  { floors, others, synced }: Announced
): ReadonlyArray<HaveMessage> => {
  const vectors = partsOf(shared.newIn(synced), Limits.messageOrigins)
  const below = partsOf(shared.newFloorsIn(floors), Limits.messageOrigins)
  const newServers = shared.newServersIn(others)
  const count = Math.max(vectors.length, below.length)
  return Array.from({ length: count }, (_, at) => {
    const newFloors = below[at] ?? emptyVector
    return {
      t: "have",
      room,
      access,
      ...(access === "public" ? {} : { servers }),
      ...(at === 0 && newServers.length > 0 ? { others: newServers } : {}),
      vector: recordOf(vectors[at] ?? emptyVector),
      ...(newFloors.size > 0 ? { floors: recordOf(newFloors) } : {}),
      ...(at === count - 1 ? { total: totalOf(synced) } : {})
    }
  })
}
