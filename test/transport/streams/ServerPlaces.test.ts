import { describe, expect, it } from "vitest"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { ServerPlaces } from "../../../src/transport/streams/ServerPlaces.ts"
import { newcomersParts } from "../../../src/transport/streams/StreamLimits.ts"

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
    let taken = 2
    while (takenBy(`2001:db8:0:${taken}::1`) > 1) taken++
    expect(places.take(from("192.0.2.2"))).toBe(false)
    expect(places.take(from("203.0.113.1"))).toBe(true)
    places.give(from("192.0.2.1"))
    expect(places.take(from("192.0.2.1"))).toBe(false)
    for (let sessions = 1; sessions < first; sessions++) places.give(from("192.0.2.1"))
    expect(takenBy("192.0.2.1")).toBeGreaterThan(first / 3)
  })

  it("are left for newcomers when 250 sources want as many as they get", () => {
    const places = new ServerPlaces()
    const sources = Array.from({ length: 250 }, (_, nth) => from(`198.51.100.${nth}`))
    for (let turn = 0; turn < 40; turn++) for (const source of sources) places.take(source)
    const newcomers = Array.from({ length: 1000 }, (_, nth) => from(`203.0.${nth >> 8}.${nth & 255}`))
    expect(newcomers.filter((source) => places.take(source)).length).toBeGreaterThanOrEqual(
      Limits.sessions / newcomersParts
    )
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
