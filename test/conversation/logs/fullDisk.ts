/** A disk in memory that is full from some moment on. */
import * as Effect from "effect/Effect"
import type { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import { StoreError } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"

export const fullDisk = (disk: MemoryDisk) => {
  let isFull = false
  return {
    fill: Effect.sync(() => {
      isFull = true
    }),
    store: Effect.map(StoreMemory.make({ disk }), (store) => ({
      ...store,
      commit: (turn: Parameters<typeof store.commit>[0]) =>
        Effect.suspend(() =>
          isFull ? Effect.fail(new StoreError({ reason: "NoSpace", message: "the disk is full" })) : store.commit(turn)
        )
    }))
  }
}
