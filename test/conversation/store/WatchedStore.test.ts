import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Shape, StoreError } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import * as WatchedStore from "../../../src/conversation/store/WatchedStore.ts"
import { alpha, appended, post } from "./events.ts"

it.scoped("reports the failures of a store, of its reads too, and passes results and refusals on", () =>
  Effect.gen(function*() {
    const memory = yield* StoreMemory.make()
    const failing = Effect.fail(new StoreError({ reason: "Io", message: "the disk has failed" }))
    const broken: Shape = { ...memory, room: () => failing, accountCount: failing }
    const failures: Array<string> = []
    const store = WatchedStore.of(broken, ({ message }) => failures.push(message))
    yield* store.commit(appended([post(alpha, 1)]))
    expect((yield* store.heads("hall")).get(alpha)?.seq).toBe(1)
    expect(yield* store.rooms).toEqual([])
    expect((yield* Effect.flip(store.commit(appended([post(alpha, 1)])))).reason).toBe("Conflict")
    expect(failures).toEqual([])
    expect((yield* Effect.flip(store.room("hall"))).reason).toBe("Io")
    expect((yield* Effect.flip(store.accountCount)).reason).toBe("Io")
    expect(failures).toEqual(["the disk has failed", "the disk has failed"])
  }))
