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
import { answeringOf, clientHandshake, mustRead, parameters } from "../handshakes.ts"

const clientPath: Path = { host: "192.0.2.1", port: 4040 }
const otherPath: Path = { host: "192.0.2.1", port: 4041 }

const handle = (
  server: ServerHandshake,
  bytes: Uint8Array,
  from = clientPath,
  now = 0
): ServerHandshakeResult | undefined => server.handlePacket(mustRead(bytes), from, now)

const helloOf = (clientId: number): Uint8Array => hello(crc32, clientId, "crc", new Uint8Array(0))

/** The bytes of the response, or throws when there is none. */
const responseOf = (result: ServerHandshakeResult | undefined): Uint8Array => {
  if (result?._tag !== "Answer") throw new Error("no answer")
  return result.bytes
}
const serverIdOf = (answer: Uint8Array): number => {
  const packet = mustRead(answer)
  if (packet.form !== form.hello2) throw new Error("no HELLO2")
  return packet.serverId
}

describe("a server's handshake", () => {
  it("of HELLO, HELLO2 and HELLO3 results in the same session on both sides", () => {
    const [client, server] = [clientHandshake(), answeringOf()]
    const answer = responseOf(handle(server, client.pollTransmit(0) ?? fromHex(""), clientPath, 10))
    const clientResult = client.handlePacket(answer, 0, answer.length, 20)
    if (clientResult?._tag !== "Agreed") throw new Error("the client has not agreed")
    const serverResult = handle(server, clientResult.agreement.prefix ?? fromHex(""), clientPath, 35)
    expect(serverResult).toMatchObject({
      _tag: "Agreed",
      agreement: {
        localId: clientResult.agreement.remoteId,
        remoteId: clientResult.agreement.localId,
        peer: parameters,
        roundTripMillis: 25
      }
    })
    expect(clientResult.agreement.peer).toEqual({ ...parameters, maxStreams: 9 })
    expect(server.count).toBe(0)
  })

  it("measures no round trip when HELLO2 was sent twice", () => {
    const server = answeringOf()
    const serverId = serverIdOf(responseOf(handle(server, helloOf(77))))
    handle(server, helloOf(77), clientPath, 300)
    const result = handle(server, hello3(crc32, serverId, encode(parameters)), clientPath, 310)
    expect(result?._tag === "Agreed" && result.agreement.roundTripMillis).toBe(undefined)
  })

  it("answers a repeated HELLO with the same HELLO2, without a second entry (C9)", () => {
    const server = answeringOf()
    const first = handle(server, helloOf(77))
    expect(handle(server, helloOf(77), clientPath, 5000)).toEqual(first)
    expect(server.count).toBe(1)
    handle(server, hello3(crc32, serverIdOf(responseOf(first)), encode(parameters)), clientPath, 5001)
    // A late copy after the session was opened makes an entry, but no session without another HELLO3.
    const late = handle(server, helloOf(77), clientPath, 5002)
    expect([serverIdOf(responseOf(late)) === serverIdOf(responseOf(first)), server.count]).toEqual([false, 1])
    expect(handle(server, helloOf(77), clientPath, 5002 + Limits.halfOpenMillis)?._tag).toBe("Answer")
    expect(server.count).toBe(1)
  })

  it("accepts HELLO3 once, and none from before a restart of the server (R8)", () => {
    const [earlier, server] = [answeringOf(), answeringOf({}, 2)]
    const old = hello3(crc32, serverIdOf(responseOf(handle(earlier, helloOf(77)))), encode(parameters))
    const third = hello3(crc32, serverIdOf(responseOf(handle(server, helloOf(77)))), encode(parameters))
    expect(handle(server, old)).toBeUndefined()
    expect([handle(server, third)?._tag, handle(server, third)]).toEqual(["Agreed", undefined])
  })

  it("opens the session with the address of HELLO, even if HELLO3 arrives from another (S2)", () => {
    const server = answeringOf()
    const third = hello3(crc32, serverIdOf(responseOf(handle(server, helloOf(77)))), encode(parameters))
    expect(handle(server, third, otherPath)).toMatchObject({ _tag: "Agreed", path: clientPath })
  })

  it("waits for another HELLO3 after one without parameters", () => {
    const server = answeringOf()
    const serverId = serverIdOf(responseOf(handle(server, helloOf(77))))
    expect(handle(server, hello3(crc32, serverId, fromHex("05")))).toBeUndefined()
    expect(handle(server, hello3(crc32, serverId, encode(parameters)))?._tag).toBe("Agreed")
  })

  it("distinguishes clients by address and id", () => {
    const server = answeringOf()
    const results = [
      handle(server, helloOf(77)),
      handle(server, helloOf(78)),
      handle(server, helloOf(77), otherPath)
    ]
    expect(new Set(results.map((result) => serverIdOf(responseOf(result)))).size).toBe(3)
    expect(server.count).toBe(3)
  })

  it("draws ids from 1 to 2⁵³ − 1", () => {
    const idAt = (random: number) => serverIdOf(responseOf(handle(answeringOf({ random: () => random }), helloOf(77))))
    expect([idAt(0), idAt(1 - 2 ** -53)]).toEqual([1, Number.MAX_SAFE_INTEGER])
  })
})

describe("a client that is not validated", () => {
  const otherVersion = (): Uint8Array => {
    const bytes = helloOf(77)
    bytes[14] = 9
    sealWithCrc(crc32, bytes, 0, bytes.length - 4)
    return bytes
  }

  it("never receives more bytes than it sent (S2)", () => {
    const server = answeringOf()
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
      const result = handle(server, bytes)
      const sent = result?._tag === "Answer" ? result.bytes.length : 0
      expect(sent).toBeLessThanOrEqual(bytes.length)
    }
  })

  it("of another version receives VERSION, without an entry", () => {
    const server = answeringOf()
    expect(handle(server, otherVersion())).toEqual({ _tag: "Answer", bytes: versions(crc32, 77) })
    expect([server.counters.otherVersions, server.count]).toEqual([1, 0])
  })

  it("that requests another protection gets no answer", () => {
    const server = answeringOf()
    const bytes = helloOf(77)
    bytes[23] = 2
    sealWithCrc(crc32, bytes, 0, bytes.length - 4)
    expect(handle(server, bytes)).toBeUndefined()
    expect([server.counters.otherProtections, server.count]).toEqual([1, 0])
  })

  it("that sends HELLO2 or VERSION to a server gets no answer", () => {
    const server = answeringOf()
    const packets = [hello2(crc32, 77, 5, fromHex("")), versions(crc32, 77)]
    expect(packets.map((bytes) => handle(server, bytes))).toEqual([undefined, undefined])
  })

  it("occupies at most 1,024 entries, each for 10 s; the oldest makes room (S1)", () => {
    const dropped: Array<number> = []
    const server = answeringOf({ onDropped: ({ maxStreams }) => void dropped.push(maxStreams) })
    const pathOf = (client: number): Path => ({ host: `10.0.${client >> 8}.${client & 255}`, port: 4040 })
    for (let client = 1; client <= 2000; client++) handle(server, helloOf(client), pathOf(client), client)
    const displaced = 2000 - Limits.halfOpen
    expect([server.count, server.counters.displaced, dropped]).toEqual([
      Limits.halfOpen,
      displaced,
      Array.from({ length: displaced }, () => 9)
    ])
    // Handshakes in progress still get their response.
    expect(handle(server, helloOf(displaced + 1), pathOf(displaced + 1), 2000)?._tag).toBe("Answer")
    // The ten oldest entries have expired, except the one that was just renewed.
    handle(server, helloOf(3000), pathOf(3000), displaced + 10 + Limits.halfOpenMillis)
    expect(server.count).toBe(Limits.halfOpen - 9 + 1)
    handle(server, helloOf(3001), pathOf(3001), 4000 + Limits.halfOpenMillis)
    expect(server.count).toBe(2)
  })

  it("takes a third of the entries at most from one address, or one network of IPv6 (S1, S8)", () => {
    const server = answeringOf()
    const hosts = ["192.0.2.1", "2001:db8::"]
    for (const [nth, host] of hosts.entries()) {
      for (let client = 1; client <= 2000; client++) {
        const from = { host: nth === 0 ? host : `${host}${client.toString(16)}`, port: client }
        handle(server, helloOf(client), from)
      }
    }
    const first = Math.floor(Limits.halfOpen / 3)
    const second = Math.ceil((Limits.halfOpen - first) / 3)
    expect([server.count, server.counters.refused]).toEqual([first + second, 4000 - first - second])
    expect(handle(server, helloOf(1), { host: "198.51.100.1", port: 1 })?._tag).toBe("Answer")
  })

  it("receives the same HELLO2 eight times at most", () => {
    const server = answeringOf()
    const answers = Array.from({ length: 20 }, (_, count) => handle(server, helloOf(77), clientPath, count)?._tag)
    expect(answers.filter((tag) => tag === "Answer")).toHaveLength(Limits.hello2Repeats)
    expect(server.counters.refused).toBe(20 - Limits.hello2Repeats)
  })

  it("that sends HELLO3 after 10 s is too late", () => {
    const server = answeringOf()
    const third = hello3(crc32, serverIdOf(responseOf(handle(server, helloOf(77)))), encode(parameters))
    expect(handle(server, third, clientPath, Limits.halfOpenMillis)).toBeUndefined()
    expect(server.count).toBe(0)
  })
})
