import { describe, expect, it } from "@effect/vitest"
import {
  decodeClient,
  decodeServer,
  encodeClient,
  encodeServer
} from "../../../../src/protocol/flock/handshake/HandshakePayload.ts"
import { parameters, resetToken } from "../handshakes.ts"

const server = { serverId: 1234, resetToken, versions: [2, 3], nextKey: undefined, parameters }

describe("the payload of a server", () => {
  it.each([[undefined], [new Uint8Array(32).fill(7)]])(
    "is decoded as it was encoded, with the next key %s",
    (nextKey) => {
      expect(decodeServer(encodeServer({ ...server, nextKey }))).toEqual({ ...server, nextKey })
    }
  )

  it("that is cut short is malformed, except behind a parameter", () => {
    const bytes = encodeServer({ ...server, nextKey: new Uint8Array(32) })
    const whole = 8 + 16 + 1 + 8 + 1 + 32
    for (let length = 0; length < whole; length++) expect(decodeServer(bytes.subarray(0, length))).toBeUndefined()
    expect(decodeServer(bytes.subarray(0, whole))?.parameters.maxData).toBe(0)
  })

  it("with 33 versions, or without a valid id, is malformed; unknown flags are ignored", () => {
    expect(decodeServer(encodeServer({ ...server, versions: Array.from({ length: 33 }, () => 1) }))).toBeUndefined()
    expect(decodeServer(encodeServer({ ...server, serverId: 0 }))).toBeUndefined()
    const flagged = encodeServer(server)
    flagged[8 + 16 + 1 + 8] = 0xfe
    expect(decodeServer(flagged)).toEqual(server)
  })
})

describe("the payload of a client", () => {
  it.each([[true], [false]])("is decoded as it was encoded, with an identity: %s", (isIdentity) => {
    expect(decodeClient(encodeClient({ isIdentity, parameters }))).toEqual({ isIdentity, parameters })
  })

  it("that is empty, or whose parameters are malformed, is malformed", () => {
    expect(decodeClient(new Uint8Array(0))).toBeUndefined()
    expect(decodeClient(Uint8Array.of(0, 5))).toBeUndefined()
  })
})
