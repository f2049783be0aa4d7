import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { RoomEvent, RoomLineEvent, RoomPosted } from "../../src/telemetry/RoomLineEvents.ts"

const head = { v: 1, time: "2026-12-01T00:00:00.000Z" }
const event = {
  ...head,
  type: "event",
  room: "hall",
  origin: "alpha~0a",
  seq: 1,
  clock: 1,
  at: "2026-12-01T00:00:00.000Z",
  author: "ala@alpha",
  kind: "said"
}

describe("the lines about rooms", () => {
  it("have an event with what it says, or without it where it was erased", () => {
    const isEvent = Schema.is(RoomEvent)
    expect([isEvent({ ...event, body: { text: "hello" } }), isEvent(event), isEvent({ ...event, seq: -1 })]).toEqual([
      true,
      true,
      false
    ])
  })

  it("have a post, whether its event is known or not", () => {
    const posted = { ...head, type: "posted", room: "hall" }
    expect([Schema.is(RoomPosted)(posted), Schema.is(RoomLineEvent)({ ...posted, origin: "alpha~0a", seq: 3 })])
      .toEqual([
        true,
        true
      ])
  })
})
