import { crc32 } from "node:zlib"
import { expect, it } from "vitest"
import { dropped, ofServer } from "../../../src/cli/report/Dropped.ts"
import { crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import { PacketReader } from "../../../src/protocol/flock/PacketReader.ts"
import { ReceivedPackets } from "../../../src/protocol/flock/recovery/ReceivedPackets.ts"
import { Demultiplexer } from "../../../src/transport/flock/Demultiplexer.ts"
import { answeringOf } from "../../protocol/flock/handshakes.ts"

it("says of what was dropped how much and why, and nothing of nothing", () => {
  expect(dropped("h:1", { malformed: 1, damaged: 0, ahead: 0, stray: 0, unexpected: 0, copies: 2 })).toBe(
    "dropped 3 datagrams of h:1: 1 malformed, 2 late copies"
  )
  expect(dropped("h:1", { malformed: 0, stale: 1, unexpected: 0 })).toBe("dropped 1 datagram of h:1: 1 late answer")
  expect(dropped("h:1", { damaged: 1, duplicates: 1 })).toBe("dropped 2 datagrams of h:1: 1 damaged, 1 duplicate")
  expect(dropped("h:1", { malformed: 0, stale: 0, unexpected: 0 })).toBeUndefined()
})

it("has words for each counter of a listener and of a session of flock", () => {
  const noLink = { onHandshakePacket: () => undefined, onUnknown: () => undefined, onDefect: () => undefined }
  const packets = new PacketReader(
    { path: { host: "h", port: 1 }, protection: crcProtection(crc32), resetToken: undefined, role: "client" },
    new ReceivedPackets()
  )
  const { receivedBytes: _bytes, receivedPackets: _packets, ...dropsOfSession } = packets.counters
  const counters = Object.keys({
    ...dropsOfSession,
    ...answeringOf().counters,
    ...new Demultiplexer(noLink, (_, body) => body()).counters,
    withheldResets: 0,
    errors: 0,
    turnedAway: 0,
    notAllowed: 0,
    reflected: 0
  })
  expect(counters.length).toBeGreaterThan(20)
  const named = counters.filter((name) => new RegExp(`: 2 ${name}$`).test(dropped("h:1", { [name]: 2 }) ?? ""))
  expect(named).toEqual(["damaged", "duplicates", "malformed"].filter((word) => named.includes(word)))
})

it("says of a server at which rate, and names a reason without words", () => {
  const event = { type: "dropped", wire: "flock", durationMillis: 10_000 } as const
  expect(ofServer({ ...event, total: 500_004, reasons: { malformed: 500_000, otherWire: 3, novel: 1 } })).toBe(
    "dropped or refused 500004 datagrams in 10 s (50000 a second): 500000 malformed, 3 of the other wire, 1 novel"
  )
  expect(ofServer({ ...event, durationMillis: 0, total: 1, reasons: { strays: 1 } })).toMatch(/: 1 of an unknown peer$/)
  expect(ofServer({ ...event, total: 1, reasons: { strays: 1 } })).toBe(
    "dropped or refused 1 datagram in 10 s: 1 of an unknown peer"
  )
})
