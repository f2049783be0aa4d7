import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { RoomLog } from "../../../src/protocol/conversation/RoomLog.ts"
import { forgeryOf } from "../../../src/protocol/conversation/SignedEvent.ts"
import { recordOf } from "../../../src/protocol/conversation/Vector.ts"
import { checks, signerOf } from "./ed25519.ts"
import { alpha, beta, eventOf } from "./rooms.ts"

const isGenuine = (event: Event): string | undefined => forgeryOf(checks, event)
const accept = (log: RoomLog, event: Event, floor = 0) => log.accept(event, floor, isGenuine)

describe("a log", () => {
  it("gives its server the next number and a clock above all that it knows", () => {
    const log = new RoomLog("hall")
    accept(log, eventOf(beta, 1, 7))
    expect(log.nextOf(alpha.origin)).toEqual({ seq: 1, clock: 8 })
    log.append(eventOf(alpha, 1, 8))
    expect(log.nextOf(alpha.origin)).toEqual({ seq: 2, clock: 9 })
    expect(recordOf(log.have)).toEqual({ [beta.origin]: 1, [alpha.origin]: 1 })
    expect(() => log.append(eventOf(alpha, 3, 9))).toThrow("is not the next one")
  })

  it("takes each origin's events in their order, once", () => {
    const log = new RoomLog("hall")
    expect(accept(log, eventOf(beta, 2))).toMatchObject({ _tag: "Gap", reason: "follows event 0 of its origin here" })
    expect(accept(log, eventOf(beta, 1))).toEqual({ _tag: "Accepted" })
    expect(accept(log, eventOf(beta, 1))).toEqual({ _tag: "Known" })
    expect(accept(log, eventOf(beta, 2))).toEqual({ _tag: "Accepted" })
    expect(accept(log, eventOf(beta, 4))._tag).toBe("Gap")
    expect(log.clock).toBe(2)
  })

  it("finds a second event of one identity, and is not deceived by a forged one", () => {
    const log = new RoomLog("hall")
    accept(log, eventOf(beta, 1))
    const other = eventOf(beta, 1, 1, { body: { text: "another" } })
    expect(accept(log, other)._tag).toBe("Fork")
    expect(accept(log, { ...other, sig: "00".repeat(64) })).toMatchObject({
      _tag: "Refused",
      reason: "sig: not a signature of the origin"
    })
  })

  it("remembers the hashes of the newest events only", () => {
    const log = new RoomLog("hall")
    for (let seq = 1; seq <= Limits.rememberedHashes + 1; seq++) {
      log.accept({ ...eventOf(beta, 1), seq, clock: seq, hash: `${seq}` }, 0, () => undefined)
    }
    expect(log.accept({ ...eventOf(beta, 1), hash: "x" }, 0, () => undefined)._tag).toBe("Known")
    expect(log.accept({ ...eventOf(beta, 2), hash: "x" }, 0, () => undefined)._tag).toBe("Fork")
  })

  it.each<[string, Event, RegExp]>([
    ["of another room", eventOf(beta, 1, 1, { room: "cellar" }), /is of the room "cellar"/],
    ["whose clock stands still", eventOf(beta, 1, 3), /has clock 3, not more than the event before it/],
    ["whose clock runs away", eventOf(beta, 1, 4 + Limits.clockStep), /more than 4194304 above that of the room, 3/],
    ["that is forged", { ...eventOf(beta, 1, 4), sig: "forged" }, /^sig: /]
  ])("refuses an event %s", (_, event, reason) => {
    const log = new RoomLog("hall", [
      { origin: beta.origin, seq: 4, clock: 3, floor: 0 },
      { origin: alpha.origin, seq: 1, clock: 2, floor: 0 }
    ])
    const isForged = ({ sig }: Event) => sig === "forged" ? "sig: not a signature of the origin" : undefined
    const found = log.accept({ ...event, seq: 5 }, 0, isForged)
    expect(found).toMatchObject({ _tag: "Refused", reason: expect.stringMatching(reason) as string })
    expect(log.have.get(beta.origin)).toBe(4)
  })

  it("begins with any clock, because what came before may be purged", () => {
    const log = new RoomLog("hall")
    expect(accept(log, eventOf(beta, 1, 2 ** 40))._tag).toBe("Accepted")
  })

  it("has a limit of origins for a server, and for all", () => {
    const heads = (server: string, count: number) =>
      Array.from({ length: count }, (_, at) => ({ origin: `${server}~${at}`, seq: 1, clock: 1, floor: 0 }))
    const full = new RoomLog("hall", heads("beta", Limits.serverOrigins))
    expect(accept(full, eventOf(beta, 1))).toMatchObject({ _tag: "Refused" })
    expect(accept(full, eventOf(alpha, 1))).toEqual({ _tag: "Accepted" })
    const crowded = new RoomLog(
      "hall",
      heads("x", 0).concat(
        Array.from({ length: Limits.roomOrigins }, (_, at) => ({ origin: `s${at}~`, seq: 1, clock: 1, floor: 0 }))
      )
    )
    expect(accept(crowded, eventOf(alpha, 1))).toMatchObject({ _tag: "Refused" })
    expect(crowded.nextOf(alpha.origin)).toBeUndefined()
  })

  it("is full when its clock or its numbers are used up", () => {
    const log = (seq: number, clock: number) => new RoomLog("hall", [{ origin: alpha.origin, seq, clock, floor: 0 }])
    expect(log(Limits.maxSeq, 5).nextOf(alpha.origin)).toBeUndefined()
    expect(log(5, Limits.maxClock).nextOf(alpha.origin)).toBeUndefined()
    expect(log(5, Limits.maxClock - 1).nextOf(alpha.origin)).toEqual({ seq: 6, clock: Limits.maxClock })
  })
})

describe("a purged log", () => {
  it("keeps its vector, and announces floors that only rise", () => {
    const log = new RoomLog("hall", [{ origin: beta.origin, seq: 5, clock: 5, floor: 0 }])
    log.purge(new Map([[beta.origin, 3], [alpha.origin, 9]]))
    log.purge(new Map([[beta.origin, 2]]))
    expect(recordOf(log.floors)).toEqual({ [beta.origin]: 3 })
    expect(log.heads).toEqual([{ origin: beta.origin, seq: 5, clock: 5, floor: 3 }])
    expect(accept(log, eventOf(beta, 6))).toEqual({ _tag: "Accepted" })
  })

  it("is followed by the event right above a floor, and by no other", () => {
    const log = new RoomLog("hall")
    expect(accept(log, eventOf(beta, 9), 7)._tag).toBe("Gap")
    expect(accept(log, eventOf(beta, 8), 7)).toEqual({ _tag: "Accepted" })
    expect(recordOf(log.floors)).toEqual({ [beta.origin]: 7 })
    expect(recordOf(log.have)).toEqual({ [beta.origin]: 8 })
  })

  it("does not believe a floor without the event above it", () => {
    const log = new RoomLog("hall")
    const forged = { ...eventOf(signerOf("mallory", 9), 8), origin: beta.origin }
    expect(accept(log, forged, 7)._tag).toBe("Refused")
    expect(log.have.size).toBe(0)
  })
})
