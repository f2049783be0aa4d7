import { describe, expect, it } from "vitest"
import type { ConnectionOptions } from "../../../src/protocol/flock/ConnectionOptions.ts"
import type { Protection } from "../../../src/protocol/flock/handshake/Protection.ts"
import { PacketReader } from "../../../src/protocol/flock/PacketReader.ts"
import { ReceivedPackets } from "../../../src/protocol/flock/recovery/ReceivedPackets.ts"
import { dataHeaderBytes, form, writeHeader, writeNumber } from "../../../src/protocol/flock/wire/Packet.ts"

/** Authentic is a packet whose tag, eight bytes, is its complete number: as with a nonce, the number is not in the packet. */
const keyed = (): Protection & { frees: number } => {
  const protection = {
    name: "aead" as const,
    tagBytes: 8,
    frees: 0,
    seal: (bytes: Uint8Array, _start: number, _framesAt: number, framesEnd: number, packetNumber: number) =>
      new DataView(bytes.buffer, bytes.byteOffset).setFloat64(framesEnd, packetNumber),
    open: (bytes: Uint8Array, _start: number, _framesAt: number, framesEnd: number, packetNumber: number) =>
      new DataView(bytes.buffer, bytes.byteOffset).getFloat64(framesEnd) === packetNumber,
    free: () => void protection.frees++
  }
  return protection
}

const server = { host: "2001:db8::7", port: 4040 }

const setUp = (role: ConnectionOptions["role"] = "client", resetToken?: Uint8Array) => {
  const protection = keyed()
  const received = new ReceivedPackets()
  const reader = new PacketReader({ role, path: server, protection, resetToken }, received)
  const packet = (packetNumber: number, bodyBytes = 1): Uint8Array => {
    const end = dataHeaderBytes + bodyBytes
    const bytes = new Uint8Array(end + protection.tagBytes).fill(1)
    writeHeader(bytes, 0, form.data, 5, bytes.length)
    writeNumber(bytes, 0, packetNumber)
    protection.seal(bytes, 0, dataHeaderBytes, end, packetNumber)
    return bytes
  }
  const open = (bytes: Uint8Array, from = server): number | undefined => reader.open(bytes, 0, bytes.length, from, 0, 0)
  return { reader, protection, received, packet, open }
}

describe("a packet", () => {
  it("is opened when it is new and authentic, and its frames are read", () => {
    const { open, packet, reader } = setUp()
    const bytes = packet(3)
    expect(open(bytes)).toBe(3)
    expect(reader.frames(bytes, 0, bytes.length)).toEqual([{ _tag: "Ping" }])
  })

  it("more than 2³¹ numbers ahead does not open, and is dropped (C4)", () => {
    const { open, packet, reader, received } = setUp()
    received.onReceived(2 ** 32 + 9, true, 0)
    const ahead = (count: number): number => 2 ** 32 + 10 + count
    expect([open(packet(ahead(2 ** 31))), open(packet(ahead(2 ** 31 + 1))), open(packet(ahead(2 ** 32)))])
      .toEqual([ahead(2 ** 31), undefined, undefined])
    expect(reader.counters.damaged).toBe(2)
  })

  it("that is too short, a duplicate or not authentic is counted", () => {
    const { open, packet, reader, received } = setUp()
    received.onReceived(0, true, 0)
    const forged = packet(1)
    forged[forged.length - 1] = 77
    expect([open(packet(1).subarray(0, 22)), open(packet(0)), open(forged)]).toEqual([undefined, undefined, undefined])
    expect(reader.counters).toMatchObject({ malformed: 1, duplicates: 1, damaged: 1 })
  })

  it("from another address than the server's is not read by a client, whatever its text (S11)", () => {
    const { open, packet, reader } = setUp()
    expect(open(packet(0), { host: "2001:db8::8", port: 4040 })).toBeUndefined()
    expect(open(packet(0), { host: "2001:db8::7", port: 4041 })).toBeUndefined()
    expect(reader.counters.elsewhere).toBe(2)
    expect(open(packet(0), { host: "2001:DB8:0:0::7", port: 4040 })).toBe(0)
    expect(open(packet(1), { host: "2001:DB8:0:0::7", port: 4040 })).toBe(1)
    expect(open(packet(2))).toBe(2)
    expect(setUp("server").open(packet(0), { host: "192.0.2.1", port: 1 })).toBe(0)
  })

  it("is not read after the keys were overwritten, which happens once", () => {
    const { open, packet, protection, reader } = setUp()
    reader.free()
    reader.free()
    expect([open(packet(0)), protection.frees, reader.isFreed]).toEqual([undefined, 1, true])
  })
})

describe("a reset", () => {
  const token = Uint8Array.from({ length: 16 }, (_, index) => index)

  it("is the server's with its token and from its address only", () => {
    const { reader } = setUp("client", token)
    const other = token.slice()
    other[15] = 0
    expect([reader.isReset(other, server), reader.isReset(token, { host: "192.0.2.9", port: 4040 })])
      .toEqual([false, false])
    expect(reader.counters).toMatchObject({ forgedResets: 1, elsewhere: 1 })
    expect([reader.isReset(token.slice(), server), setUp().reader.isReset(token, server)]).toEqual([true, false])
  })
})
