import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import { storeSuite } from "../../suites/store.ts"
import { storeTablesSuite } from "../../suites/storeTables.ts"
import { alpha, appended, post, posts } from "./events.ts"

const shared = Effect.sync(() => {
  const disk = new MemoryDisk()
  return { open: StoreMemory.make({ disk }) }
})

storeSuite("memory", shared)
storeTablesSuite("memory", shared)

describe("a disk in memory", () => {
  const slow = (disk: MemoryDisk) => StoreMemory.make({ disk, syncing: Effect.sleep(10) })

  it.scoped("loses what was not synced in a crash, all or the last of it, and nothing that was reported as durable", () =>
    Effect.gen(function*() {
      for (const kept of [0, 1, 2]) {
        const disk = new MemoryDisk()
        const store = yield* slow(disk)
        const first = yield* Effect.fork(store.commit(appended([post(alpha, 1)])))
        yield* TestClock.adjust(10)
        yield* Fiber.join(first)
        const others = yield* Effect.fork(
          Effect.forEach([2, 3], (seq) => store.commit(appended([post(alpha, seq)])), { concurrency: 2 })
        )
        yield* TestClock.adjust(5)
        expect(disk.unsynced).toHaveLength(2)
        expect(yield* store.after("hall", new Map(), 9)).toEqual([post(alpha, 1)])
        const before = disk.copy()
        disk.crash(kept)
        const later = yield* StoreMemory.make({ disk: disk.copy() })
        expect(yield* later.after("hall", new Map(), 9)).toEqual(posts(alpha, 1, 1 + kept))
        expect(before.durable).toHaveLength(1)
        yield* Fiber.interruptFork(others)
        yield* TestClock.adjust(10)
      }
    }))

  it.scoped("is copied: the two go on apart", () =>
    Effect.gen(function*() {
      const disk = new MemoryDisk()
      const store = yield* StoreMemory.make({ disk })
      yield* store.commit(appended([post(alpha, 1)]))
      const copy = yield* StoreMemory.make({ disk: disk.copy() })
      yield* store.commit(appended([post(alpha, 2)]))
      yield* copy.commit(appended([post(alpha, 2, { author: "eve@alpha.example" })]))
      expect((yield* store.event("hall", { origin: alpha, seq: 2 }))?.author).toBe("ala@alpha.example")
      expect((yield* copy.event("hall", { origin: alpha, seq: 2 }))?.author).toBe("eve@alpha.example")
    }))
})

describe("a store in memory without a disk", () => {
  it.scoped("has nothing when it is opened again", () =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.flatMap(StoreMemory.make(), (store) => store.commit(appended([post(alpha, 1)]))))
      expect(yield* (yield* StoreMemory.make()).heads("hall")).toEqual(new Map())
    }))
})
