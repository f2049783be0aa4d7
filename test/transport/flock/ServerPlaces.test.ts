import { describe, expect, it } from "vitest"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { ServerPlaces } from "../../../src/transport/flock/ServerPlaces.ts"

const from = (host: string) => ({ host, port: 4040 })

describe("the places of a server", () => {
  it("are never all taken by one source; each that is given back can be taken again (S8)", () => {
    const places = new ServerPlaces()
    const takenBy = (host: string): number => {
      let taken = 0
      while (places.take(from(host))) taken++
      return taken
    }
    const first = takenBy("192.0.2.1")
    expect(first).toBe(Math.floor(Limits.sessions / 3))
    expect(takenBy("192.0.2.2")).toBeGreaterThan(Limits.leastSessions)
    expect(takenBy("2001:db8::1")).toBeGreaterThan(0)
    expect(takenBy("2001:db8::2")).toBe(0)
    places.give(from("192.0.2.1"))
    expect(places.take(from("192.0.2.1"))).toBe(false)
    for (let sessions = 1; sessions < first; sessions++) places.give(from("192.0.2.1"))
    expect(takenBy("192.0.2.1")).toBeGreaterThan(first / 2)
  })

  it("are not taken by refused sessions, which have a limit of their own", () => {
    const places = new ServerPlaces({ sessions: 2 })
    let refused = 0
    while (places.takeRefused()) refused++
    expect([refused, places.count]).toEqual([Limits.refusedSessions, 2])
    expect([places.take(from("192.0.2.1")), places.take(from("192.0.2.2")), places.take(from("192.0.2.3"))])
      .toEqual([true, true, false])
    places.giveRefused()
    expect([places.takeRefused(), places.takeRefused()]).toEqual([true, false])
  })
})
