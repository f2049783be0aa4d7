import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { HalfOpenEntries, type HalfOpenEntry } from "../../../../src/protocol/flock/handshake/HalfOpenEntries.ts"
import { clearHandshake } from "../../../../src/protocol/flock/handshake/Handshake.ts"
import * as HandshakeLimits from "../../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { sourceOf } from "../../../../src/protocol/Source.ts"
import { parameters } from "../handshakes.ts"

const message = Uint8Array.of(7, 200)

const entryOf = (
  clientId: number,
  now: number,
  lifeMillis: number = HandshakeLimits.halfOpenMillis
): HalfOpenEntry => ({
  path: { host: `10.0.${clientId >> 8}.${clientId & 255}`, port: 4040 },
  clientId,
  message,
  serverId: 10_000 + clientId,
  handshake: clearHandshake(crc32)("server", new Uint8Array(0)),
  local: parameters,
  hello2Bytes: new Uint8Array(0),
  createdAt: now,
  lifeMillis,
  hello2Count: 1,
  hello2SentAt: now,
  hello3Reads: 0
})
const add = (entries: HalfOpenEntries, entry: HalfOpenEntry): string => {
  const taken = entries.takePlace(sourceOf(entry.path))
  if (taken !== "Refused") entries.add(entry)
  return taken
}

describe("half-open entries", () => {
  it("are found by client, first message and the server's id until they became a session", () => {
    const entries = new HalfOpenEntries(() => undefined)
    const entry = entryOf(1, 0)
    add(entries, entry)
    expect([entries.of(entry.path, 1, message), entries.byServerId(10_001)]).toEqual([entry, entry])
    expect(entries.of(entry.path, 2, message)).toBeUndefined()
    // Somebody else has sent HELLO in the name of the client.
    expect(entries.of(entry.path, 1, Uint8Array.of(7, 201))).toBeUndefined()
    entries.forget(entry)
    expect(entries.of(entry.path, 1, message)).toBeUndefined()
    expect([entries.byServerId(10_001), entries.count]).toEqual([undefined, 0])
  })

  it("expire by their own life after the last HELLO2, in any order", () => {
    const dropped: Array<number> = []
    const entries = new HalfOpenEntries(({ clientId }) => void dropped.push(clientId))
    add(entries, entryOf(1, 0))
    const short = entryOf(2, 1000, HandshakeLimits.provedHalfOpenMillis)
    add(entries, short)
    entries.expire(3999)
    expect(dropped).toEqual([])
    entries.onRepeated(short, 3999)
    entries.expire(6998)
    expect(dropped).toEqual([])
    entries.expire(6999)
    expect(dropped).toEqual([2])
    entries.expire(10_000)
    expect(dropped).toEqual([2, 1])
  })

  it("that are dropped have their secrets overwritten, and those that became a session have not", () => {
    const entries = new HalfOpenEntries(() => undefined)
    const freed: Array<number> = []
    for (const id of [1, 2]) {
      const entry = entryOf(id, 0)
      add(entries, { ...entry, handshake: { ...entry.handshake, free: () => void freed.push(id) } })
    }
    const session = entries.byServerId(10_001)
    if (session !== undefined) entries.forget(session)
    entries.expire(HandshakeLimits.halfOpenMillis)
    expect([session?.clientId, freed, entries.count]).toEqual([1, [2], 0])
  })

  it("displace the oldest when they are full, and refuse a source that has its share", () => {
    const dropped: Array<number> = []
    const entries = new HalfOpenEntries(({ clientId }) => void dropped.push(clientId))
    for (let client = 1; client <= HandshakeLimits.halfOpen; client++) {
      expect(add(entries, entryOf(client, 0))).toBe("Taken")
    }
    expect([add(entries, entryOf(2000, 0)), dropped, entries.count]).toEqual([
      "Displaced",
      [1],
      HandshakeLimits.halfOpen
    ])
    // A refused source costs none of the others its entry.
    const sources = Array.from({ length: HandshakeLimits.leastHalfOpen }, (_, at) => ({
      ...entryOf(3000 + at, 0),
      path: { host: "192.0.2.1", port: at }
    }))
    expect(new Set(sources.map((entry) => add(entries, entry)))).toEqual(new Set(["Displaced"]))
    const before = dropped.length
    expect([entries.takePlace("192.0.2.1"), dropped.length, entries.count]).toEqual([
      "Refused",
      before,
      HandshakeLimits.halfOpen
    ])
    const one = new HalfOpenEntries(() => undefined)
    const results = Array.from(
      { length: 1000 },
      (_, at) => add(one, { ...entryOf(at, 0), path: { host: "192.0.2.1", port: at } })
    )
    expect(results.filter((result) => result === "Taken")).toHaveLength(Math.floor(HandshakeLimits.halfOpen / 3))
    one.givePlace("192.0.2.1")
    expect(one.takePlace("192.0.2.1")).toBe("Taken")
  })
})
