import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { clearHandshake } from "../../../../src/protocol/flock/handshake/Handshake.ts"
import { fromHex } from "../frames.ts"

describe("the clear handshake", () => {
  it("transfers three payloads unchanged, and both sides agree on a CRC", () => {
    const client = clearHandshake(crc32)("client", 1, 2)
    const server = clearHandshake(crc32)("server", 1, 2)
    expect(server.read(client.write(new Uint8Array(0)))).toEqual(new Uint8Array(0))
    expect(client.read(server.write(fromHex("0102")))).toEqual(fromHex("0102"))
    expect(server.read(client.write(fromHex("03")))).toEqual(fromHex("03"))
    expect([client.protection().name, server.protection().name]).toEqual(["crc", "crc"])
  })
})
