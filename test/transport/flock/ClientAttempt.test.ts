import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import { type Bound, noCounters, SocketError } from "../../../src/net/Socket.ts"
import * as HandshakeLimits from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { hello2, retry, versions } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { form } from "../../../src/protocol/flock/wire/Packet.ts"
import * as EventBus from "../../../src/telemetry/EventBus.ts"
import { PacketTrace } from "../../../src/telemetry/PacketTrace.ts"
import { type AttemptOutcome, ClientAttempt } from "../../../src/transport/flock/ClientAttempt.ts"
import { clientHandshake, keyedHandshake, mustRead, serverPayload } from "../../protocol/flock/handshakes.ts"

const peer = { host: "192.0.2.1", port: 4040 }

/** An attempt, its outcomes, and the tokens of the HELLOs that it has sent. */
const attempting = (options: Parameters<typeof clientHandshake>[0] = {}) => {
  const outcomes: Array<AttemptOutcome> = []
  const tokens: Array<number | undefined> = []
  const bound: Bound = {
    local: { host: "192.0.2.9", port: 1 },
    send: (_to, _segmentBytes, fill) => {
      const bytes = new Uint8Array(1500)
      const packet = mustRead(bytes.subarray(0, fill(bytes)))
      if (packet.form === form.hello) tokens.push(packet.token[0])
      return "Sent"
    },
    discoversMtu: true,
    offload: () => ({ isOn: true }),
    receiveBufferBytes: 1,
    smallBuffers: [],
    counters: () => noCounters
  }
  const bus = EventBus.make()
  const attempt = new ClientAttempt(peer, bus, new PacketTrace(bus, crc32), (outcome) => outcomes.push(outcome))
  attempt.begin(clientHandshake(options), bound)
  const receive = (bytes: Uint8Array, now: number): void => attempt.handlePacket(bytes, 0, bytes.length, now)
  return { attempt, outcomes, receive, tokens }
}

const hello2Bytes = hello2(crc32, 77, 1234, serverPayload(1234))

describe("an attempt to open a session", () => {
  it("sends HELLO when it is due, and after a RETRY at once, with the token", () => {
    const { attempt, receive, tokens } = attempting()
    expect([attempt.turn(0), attempt.turn(100)]).toEqual([300, 300])
    receive(retry(crc32, 77, new Uint8Array(21).fill(9)), 110)
    expect([tokens, attempt.turn(110)]).toEqual([[undefined, 9], 410])
  })

  it("ends once, with the agreement; what arrives later is a repetition", () => {
    const { attempt, outcomes, receive, tokens } = attempting()
    attempt.turn(0)
    receive(hello2Bytes, 40)
    receive(hello2Bytes, 41)
    expect(outcomes).toMatchObject([{ localId: 77, remoteId: 1234, roundTripMillis: 40 }])
    expect([attempt.turn(5000), tokens.length]).toEqual([Infinity, 1])
  })

  it("ends at once with a key that is not known, and after its time with one that is not the expected (C7)", () => {
    const shown = hello2(crc32, 77, 1234, Uint8Array.of(6, ...serverPayload(1234)))
    const unknown = attempting({ makeHandshake: keyedHandshake, judge: () => "Ask" })
    unknown.attempt.turn(0)
    unknown.receive(shown, 10)
    expect(unknown.outcomes).toMatchObject([{ reason: "UnknownKey", key: new Uint8Array(32).fill(6) }])
    const changed = attempting({ makeHandshake: keyedHandshake, judge: () => "Refuse" })
    changed.attempt.turn(0)
    changed.receive(shown, 10)
    const due = 10 + HandshakeLimits.otherKeyMillis
    expect([changed.attempt.turn(due - 1), changed.outcomes]).toEqual([due, []])
    changed.attempt.turn(due)
    expect(changed.outcomes).toMatchObject([{ reason: "ChangedKey", key: new Uint8Array(32).fill(6) }])
  })

  it("ends by the third report of the network, and by no VERSION", () => {
    const { attempt, outcomes, receive } = attempting()
    const refused = new SocketError({ reason: "Refused", address: "192.0.2.1:4040", message: "nothing listens" })
    receive(versions(crc32, 77, []), 5)
    attempt.turn(0)
    attempt.onReport(refused)
    attempt.turn(300)
    attempt.onReport(refused)
    expect([outcomes, attempt.atTimeout.detail]).toEqual([[], "SpeaksClassic"])
    attempt.turn(900)
    attempt.onReport(refused)
    expect(outcomes).toMatchObject([{ reason: "Unreachable" }])
  })
})
