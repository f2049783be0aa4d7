import { describe, expect, it } from "vitest"
import * as ExchangeTurns from "../../../src/conversation/links/ExchangeTurns.ts"
import * as LinkLimits from "../../../src/conversation/links/LinkLimits.ts"
import { alpha, beta, post } from "../store/events.ts"

const room = ExchangeTurns.putRoom("hall", { access: "public", servers: [] })
const noFloor = () => 0

describe("the turns of an exchange", () => {
  it("have the rooms before their events, and as many events as a turn may have", () => {
    const events = Array.from({ length: LinkLimits.turnEvents + 1 }, (_, at) => ({
      serial: at + 1,
      event: post(beta, at + 1)
    }))
    const turns = ExchangeTurns.turnsOf([room], events, alpha, noFloor)
    expect(turns.map(({ last, writes }) => [last, writes.length])).toEqual([
      [LinkLimits.turnEvents, LinkLimits.turnEvents + 1],
      [LinkLimits.turnEvents + 1, 1]
    ])
    expect(turns[0]?.writes.slice(0, 2).map(({ _tag }) => _tag)).toEqual(["PutRoom", "Append"])
  })

  it("of rooms alone make nothing durable but them", () => {
    expect(ExchangeTurns.turnsOf([room], [], alpha, noFloor)).toEqual([{ writes: [room], last: 0 }])
  })

  it("remember the post of a device of this server", () => {
    const [turn] = ExchangeTurns.turnsOf([], [{ serial: 1, event: post(alpha, 1) }], alpha, noFloor)
    expect(turn?.writes[1]).toEqual({
      _tag: "See",
      post: { room: "hall", author: "ala@alpha.example", device: "terminal", n: 1, origin: alpha, seq: 1 }
    })
  })

  it("tell the store of a floor that an event jumps to", () => {
    const floorOf = ({ origin }: { readonly origin: string }) => origin === beta ? 7 : 0
    const events = [7, 8, 9].map((seq) => ({ serial: seq, event: post(beta, seq) }))
    const [turn] = ExchangeTurns.turnsOf([], events, alpha, floorOf)
    expect(turn?.writes.map(({ _tag }) => _tag)).toEqual(["Append", "Purge", "Append", "Append"])
    expect(turn?.writes[1]).toEqual({ _tag: "Purge", room: "hall", origin: beta, floor: 7 })
  })
})
