import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import * as Limits from "../../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { hello2, hello3 } from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { sealWithCrc } from "../../../../src/protocol/flock/handshake/Protection.ts"
import type { ServerHandshake } from "../../../../src/protocol/flock/handshake/ServerHandshake.ts"
import type { Path } from "../../../../src/protocol/flock/path/PathValidation.ts"
import { form } from "../../../../src/protocol/flock/wire/Packet.ts"
import { fromHex } from "../frames.ts"
import {
  answeringOf,
  clientHandshake,
  clientPath,
  clientPayload,
  handle,
  helloOf,
  mustRead,
  otherPath,
  parameters,
  responseOf,
  versionsOf
} from "../handshakes.ts"

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
    const result = handle(server, hello3(crc32, serverId, clientPayload()), clientPath, 310)
    expect(result?._tag === "Agreed" && result.agreement.roundTripMillis).toBe(undefined)
  })

  it("answers a repeated HELLO with the same HELLO2, without a second entry (C9)", () => {
    const server = answeringOf()
    const first = handle(server, helloOf(77))
    expect(handle(server, helloOf(77), clientPath, 5000)).toEqual(first)
    expect(server.count).toBe(1)
    handle(server, hello3(crc32, serverIdOf(responseOf(first)), clientPayload()), clientPath, 5001)
    // A late copy after the session was opened makes an entry, but no session without another HELLO3.
    const late = handle(server, helloOf(77), clientPath, 5002)
    expect([serverIdOf(responseOf(late)) === serverIdOf(responseOf(first)), server.count]).toEqual([false, 1])
    expect(handle(server, helloOf(77), clientPath, 5002 + Limits.halfOpenMillis)?._tag).toBe("Answer")
    expect(server.count).toBe(1)
  })

  it("accepts HELLO3 once, and none from before a restart of the server (R8)", () => {
    const [earlier, server] = [answeringOf(), answeringOf({}, 2)]
    const old = hello3(crc32, serverIdOf(responseOf(handle(earlier, helloOf(77)))), clientPayload())
    const third = hello3(crc32, serverIdOf(responseOf(handle(server, helloOf(77)))), clientPayload())
    expect([handle(server, old), handle(server, third), handle(server, third)].map((result) => result?._tag)).toEqual([
      "Unknown",
      "Agreed",
      "Unknown"
    ])
  })

  it("opens the session with the address of HELLO, even if HELLO3 arrives from another (S2)", () => {
    const server = answeringOf()
    const third = hello3(crc32, serverIdOf(responseOf(handle(server, helloOf(77)))), clientPayload())
    expect(handle(server, third, otherPath)).toMatchObject({ _tag: "Agreed", path: clientPath })
  })

  it("waits for another HELLO3 after one without parameters", () => {
    const server = answeringOf()
    const serverId = serverIdOf(responseOf(handle(server, helloOf(77))))
    expect(handle(server, hello3(crc32, serverId, fromHex("0005")))).toBeUndefined()
    expect(handle(server, hello3(crc32, serverId, clientPayload()))?._tag).toBe("Agreed")
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
      hello2(crc32, 77, 5, clientPayload()),
      hello3(crc32, 5, clientPayload()),
      versionsOf(77)
    ]
    for (const bytes of packets) {
      const result = handle(server, bytes)
      const sent = result?._tag === "Answer" ? result.bytes.length : 0
      expect(sent).toBeLessThanOrEqual(bytes.length)
    }
  })

  it("of another version receives VERSION, without an entry", () => {
    const server = answeringOf()
    expect(handle(server, otherVersion())).toEqual({ _tag: "Answer", bytes: versionsOf(77) })
    expect([server.counters.otherVersions, server.count]).toEqual([1, 0])
  })

  it("that requests another protection receives VERSION, behind a gate nothing", () => {
    const bytes = helloOf(77)
    bytes[23] = 2
    sealWithCrc(crc32, bytes, 0, bytes.length - 4)
    const open = answeringOf()
    expect(handle(open, bytes)).toEqual({ _tag: "Answer", bytes: versionsOf(77) })
    const gated = answeringOf({ holdsGate: () => true })
    expect([handle(gated, bytes), handle(gated, otherVersion())]).toEqual([undefined, undefined])
    expect([open.counters.otherProtections, gated.counters.otherProtections, gated.counters.otherVersions]).toEqual([
      1,
      1,
      1
    ])
    expect([open.count, gated.count]).toEqual([0, 0])
  })

  it("whose gate is wrong gets no answer, and costs no key exchange", () => {
    let read = 0
    const makeHandshake = (): never => {
      read++
      throw new Error("a handshake was begun")
    }
    const server = answeringOf({ makeHandshake, holdsGate: (_request, _message, gate) => gate[0] === 1 })
    expect(handle(server, helloOf(77))).toBeUndefined()
    expect([server.counters.wrongGates, server.count, read]).toEqual([1, 0, 0])
  })

  it("that sends HELLO2 or VERSION to a server gets no answer", () => {
    const server = answeringOf()
    const packets = [hello2(crc32, 77, 5, fromHex("")), versionsOf(77)]
    expect(packets.map((bytes) => handle(server, bytes))).toEqual([undefined, undefined])
  })

  /** HELLO with the token that the server asks for, if it does. */
  const admitted = (server: ServerHandshake, clientId: number, from: Path, now: number) => {
    const first = handle(server, helloOf(clientId), from, now)
    const packet = first?._tag === "Answer" ? mustRead(first.bytes) : undefined
    return packet?.form === form.retry ? handle(server, helloOf(clientId, packet.token), from, now) : first
  }
  const pathOf = (client: number): Path => ({ host: `10.0.${client >> 8}.${client & 255}`, port: 4040 })

  it("occupies at most 1,024 entries, each for 3 s after a token; the oldest makes room (S1)", () => {
    const dropped: Array<number> = []
    const server = answeringOf({ onDropped: ({ maxStreams }) => void dropped.push(maxStreams) })
    for (let client = 1; client <= 2000; client++) admitted(server, client, pathOf(client), client * 2.5)
    const expected = Math.floor(Limits.provedHalfOpenMillis / 2.5)
    expect(server.count).toBe(Limits.halfOpen)
    expect(expected).toBeGreaterThan(Limits.halfOpen)
    expect([server.counters.displaced > 0, dropped.length]).toEqual([true, 2000 - Limits.halfOpen])
    // Handshakes in progress still get their response.
    expect(admitted(server, 2000, pathOf(2000), 5001)?._tag).toBe("Answer")
    admitted(server, 3000, pathOf(3000), 5000 + Limits.provedHalfOpenMillis)
    expect(server.count).toBe(2)
  })

  it("takes a third of the entries at most from one network of IPv6 (S1, S8)", () => {
    const server = answeringOf()
    const at = (client: number): Path => ({ host: `2001:db8::${client.toString(16)}`, port: client })
    for (let client = 1; client <= 2000; client++) admitted(server, client, at(client), client)
    expect(server.count).toBeLessThanOrEqual(Math.floor(Limits.halfOpen / 3))
    expect(server.counters.refused).toBeGreaterThan(1000)
    expect(admitted(server, 1, { host: "198.51.100.1", port: 1 }, 2000)?._tag).toBe("Answer")
  })

  it("has eight attempts at HELLO3, and a forged one changes nothing", () => {
    const server = answeringOf()
    const serverId = serverIdOf(responseOf(handle(server, helloOf(77))))
    const forged = hello3(crc32, serverId, fromHex("0005"))
    for (let count = 0; count < Limits.hello3Reads - 1; count++) expect(handle(server, forged)).toBeUndefined()
    expect([server.counters.forged, server.count]).toEqual([Limits.hello3Reads - 1, 1])
    expect(handle(server, hello3(crc32, serverId, clientPayload()))?._tag).toBe("Agreed")
    const other = serverIdOf(responseOf(handle(server, helloOf(78))))
    for (let count = 0; count < 20; count++) handle(server, hello3(crc32, other, fromHex("0005")))
    expect(server.counters.forged).toBe(2 * Limits.hello3Reads - 1)
    expect(handle(server, hello3(crc32, other, clientPayload()))).toBeUndefined()
  })

  it("receives the same HELLO2 eight times at most", () => {
    const server = answeringOf()
    const answers = Array.from({ length: 20 }, (_, count) => handle(server, helloOf(77), clientPath, count)?._tag)
    expect(answers.filter((tag) => tag === "Answer")).toHaveLength(Limits.hello2Repeats)
    expect(server.counters.refused).toBe(20 - Limits.hello2Repeats)
  })

  it("that sends HELLO3 after 10 s is too late", () => {
    const server = answeringOf()
    const third = hello3(crc32, serverIdOf(responseOf(handle(server, helloOf(77)))), clientPayload())
    expect(handle(server, third, clientPath, Limits.halfOpenMillis)?._tag).toBe("Unknown")
    expect(server.count).toBe(0)
  })
})
