/** Reads the log of a room from its beginning, in pages, so that a long one is not in memory as a whole unless the caller keeps it. */
import * as Effect from "effect/Effect"
import type { Event } from "../../protocol/conversation/Event.ts"
import { raise, type Vector } from "../../protocol/conversation/Vector.ts"
import type { Shape as Store, StoreError } from "./Store.ts"
import * as StoreLimits from "./StoreLimits.ts"

/** Calls `onPage` with all events, in the order of the room; returns the vector of what was read. */
export const read = (
  store: Pick<Store, "after">,
  room: string,
  onPage: (events: ReadonlyArray<Event>) => void
): Effect.Effect<Vector, StoreError> =>
  Effect.gen(function*() {
    const vector = new Map<string, number>()
    for (;;) {
      const page = yield* store.after(room, vector, StoreLimits.pageEvents)
      onPage(page)
      for (const { origin, seq } of page) raise(vector, new Map([[origin, seq]]))
      if (page.length < StoreLimits.pageEvents) return vector
    }
  })
