import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { guestsMayNot } from "../../../src/protocol/conversation/AccessRules.ts"
import { PowerHistory } from "../../../src/protocol/conversation/PowerHistory.ts"
import { powerOf } from "../../../src/protocol/conversation/Powers.ts"
import { readersWorld } from "./readersWorld.ts"

describe("a room that a reader makes", () => {
  it.scoped("is owned by its maker, and has a name that no other room has or looks like", () =>
    Effect.gen(function*() {
      const { connect, store } = yield* readersWorld()
      const ala = yield* connect("192.0.2.7")
      yield* ala.hello("ala")
      ala.say({ t: "make", room: "kitchen", access: "public" })
      yield* ala.next("live")
      const [made] = yield* store.after("kitchen", new Map(), 10)
      expect(made).toMatchObject({ kind: "made", n: 0, body: { app: "chat", access: "public" } })
      if (made !== undefined) {
        const powers = PowerHistory.of("kitchen").add(made).now
        expect(powerOf(powers, "~ala@alpha.example")).toBe("owner")
      }
      const refused = (room: string, access: "public" | "private" = "public") => {
        ala.say({ t: "make", room, access })
        return Effect.map(ala.next("refused"), ({ reason }) => reason)
      }
      ala.say({ t: "close", room: "kitchen" })
      expect(yield* refused("kitchen")).toBe("there is a room kitchen already; open it, if you may")
      expect(yield* refused("Kitchen")).toBe("the name of the room has to be written kitchen")
      expect(yield* refused("kitchеn")).toBe("the name of the room looks like kitchen, which is another room")
      expect(yield* refused("a b")).toMatch(/^the name of the room has to be letters/)
      expect(yield* refused("hall")).toMatch(/^there is a room hall/)
      expect(yield* refused("plans", "private")).toBe(guestsMayNot)
      for (let at = 1; at < 16; at++) {
        ala.say({ t: "make", room: `room${at}`, access: "public" })
        yield* ala.next("live")
      }
      expect(yield* refused("one-more")).toBe("too many new rooms from your address; try again later")
    }))
})
