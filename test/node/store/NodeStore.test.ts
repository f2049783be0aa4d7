import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { Store } from "../../../src/conversation/store/Store.ts"
import * as NodeStore from "../../../src/node/store/NodeStore.ts"
import { alpha, appended, post } from "../../conversation/store/events.ts"
import { temporaryFolder } from "./sqliteWorld.ts"

it.scoped("the store of a location is the file there, or the database", () =>
  Effect.gen(function*() {
    const path = join(yield* temporaryFolder, "new", "holub.store")
    const layer = NodeStore.layer({ _tag: "File", path })
    yield* Effect.provide(Effect.flatMap(Store, ({ commit }) => commit(appended([post(alpha, 1)]))), layer)
    const heads = yield* Effect.provide(Effect.flatMap(Store, (store) => store.heads("hall")), layer)
    expect(heads.get(alpha)?.seq).toBe(1)
    const url = "postgres:///x?host=/nonexistent&user=holub"
    expect((yield* Effect.flip(NodeStore.open({ _tag: "Postgres", url }))).reason).toBe("Unreachable")
  }))
