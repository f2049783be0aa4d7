import { describe, expect, it } from "vitest"
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import type { ConnectionEvent } from "../../../src/protocol/flock/Connection.ts"
import type { Role } from "../../../src/protocol/flock/streams/Stream.ts"
import { type Frame, readAll, write } from "../../../src/protocol/flock/wire/Frame.ts"
import { RecordConnection } from "../../../src/protocol/tcp/RecordConnection.ts"
import type { RecordProtection } from "../../../src/protocol/tcp/Records.ts"
import * as TcpLimits from "../../../src/protocol/tcp/TcpLimits.ts"
import { content } from "../../suites/flockNetwork.ts"

const parameters = {
  idleTimeoutMillis: 30_000,
  maxData: 2 ** 25,
  maxStreamData: 2 ** 25,
  maxStreams: 4,
  maxAckDelayMicros: 5000
}

/** A record is its plaintext and a byte, which must be 1. */
const clear = (): RecordProtection => ({
  tagBytes: 1,
  seal: (plaintext) => {
    const record = new Uint8Array(plaintext.length + 1).fill(1)
    record.set(plaintext)
    return record
  },
  open: (record) => record.at(-1) === 1 ? record.subarray(0, -1) : undefined,
  free: () => undefined
})
const make = (role: Role) => new RecordConnection({ role, local: parameters, peer: parameters, protection: clear() }, 0)
const recordOf = (...frames: ReadonlyArray<Frame>): Uint8Array => {
  const bytes = new Uint8Array(1000)
  const end = frames.reduce((at, frame) => write(bytes, at, frame), 0)
  return Uint8Array.of(...bytes.subarray(0, end), 1)
}
const framesOf = (written: Uint8Array | undefined) =>
  written === undefined ? undefined : readAll(written, 2, written.length - 1)
const endOf = (events: ReadonlyArray<ConnectionEvent>) =>
  events.flatMap((event) => event._tag === "Closed" ? event.reason : [])

/** Passes all records of one side to the other. */
const move = (from: RecordConnection, to: RecordConnection, now: number): number => {
  let count = 0
  for (let bytes = from.nextRecord(now); bytes !== undefined; bytes = from.nextRecord(now)) {
    to.handleRecord(bytes.subarray(2), now)
    count++
  }
  return count
}

describe("a session in records", () => {
  it("carries a stream, and the end of it is acknowledged", () => {
    const [client, server] = [make("client"), make("server")]
    const stream = client.streams.open() ?? expect.fail("no stream")
    const bytes = content(200_000)
    client.streams.write(stream, bytes)
    client.streams.finish(stream)
    expect(move(client, server, 1)).toBe(4)
    const [opened] = server.pollEvents().flatMap((event) => event._tag === "Opened" ? event.stream : [])
    if (opened === undefined) return expect.fail("nothing was opened")
    const read: Array<Uint8Array> = []
    for (let part = server.streams.read(opened); part !== undefined; part = server.streams.read(opened)) read.push(part)
    expect(Buffer.compare(Buffer.concat(read), bytes)).toBe(0)
    expect([stream.send.isSettled, client.counters.deliveredBytes, client.roundTrip.isMeasured]).toEqual([
      false,
      0,
      false
    ])
    move(server, client, 31)
    expect([stream.send.isSettled, client.inFlightBytes, client.roundTrip.smoothedMillis]).toEqual([true, 0, 30])
    expect(client.counters.deliveredBytes).toBe(client.counters.sentBytes)
  })

  it("fills records, and none is longer than allowed", () => {
    const client = make("client")
    const stream = client.streams.open() ?? expect.fail("no stream")
    client.streams.write(stream, content(300_000))
    const lengths: Array<number> = []
    for (let bytes = client.nextRecord(0); bytes !== undefined; bytes = client.nextRecord(0)) lengths.push(bytes.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(TcpLimits.recordBytes + 2)
    expect(lengths.filter((bytes) => bytes > TcpLimits.recordBytes - 100).length).toBe(4)
  })

  it("keeps no more than it may for a peer that acknowledges nothing", () => {
    const client = make("client")
    const stream = client.streams.open() ?? expect.fail("no stream")
    const block = content(2 ** 20)
    for (let at = 0; at < 30; at++) client.streams.write(stream, block)
    while (client.nextRecord(0) !== undefined);
    expect(client.inFlightBytes).toBeGreaterThanOrEqual(TcpLimits.unacknowledgedBytes)
    expect(client.inFlightBytes).toBeLessThan(TcpLimits.unacknowledgedBytes + TcpLimits.recordBytes)
  })

  it("is closed with code and text: both sides end, and the connection can be finished", () => {
    const [client, server] = [make("client"), make("server")]
    client.close(300, "bye", 0)
    expect([endOf(client.pollEvents()), client.isFinished]).toEqual([[{ by: "us", code: 300, text: "bye" }], false])
    move(client, server, 0)
    expect([client.isFinished, client.isClosed, server.isFinished]).toEqual([true, false, true])
    expect(endOf(server.pollEvents())).toEqual([{ by: "peer", code: 300, text: "bye" }])
    server.onDisconnected()
    client.onDisconnected()
    expect([client.isClosed, server.isClosed, endOf(client.pollEvents())]).toEqual([true, true, []])
  })

  it("does not wait for ever for the end of a closed connection", () => {
    const client = make("client")
    client.close(0, "", 5)
    client.nextRecord(5)
    expect(client.deadline).toBe(5 + TcpLimits.closingMillis)
    client.handleTimeout(client.deadline)
    expect(client.isClosed).toBe(true)
  })

  it("breaks when a record was changed on the way, and when the connection ends without CLOSE", () => {
    const [client, server] = [make("client"), make("server")]
    client.handleRecord(Uint8Array.of(1, 0), 0)
    server.onDisconnected("reset")
    expect([client.isClosed, endOf(client.pollEvents())]).toMatchObject([true, [{ by: "Broken" }]])
    expect([server.isClosed, endOf(server.pollEvents())]).toEqual([true, [{ by: "Broken", code: 0, text: "reset" }]])
    expect(client.nextRecord(0)).toBeUndefined()
  })

  it("is kept alive by its client, and ends after the idle timeout", () => {
    const [client, server] = [make("client"), make("server")]
    expect(client.deadline).toBe(10_000)
    client.handleTimeout(10_000)
    move(client, server, 10_000)
    expect(framesOf(server.nextRecord(10_000))).toMatchObject([{ _tag: "Ack" }])
    expect(server.deadline).toBe(40_000)
    for (const at of [20_000, 30_000]) client.handleTimeout(at)
    expect(client.isOpen).toBe(false)
    expect(endOf(client.pollEvents())).toMatchObject([{ by: "Idle" }])
    server.handleTimeout(40_000)
    expect(endOf(server.pollEvents())).toMatchObject([{ by: "Idle" }])
  })

  it.each<[string, keyof typeof closeCode, Uint8Array]>([
    ["an unknown frame", "ProtocolViolation", Uint8Array.of(0x3f, 1)],
    ["a frame of paths", "ProtocolViolation", recordOf({ _tag: "PathChallenge", token: 1 })],
    ["an ACK of what was not sent", "ProtocolViolation", recordOf({ _tag: "Ack", delayMicros: 0, ranges: [0, 0] })],
    ["an ACK with a gap", "ProtocolViolation", recordOf({ _tag: "Ack", delayMicros: 0, ranges: [1, 1] })],
    ["a stream beyond the limit", "StreamLimitError", recordOf({ _tag: "ResetStream", id: 8, code: 0, finalBytes: 0 })],
    ["a stream that this side did not open", "StreamStateError", recordOf({ _tag: "StopSending", id: 1, code: 0 })]
  ])("is closed because of %s", (_, name, record) => {
    const server = make("server")
    server.handleRecord(record, 0)
    expect(endOf(server.pollEvents())).toMatchObject([{ by: "us", code: closeCode[name] }])
    expect(framesOf(server.nextRecord(0))).toMatchObject([{ _tag: "Close", code: closeCode[name] }])
    expect(server.nextRecord(0)).toBeUndefined()
  })

  it("never throws for what a peer with the right keys sends", () => {
    let state = 7
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 16) % below
    }
    for (let round = 0; round < 300; round++) {
      const server = make("server")
      for (let at = 0; at < 10; at++) {
        const frames = Uint8Array.from({ length: random(40) }, () => random(random(2) === 0 ? 32 : 256))
        server.handleRecord(Uint8Array.of(...frames, 1), at)
        while (server.nextRecord(at) !== undefined);
        server.pollEvents()
      }
    }
  })
})
