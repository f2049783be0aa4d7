import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { Attendance } from "../../src/conversation/Client.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import { recordingClient, repeatingApp } from "./room.ts"

const seated = (joined: Attendance | string): Attendance => {
  if (typeof joined === "string") throw new Error(joined)
  return joined
}

describe("an open room", () => {
  it.scoped("wakes its app on the Clock, in Unix time", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_700_000_000_000)
      const room = yield* Rooms.open(repeatingApp)
      const { client, told } = recordingClient()
      seated(room.join(client)).say(Buffer.from("coo"))
      yield* TestClock.adjust("999 millis")
      expect(told).toEqual(["coo"])
      yield* TestClock.adjust("1 millis")
      expect(told).toEqual(["coo", "tick 1000"])
    }).pipe(Effect.provide(NodeCrypto.layer)))

  it.effect("ends the connections of its clients with its scope, and admits none afterwards", () =>
    Effect.gen(function*() {
      const { client, ends } = recordingClient()
      const room = yield* Effect.scoped(
        Effect.tap(Rooms.open(repeatingApp), (open) => Effect.sync(() => open.join(client)))
      )
      expect(ends).toEqual(["stopping"])
      expect(room.join(recordingClient(2).client)).toBe("the server is stopping")
    }).pipe(Effect.provide(NodeCrypto.layer)))

  it.scoped("fails for a configuration that its app does not accept, and tells which", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Rooms.open(repeatingApp, { name: "r/one", config: { evry: "1" } }))
      expect(error.room).toBe("r/one")
      expect(error.message).toMatch(/evry/)
    }).pipe(Effect.provide(NodeCrypto.layer)))

  it.scoped("passes on what its app remembers, and begins with it after a restart", () =>
    Effect.gen(function*() {
      const kept: Array<unknown> = []
      const room = yield* Rooms.open(repeatingApp, {
        remembered: { host9: "old" },
        onRemembered: (remembered) => kept.push(remembered)
      })
      const attendance = seated(room.join(recordingClient().client))
      expect(kept).toEqual([])
      attendance.say(Buffer.from("new"))
      expect(kept).toEqual([{ host9: "old", host1: "new" }])
      expect(room.forget("old")).toBe(1)
      expect(room.forget("old")).toBe(0)
      expect(kept.at(-1)).toEqual({ host1: "new" })
    }).pipe(Effect.provide(NodeCrypto.layer)))
})
