import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import * as Limits from "../../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { hello3 } from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import type { Path } from "../../../../src/protocol/flock/path/PathValidation.ts"
import { form } from "../../../../src/protocol/flock/wire/Packet.ts"
import {
  answeringOf,
  clientPath,
  clientPayload,
  handle,
  helloOf,
  mustRead,
  otherPath,
  responseOf
} from "../handshakes.ts"

const pathOf = (client: number): Path => ({ host: `10.0.${client >> 8}.${client & 255}`, port: 4040 })

describe("a new client of a server that asks for tokens", () => {
  it("gets RETRY while 64 handshakes are incomplete, and for 10 s after that; known ones go on", () => {
    const server = answeringOf()
    const tagOf = (client: number, now: number) => {
      const result = handle(server, helloOf(client), pathOf(client), now)
      return result?._tag === "Answer" ? mustRead(result.bytes).form : result
    }
    const forms = Array.from({ length: 66 }, (_, client) => tagOf(client + 1, 20 * client))
    expect(forms).toEqual([...Array.from({ length: 64 }, () => form.hello2), form.retry, form.retry])
    expect([server.count, server.counters.retries]).toEqual([64, 2])
    expect(tagOf(1, 1400)).toBe(form.hello2)
    // All entries have expired, but the mode has not.
    expect(tagOf(70, 11_290)).toBe(form.retry)
    expect(tagOf(71, 11_310)).toBe(form.hello2)
  })

  it("gets RETRY when more than 100 HELLOs without a token arrive in a second", () => {
    const server = answeringOf()
    const known = helloOf(1)
    for (let count = 0; count < 200; count++) handle(server, known)
    expect(server.counters.retries).toBe(0)
    for (let client = 2; client <= 150; client++) {
      const first = handle(server, helloOf(client), pathOf(client))
      const answer = first?._tag === "Answer" ? mustRead(first.bytes) : undefined
      if (answer?.form === form.hello2) handle(server, hello3(crc32, answer.serverId, clientPayload()), pathOf(client))
    }
    expect(server.counters.retries).toBe(50)
  })

  it("with a damaged token, one of another address, or one that is too old gets no answer (S3)", () => {
    const server = answeringOf()
    for (let client = 1; client <= 64; client++) handle(server, helloOf(client), pathOf(client))
    const retryTo = (from: Path, now: number): Uint8Array => {
      const packet = mustRead(responseOf(handle(server, helloOf(100), from, now)))
      if (packet.form !== form.retry) throw new Error("no RETRY")
      return packet.token
    }
    const token = retryTo(clientPath, 0)
    for (let at = 0; at < token.length; at++) {
      const flipped = token.slice()
      flipped[at] = (flipped[at] ?? 0) ^ 1
      expect(handle(server, helloOf(100, flipped))).toBeUndefined()
    }
    expect(handle(server, helloOf(100, token), otherPath)).toBeUndefined()
    expect(handle(server, helloOf(101, token))).toBeUndefined()
    expect(server.counters.wrongTokens).toBe(token.length + 2)
    const late = Limits.tokenMillis + 1000
    for (let client = 201; client <= 264; client++) handle(server, helloOf(client), pathOf(client), late)
    expect(handle(server, helloOf(100, token), clientPath, late)).toBeUndefined()
    expect(mustRead(responseOf(handle(server, helloOf(100, retryTo(clientPath, late)), clientPath, late))).form).toBe(
      form.hello2
    )
  })
})
