import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Storage } from "../../src/storage/Storage.ts"
import { type Disk, layer } from "../../src/storage/StorageMemory.ts"
import { inboxNamesSuite } from "../suites/inboxNames.ts"
import { received, refused, sample, storageSuite, type World } from "../suites/storage.ts"

const world = Effect.sync((): World => {
  const disk: Disk = new Map()
  return {
    layer: layer(disk),
    root: "/root",
    write: (path, bytes) => Effect.sync(() => disk.set(path, bytes)),
    read: (path) => Effect.fromNullable(disk.get(path)).pipe(Effect.orDie),
    names: (directory) =>
      Effect.sync(() =>
        [...disk.keys()].filter((path) => path.startsWith(`${directory}/`)).map((path) =>
          path.slice(directory.length + 1)
        )
      )
  }
})

storageSuite("memory", world)
inboxNamesSuite("memory", world)

describe("storage in memory with a limited capacity", () => {
  it.effect("fails with NoSpace for a file that is announced larger, and for one that grows larger", () =>
    limited((storage) =>
      Effect.gen(function*() {
        const inbox = yield* storage.inbox({ path: "/inbox", ifExists: "fail" })
        expect(yield* refused(Effect.scoped(inbox.sink("a", 501)))).toBe("NoSpace")
        expect(yield* refused(received({ ...inbox, sink: (name) => inbox.sink(name, 0) }, "a", 501))).toBe("NoSpace")
        expect((yield* received(inbox, "a", 500)).size).toBe(500)
      })
    ))

  it.effect("frees the space of a spool when its scope closes or its stream fails", () =>
    limited((storage) =>
      Effect.gen(function*() {
        expect(yield* refused(Effect.scoped(storage.spool("stdin", blocks(6))))).toBe("NoSpace")
        expect((yield* Effect.scoped(storage.spool("stdin", blocks(5)))).size).toBe(500)
        expect((yield* Effect.scoped(storage.spool("stdin", blocks(5)))).size).toBe(500)
      })
    ))
})

const limited = <A, E>(body: (storage: typeof Storage.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(Storage, body).pipe(
    Effect.provide(layer(new Map([["/old", sample(500)]]), { capacityBytes: 1_000 }))
  )

const blocks = (count: number) => Stream.take(Stream.repeatValue(sample(100)), count)
