/** Handshakes of a server while somebody who sees them sends packets of its own. */
import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import * as Limits from "../../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { hello, hello3, requestOf } from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { form } from "../../../../src/protocol/flock/wire/Packet.ts"
import { answeringOf, clientPayload, helloOf, mustRead } from "../handshakes.ts"

const path = { host: "192.0.2.1", port: 4040 }

describe("a handshake that somebody sees", () => {
  it("goes on after a HELLO in the client's name with another first message, which has an entry of its own", () => {
    const server = answeringOf()
    const forged = hello(crc32, requestOf(77, "crc"), Uint8Array.of(1, 2, 3))
    const answers = [forged, helloOf(77), forged].map((bytes) => {
      const result = server.handlePacket(mustRead(bytes), path, 0)
      const packet = result?._tag === "Answer" ? mustRead(result.bytes) : undefined
      return packet?.form === form.hello2 ? packet.serverId : undefined
    })
    expect([server.count, answers[2]]).toEqual([2, answers[0]])
    expect(answers[1]).not.toBe(answers[0])
    const agreed = server.handlePacket(mustRead(hello3(crc32, answers[1] ?? 0, clientPayload())), path, 20)
    expect(agreed?._tag).toBe("Agreed")
  })

  it("is half-open from HELLO2 until HELLO3 arrives, or its time is over", () => {
    const server = answeringOf()
    const idOf = (clientId: number, now: number): number => {
      const result = server.handlePacket(mustRead(helloOf(clientId)), path, now)
      const packet = result?._tag === "Answer" ? mustRead(result.bytes) : undefined
      return packet?.form === form.hello2 ? packet.serverId : 0
    }
    const [first, second] = [idOf(1, 0), idOf(2, 0)]
    expect([server.isHalfOpen(first, 1), server.isHalfOpen(second, 1), server.isHalfOpen(5, 1)])
      .toEqual([true, true, false])
    server.handlePacket(mustRead(hello3(crc32, first, clientPayload())), path, 20)
    expect([server.isHalfOpen(first, 21), server.isHalfOpen(second, 21)]).toEqual([false, true])
    expect(server.isHalfOpen(second, Limits.halfOpenMillis)).toBe(false)
  })
})
