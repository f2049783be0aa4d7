import { describe, expect, it } from "vitest"
import * as HandshakeLimits from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { HandshakePlaces } from "../../../src/transport/tcp/HandshakePlaces.ts"

const from = (at: number) => ({ host: `192.0.2.${at}`, port: 5000 })
const countOf = (take: () => boolean): number => Array.from({ length: 2000 }, take).filter(Boolean).length

describe("the places of handshakes", () => {
  it("are never all taken by one source", () => {
    const places = new HandshakePlaces(() => 0.5)
    const taken = countOf(() => places.take(from(1)))
    expect(taken).toBeLessThanOrEqual(HandshakeLimits.halfOpen / 2)
    expect(places.take(from(2))).toBe(true)
    places.give(from(1))
    expect(places.take(from(1))).toBe(true)
  })

  it("are limited in their rate, of each source and of all, but not those of this machine alone", () => {
    const places = new HandshakePlaces(() => 0.5, 300)
    expect(countOf(() => places.admits(from(1), 0))).toBe(HandshakeLimits.sourceHandshakes)
    expect(places.admits(from(2), 0)).toBe(true)
    const own = new HandshakePlaces(() => 0.5, 300)
    expect(countOf(() => own.admits({ host: "127.0.0.1", port: 1 }, 0))).toBe(300)
    expect(own.admits(from(2), 0)).toBe(false)
    expect(own.admits(from(2), 1000)).toBe(true)
  })
})
