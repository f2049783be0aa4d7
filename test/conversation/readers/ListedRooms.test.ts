import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listedRooms } from "../../../src/conversation/readers/ListedRooms.ts"
import type { RoomHub } from "../../../src/conversation/readers/RoomHub.ts"
import { readersWorld } from "./readersWorld.ts"

describe("the list of rooms", () => {
  it.scoped("has public rooms, and for an account those that it may open", () =>
    Effect.gen(function*() {
      const { driver, logs } = yield* readersWorld()
      driver.makeRoom("plans", { access: "private", servers: [] })
      driver.makeRoom("secrets", { access: "private", servers: [] })
      driver.makeRoom("ala@alpha.example:bo@beta.example", { access: "direct", servers: ["beta.example"] })
      const hub = (room: string) =>
        ({ refusalTo: (person: string) => room === "plans" && person.startsWith("ala@") ? undefined : "no" }) as RoomHub
      const hubs = {
        get: (room: string) => Effect.succeed(hub(room)),
        known: (room: string) => room === "hall" ? { peopleCount: 3 } as RoomHub : undefined
      }
      const of = (author: string) =>
        Effect.map(listedRooms({ hubs, logs }, author), (rooms) => rooms.map(({ people, room }) => `${room} ${people}`))
      expect(yield* of("ala@alpha.example")).toEqual(["hall 3", "plans 0", "ala@alpha.example:bo@beta.example 0"])
      expect(yield* of("bo@beta.example")).toEqual(["hall 3", "ala@alpha.example:bo@beta.example 0"])
      expect(yield* of("~ala@alpha.example")).toEqual(["hall 3"])
    }))
})
