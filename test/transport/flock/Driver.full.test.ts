/** A driver whose socket has no room: turns of many sessions. */
import { describe, expect, it } from "vitest"
import type { Bound } from "../../../src/net/Socket.ts"
import { Driver, type Link } from "../../../src/transport/flock/Driver.ts"
import { Pair } from "../../protocol/flock/pair.ts"

const sessions = 100

/** A driver with sessions that each have a packet to send, and a socket with room for `room` runs. */
const setUp = () => {
  const socket = { room: 10, sends: 0 }
  const bound: Bound = {
    local: { host: "client", port: 1 },
    send: (_to, _segmentBytes, fill) => {
      socket.sends++
      if (socket.room === 0) return "Full"
      if (fill(new Uint8Array(65_507)) === 0) return "Nothing"
      socket.room--
      return "Sent"
    },
    discoversMtu: false,
    offload: () => ({ isOn: false, reason: "a test" }),
    receiveBufferBytes: 100_000,
    smallBuffers: [],
    counters: () => ({
      receivedRuns: 0,
      receivedBytes: 0,
      sentDatagrams: 0,
      sentBytes: 0,
      refusedDatagrams: 0,
      fullSends: 0,
      droppedMessages: undefined
    })
  }
  const driver = new Driver(() => 0, () => ({ set: () => undefined }), {
    onHandshakePacket: () => undefined,
    onUnknown: () => undefined,
    onDefect: (cause) => {
      throw cause
    }
  })
  driver.bind(bound)
  const links = Array.from({ length: sessions }, (_, nth): Link => ({
    connection: new Pair({}, {}, { localId: nth + 1 }).client,
    onEvents: () => undefined
  }))
  for (const link of links) {
    link.connection.streams.write(link.connection.streams.open() ?? fail(), new Uint8Array(100))
    driver.add(link)
  }
  driver.flush()
  const sent = () => links.map(({ connection }) => connection.sent.sentPackets)
  return { driver, links, socket, sent }
}

const fail = (): never => {
  throw new Error("no stream may be opened")
}

const total = (counts: ReadonlyArray<number>): number => counts.reduce((sum, count) => sum + count, 0)

describe("a driver whose socket is full", () => {
  it("asks no session that waits for room, at the input of others", () => {
    const { driver, links, sent, socket } = setUp()
    expect([total(sent()), socket.sends]).toEqual([10, 11])
    for (const link of links.slice(0, 50)) {
      driver.touch(link)
      driver.flush()
    }
    expect([total(sent()), socket.sends]).toEqual([10, 11])
  })

  it("goes on with the sessions that have waited, each in its turn, when there is room again", () => {
    const { driver, sent, socket } = setUp()
    for (let room = 1; room < 10; room++) {
      socket.room = 10
      driver.onDrain()
      // No session sends a second time before all have sent once.
      expect(Math.max(...sent())).toBe(1)
      expect(total(sent())).toBe(10 * (room + 1))
    }
    expect(sent()).toEqual(Array.from({ length: sessions }, () => 1))
  })
})
