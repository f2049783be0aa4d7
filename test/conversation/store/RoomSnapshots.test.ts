import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { identify } from "../../../src/apps/dialogues/Identify.ts"
import * as Rooms from "../../../src/conversation/Rooms.ts"
import * as RoomSnapshots from "../../../src/conversation/store/RoomSnapshots.ts"
import { type Shape, StoreError } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../../src/security/Crypto.ts"

const room = { name: "identify", app: "identify", config: {} }

/** Opens the room on a store, lets a client at an address say these messages, and closes the room. */
const visit = (store: Shape, messages: ReadonlyArray<string>, warnings: Array<string> = []) =>
  Effect.scoped(Effect.gen(function*() {
    const snapshot = yield* RoomSnapshots.of(store, room, ({ message }) => Effect.sync(() => warnings.push(message)))
    const opened = yield* Rooms.open(identify, { name: room.name, ...snapshot })
    const told: Array<string> = []
    const place = opened.join({
      address: { host: "192.0.2.1", port: 1 },
      transport: "tcp",
      send: ({ text = "" }) => told.push(text),
      close: () => {}
    })
    for (const message of messages) if (typeof place !== "string") place.say(new TextEncoder().encode(message))
    return told
  })).pipe(Effect.provideService(Crypto, nodeCrypto))

describe("what a room remembers", () => {
  it.scoped("is in the store, also of a room that is closed at once: identify knows its clients again", () =>
    Effect.gen(function*() {
      const store = yield* StoreMemory.make()
      expect((yield* visit(store, ["ala"]))[0]).toBe("Who are you?")
      expect(yield* store.room("identify")).toEqual({ ...room, snapshot: "{\"192.0.2.1\":\"ala\"}" })
      expect(yield* visit(store, [])).toEqual(["Hello, ala"])
    }))

  it.scoped("is nothing where the store has something else", () =>
    Effect.gen(function*() {
      const store = yield* StoreMemory.make()
      for (const snapshot of ["", "no JSON", "{\"a\":1}", "[]"]) {
        yield* store.commit([{ _tag: "PutRoom", room: { ...room, snapshot } }])
        expect((yield* visit(store, []))[0]).toBe("Who are you?")
      }
    }))

  it.scoped("is reported when it cannot be written, and does not disturb the room", () =>
    Effect.gen(function*() {
      const store = yield* StoreMemory.make()
      const full = {
        ...store,
        commit: () => Effect.fail(new StoreError({ reason: "NoSpace", message: "the disk is full" }))
      }
      const warnings: Array<string> = []
      expect(yield* visit(full, ["ala"], warnings)).toHaveLength(2)
      expect(warnings).toEqual(["the disk is full"])
    }))

  it.effect("is written while the room is open", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const store = yield* Scope.extend(StoreMemory.make(), scope)
      const { onRemembered } = yield* Scope.extend(RoomSnapshots.of(store, room, () => Effect.void), scope)
      onRemembered({ a: "1" })
      onRemembered({ a: "2" })
      yield* Effect.repeat(Effect.yieldNow(), { times: 50 })
      expect((yield* store.room("identify"))?.snapshot).toBe("{\"a\":\"2\"}")
      yield* Scope.close(scope, Exit.void)
    }))
})
