import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { hello, hello2, hello3, versions } from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { sealWithCrc } from "../../../../src/protocol/flock/handshake/Protection.ts"
import type {
  ServerHandshake,
  ServerHandshakeResult
} from "../../../../src/protocol/flock/handshake/ServerHandshake.ts"
import type { Path } from "../../../../src/protocol/flock/path/PathValidation.ts"
import { form } from "../../../../src/protocol/flock/wire/Packet.ts"
import { encode } from "../../../../src/protocol/flock/wire/TransportParameters.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"
import { fromHex } from "../frames.ts"
import { answeringOf, callingOf, mustRead, parameters } from "../handshakes.ts"

const here: Path = { host: "192.0.2.1", port: 4040 }
const elsewhere: Path = { host: "192.0.2.1", port: 4041 }

const handle = (
  answering: ServerHandshake,
  bytes: Uint8Array,
  from = here,
  now = 0
): ServerHandshakeResult | undefined => answering.handlePacket(mustRead(bytes), from, now)

const helloOf = (clientId: number): Uint8Array => hello(crc32, clientId, "crc", new Uint8Array(0))

/** What HELLO of client 77 is answered with. */
const answerOf = (reaction: ServerHandshakeResult | undefined): Uint8Array => {
  if (reaction?.type !== "Answer") throw new Error("no answer")
  return reaction.bytes
}
const serverIdOf = (answer: Uint8Array): number => {
  const packet = mustRead(answer)
  if (packet.form !== form.hello2) throw new Error("no HELLO2")
  return packet.serverId
}

describe("a server's handshake", () => {
  it("makes a session of HELLO, HELLO2 and HELLO3, on which both sides agree", () => {
    const [calling, answering] = [callingOf(), answeringOf()]
    const answer = answerOf(handle(answering, calling.pollTransmit(0) ?? fromHex(""), here, 10))
    const client = calling.handlePacket(answer, 0, answer.length, 20)
    if (client?.type !== "Agreed") throw new Error("the client has not agreed")
    const server = handle(answering, client.agreement.prefix ?? fromHex(""), here, 35)
    expect(server).toMatchObject({
      type: "Agreed",
      agreement: {
        localId: client.agreement.remoteId,
        remoteId: client.agreement.localId,
        peer: parameters,
        roundTripMillis: 25
      }
    })
    expect(client.agreement.peer).toEqual({ ...parameters, maxStreams: 9 })
    expect(answering.count).toBe(0)
  })

  it("does not tell a round trip once HELLO2 went twice", () => {
    const answering = answeringOf()
    const serverId = serverIdOf(answerOf(handle(answering, helloOf(77))))
    handle(answering, helloOf(77), here, 300)
    const reaction = handle(answering, hello3(crc32, serverId, encode(parameters)), here, 310)
    expect(reaction?.type === "Agreed" && reaction.agreement.roundTripMillis).toBe(undefined)
  })

  it("answers a HELLO that comes again with the same HELLO2, and makes nothing of it (C9)", () => {
    const answering = answeringOf()
    const first = handle(answering, helloOf(77))
    expect(handle(answering, helloOf(77), here, 5000)).toEqual(first)
    expect(answering.count).toBe(1)
    handle(answering, hello3(crc32, serverIdOf(answerOf(first)), encode(parameters)), here, 5001)
    // A late copy, after the session: it costs an entry, and no session without another HELLO3.
    const late = handle(answering, helloOf(77), here, 5002)
    expect([serverIdOf(answerOf(late)) === serverIdOf(answerOf(first)), answering.count]).toEqual([false, 1])
    expect(handle(answering, helloOf(77), here, 5002 + Limits.halfOpenMillis)?.type).toBe("Answer")
    expect(answering.count).toBe(1)
  })

  it("takes HELLO3 once, and none of an earlier life of the server (R8)", () => {
    const [earlier, answering] = [answeringOf(), answeringOf({}, 2)]
    const old = hello3(crc32, serverIdOf(answerOf(handle(earlier, helloOf(77)))), encode(parameters))
    const third = hello3(crc32, serverIdOf(answerOf(handle(answering, helloOf(77)))), encode(parameters))
    expect(handle(answering, old)).toBeUndefined()
    expect([handle(answering, third)?.type, handle(answering, third)]).toEqual(["Agreed", undefined])
  })

  it("opens the session with the address that HELLO2 went to, wherever HELLO3 comes from (S2)", () => {
    const answering = answeringOf()
    const third = hello3(crc32, serverIdOf(answerOf(handle(answering, helloOf(77)))), encode(parameters))
    expect(handle(answering, third, elsewhere)).toMatchObject({ type: "Agreed", path: here })
  })

  it("waits for another HELLO3 when one has no parameters", () => {
    const answering = answeringOf()
    const serverId = serverIdOf(answerOf(handle(answering, helloOf(77))))
    expect(handle(answering, hello3(crc32, serverId, fromHex("05")))).toBeUndefined()
    expect(handle(answering, hello3(crc32, serverId, encode(parameters)))?.type).toBe("Agreed")
  })

  it("tells clients apart by address and id", () => {
    const answering = answeringOf()
    const reactions = [
      handle(answering, helloOf(77)),
      handle(answering, helloOf(78)),
      handle(answering, helloOf(77), elsewhere)
    ]
    expect(new Set(reactions.map((reaction) => serverIdOf(answerOf(reaction)))).size).toBe(3)
    expect(answering.count).toBe(3)
  })

  it("draws ids from 1 up to 2⁵³ − 1", () => {
    const idAt = (random: number) => serverIdOf(answerOf(handle(answeringOf({ random: () => random }), helloOf(77))))
    expect([idAt(0), idAt(1 - 2 ** -53)]).toEqual([1, Number.MAX_SAFE_INTEGER])
  })
})

describe("a stranger", () => {
  const otherVersion = (): Uint8Array => {
    const bytes = helloOf(77)
    bytes[14] = 9
    sealWithCrc(crc32, bytes, 0, bytes.length - 4)
    return bytes
  }

  it("never gets more bytes than came (S2)", () => {
    const answering = answeringOf()
    const packets = [
      helloOf(77),
      helloOf(77),
      helloOf(78),
      otherVersion(),
      hello2(crc32, 77, 5, encode(parameters)),
      hello3(crc32, 5, encode(parameters)),
      versions(crc32, 77)
    ]
    for (const bytes of packets) {
      const reaction = handle(answering, bytes)
      const sent = reaction?.type === "Answer" ? reaction.bytes.length : 0
      expect(sent).toBeLessThanOrEqual(bytes.length)
    }
  })

  it("of another version learns ours, and leaves nothing", () => {
    const answering = answeringOf()
    expect(handle(answering, otherVersion())).toEqual({ type: "Answer", bytes: versions(crc32, 77) })
    expect([answering.counters.otherVersions, answering.count]).toEqual([1, 0])
  })

  it("that wants another protection gets no answer", () => {
    const answering = answeringOf()
    const bytes = helloOf(77)
    bytes[23] = 2
    sealWithCrc(crc32, bytes, 0, bytes.length - 4)
    expect(handle(answering, bytes)).toBeUndefined()
    expect([answering.counters.otherProtections, answering.count]).toEqual([1, 0])
  })

  it("that sends HELLO2 or VERSION to a server gets no answer", () => {
    const answering = answeringOf()
    const packets = [hello2(crc32, 77, 5, fromHex("")), versions(crc32, 77)]
    expect(packets.map((bytes) => handle(answering, bytes))).toEqual([undefined, undefined])
  })

  it("floods at most 1,024 handshakes, each for 10 s (S1)", () => {
    const answering = answeringOf()
    for (let clientId = 1; clientId <= 2000; clientId++) handle(answering, helloOf(clientId), here, clientId)
    expect([answering.count, answering.counters.refused]).toEqual([Limits.halfOpen, 2000 - Limits.halfOpen])
    // Those that are under way still get their answer.
    expect(handle(answering, helloOf(1), here, 2000)?.type).toBe("Answer")
    // The first ten are forgotten, but the one that has just asked again.
    handle(answering, helloOf(3000), here, 10 + Limits.halfOpenMillis)
    expect(answering.count).toBe(Limits.halfOpen - 9 + 1)
    handle(answering, helloOf(3001), here, 4000 + Limits.halfOpenMillis)
    expect(answering.count).toBe(2)
  })

  it("that answers after 10 s is too late", () => {
    const answering = answeringOf()
    const third = hello3(crc32, serverIdOf(answerOf(handle(answering, helloOf(77)))), encode(parameters))
    expect(handle(answering, third, here, Limits.halfOpenMillis)).toBeUndefined()
    expect(answering.count).toBe(0)
  })
})
