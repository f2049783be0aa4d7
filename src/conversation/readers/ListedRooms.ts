/** The rooms that a person may open, for the list of a server. */
import * as Effect from "effect/Effect"
import { isGuest, isOfTwo } from "../../protocol/conversation/AccessRules.ts"
import type { ListedRoom } from "../../protocol/conversation/client/ServerMessage.ts"
import type { Stored } from "../store/Store.ts"
import type { ReaderSite } from "./ReaderSite.ts"

/** Public rooms, and for a person with an account its own ones. The powers of a private room are read when it is not open. */
export const listedRooms = (
  { hubs, logs }: Pick<ReaderSite, "hubs" | "logs">,
  author: string
): Stored<ReadonlyArray<ListedRoom>> =>
  Effect.gen(function*() {
    const listed: Array<ListedRoom> = []
    for (const { access: { access }, room } of logs.rooms()) {
      if (access !== "public" && isGuest(author)) continue
      if (access === "direct" && !isOfTwo(room, author)) continue
      if (access === "private" && (yield* hubs.get(room))?.refusalTo(author) !== undefined) continue
      listed.push({ room, access, people: hubs.known(room)?.peopleCount ?? 0 })
    }
    return listed
  })
