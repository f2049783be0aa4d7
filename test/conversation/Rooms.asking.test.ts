/** Apps that ask the host. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { Answer, Question } from "../../src/apps/App.ts"
import { authenticate } from "../../src/apps/dialogues/Authenticate.ts"
import { texts } from "../../src/apps/dialogues/LogInTexts.ts"
import type { Room } from "../../src/conversation/Room.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import type { Address } from "../../src/net/Address.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import { EventBus } from "../../src/telemetry/EventBus.ts"
import type { ServiceEvent } from "../../src/telemetry/ServiceEvents.ts"

/** A client that says a name and a password, and what it was told. */
const client = (room: Room) => {
  const told: Array<string> = []
  const place = room.join({
    address: { host: "192.0.2.1", port: 7 },
    transport: "tcp",
    send: ({ text = "" }) => told.push(text),
    close: (reason) => told.push(reason)
  })
  if (typeof place === "string") throw new Error(place)
  for (const text of ["ala", "secret"]) place.say(new TextEncoder().encode(text))
  return { told, place }
}

/** A room whose questions take a second, with what it was asked and the events of rooms. */
const asking = (answer: Effect.Effect<Answer>) =>
  Effect.gen(function*() {
    const asked: Array<readonly [Question, Address]> = []
    const events: Array<ServiceEvent> = []
    const bus = yield* EventBus
    yield* bus.listen((event) => {
      if (event._tag.startsWith("Service")) events.push(event as ServiceEvent)
    })
    const room = yield* Effect.provideService(
      Rooms.open(authenticate, {
        ask: (question, from) =>
          Effect.suspend(() => {
            asked.push([question, from])
            return Effect.delay(answer, 1000)
          })
      }),
      Crypto,
      nodeCrypto
    )
    return { room, asked, events }
  })

const welcome: Effect.Effect<Answer> = Effect.succeed({ _tag: "Welcome", name: "Ala", token: "t" })

describe("a room whose app asks the host", () => {
  it.scoped("gives it the answer when there is one, and goes on meanwhile", () =>
    Effect.gen(function*() {
      const { asked, room } = yield* asking(welcome)
      const one = client(room)
      yield* TestClock.adjust(500)
      const other = client(room)
      expect([one.told, other.told]).toEqual([["Name: ", "Password: "], ["Name: ", "Password: "]])
      yield* TestClock.adjust(500)
      expect(one.told.slice(2)).toEqual(["Welcome, Ala. Token: t", "ended"])
      yield* TestClock.adjust(500)
      expect(other.told.slice(2)).toEqual(["Welcome, Ala. Token: t", "ended"])
      expect(asked).toEqual(Array.from({ length: 2 }, () => [
        { _tag: "Password", name: "ala", password: "secret" },
        { host: "192.0.2.1", port: 7 }
      ]))
    }))

  it.scoped("gives no answer to a client that has left", () =>
    Effect.gen(function*() {
      const { room } = yield* asking(welcome)
      const { place, told } = client(room)
      place.leave("ended")
      yield* TestClock.adjust(1000)
      expect(told).toEqual(["Name: ", "Password: "])
      expect(room.present()).toEqual([])
    }))

  it.scoped("survives a defect of the host", () =>
    Effect.gen(function*() {
      const { events, room } = yield* asking(Effect.dieMessage("a bug"))
      const { told } = client(room)
      yield* TestClock.adjust(1000)
      expect(told.slice(2)).toEqual([texts.en.busy, "ended"])
      expect(events.map(({ _tag }) => _tag)).toContain("ServiceDefect")
    }))

  it.scoped("shows nothing of what clients of a secret app say in its events", () =>
    Effect.gen(function*() {
      const { events, room } = yield* asking(welcome)
      client(room)
      yield* TestClock.adjust(1000)
      const received = events.filter(({ _tag }) => _tag === "ServiceReceived")
      expect(received).toEqual([3, 6].map((bytes) => expect.objectContaining({ bytes, text: undefined })))
      expect(JSON.stringify(events)).not.toMatch(/secret|"t"|Token/)
    }))
})
