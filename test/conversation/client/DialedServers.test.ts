import { describe, expect, it } from "vitest"
import * as Limits from "../../../src/conversation/client/ClientDriverLimits.ts"
import { DialedServers, type ServerPlace } from "../../../src/conversation/client/DialedServers.ts"

const place = (port: number): ServerPlace => ({
  name: `s${port}`,
  address: { host: "127.0.0.1", port },
  key: undefined
})
const named = (port: number, key = "ab".repeat(32)) => ({ server: `s${port}`, address: `127.0.0.1:${port}`, key })
const ports = (places: DialedServers) => places.inOrder.map(({ address }) => address.port)

describe("the servers of a client", () => {
  it("are tried from the last one on, then those that were given, then those that are learned", () => {
    const places = new DialedServers([place(1), place(2)])
    expect(ports(places)).toEqual([1, 2])
    places.onWelcome(place(2), [named(1), named(3)])
    expect(ports(places)).toEqual([2, 1, 3])
    const third = places.inOrder[2]!
    expect(third).toMatchObject({ name: "s3", key: new Uint8Array(32).fill(0xab) })
    places.onWelcome(third, [named(4)])
    expect(ports(places)).toEqual([3, 1, 2, 4])
  })

  it("are learned with a key and a port only, and so many of them", () => {
    const places = new DialedServers([])
    places.onWelcome(place(1), [
      named(2, "ab"),
      { ...named(3), address: "alpha.example" },
      { ...named(4), address: "no address" },
      ...Array.from({ length: 100 }, (_, at) => named(100 + at))
    ])
    expect(ports(places)).toHaveLength(1 + Limits.learnedServers)
    expect(ports(places)).not.toContain(2)
  })
})
