import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import {
  hello,
  hello2,
  hello3,
  maxMessageBytes,
  read,
  requestOf,
  retry,
  tokenBytes,
  version,
  versions
} from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { sealWithCrc } from "../../../../src/protocol/flock/handshake/Protection.ts"
import { form, headerBytes, writeHeader } from "../../../../src/protocol/flock/wire/Packet.ts"
import { write as writeVarint } from "../../../../src/protocol/flock/wire/Varint.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"
import { dataPacket, fromHex, toHex } from "../frames.ts"
import { versionsOf } from "../handshakes.ts"

const clientId = 0x0001_0203_0405_0607
const serverId = 0x001f_ffff_ffff_ffff
const message = fromHex("010203")

const readWhole = (bytes: Uint8Array) => read(crc32, bytes, 0, bytes.length)

/** A copy to which `change` was applied, with a correct CRC. */
const resealed = (packet: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array => {
  const bytes = packet.slice()
  change(bytes)
  sealWithCrc(crc32, bytes, 0, bytes.length - 4)
  return bytes
}

describe("a handshake packet", () => {
  it("is decoded as it was encoded", () => {
    expect(readWhole(hello(crc32, requestOf(clientId, "crc"), message))).toEqual({
      form: form.hello,
      version,
      clientId,
      protection: "crc",
      request: requestOf(clientId, "crc"),
      gate: new Uint8Array(16),
      token: new Uint8Array(0),
      message
    })
    const [gate, token] = [new Uint8Array(16).fill(7), new Uint8Array(tokenBytes).fill(9)]
    expect(readWhole(hello(crc32, requestOf(clientId, "aead-psk"), message, gate, token))).toMatchObject({
      protection: "aead-psk",
      gate,
      token,
      message
    })
    expect(readWhole(retry(crc32, clientId, token))).toEqual({ form: form.retry, clientId, token })
    expect(readWhole(hello2(crc32, clientId, serverId, message))).toEqual({
      form: form.hello2,
      clientId,
      serverId,
      message
    })
    expect(readWhole(hello3(crc32, serverId, message))).toEqual({ form: form.hello3, serverId, message })
    expect(readWhole(versionsOf(clientId))).toEqual({
      form: form.version,
      clientId,
      offers: [{ version, protections: ["crc"] }]
    })
  })

  it("has its fields at the offsets of the protocol", () => {
    const one = hello(crc32, requestOf(clientId, "crc"), message)
    expect(toHex(one.subarray(0, 45))).toBe(
      `10000000000000000004a5666c6b02000102030405060701${"00".repeat(16)}0003010203`
    )
    const two = hello2(crc32, clientId, serverId, message)
    expect(toHex(two.subarray(0, 23))).toBe("11000102030405060704a5001fffffffffffff03010203")
    expect(toHex(hello3(crc32, serverId, message)).slice(0, -8)).toBe("12001fffffffffffff000803010203")
    expect(toHex(versionsOf(clientId)).slice(0, -8)).toBe("1400010203040506070009666c6b0202")
    expect(toHex(retry(crc32, clientId, new Uint8Array(tokenBytes))).slice(0, -8)).toBe(
      `1300010203040506070019${"00".repeat(21)}`
    )
  })

  it("of HELLO and HELLO2 is 1,200 bytes long, padded with zeros", () => {
    const packets = [hello(crc32, requestOf(clientId, "crc"), message), hello2(crc32, clientId, serverId, message)]
    expect(packets.map(({ length }) => length)).toEqual([Limits.leastDatagramBytes, Limits.leastDatagramBytes])
    for (const packet of packets) expect(packet.subarray(45, -4).every((byte) => byte === 0)).toBe(true)
  })

  it("with a longer message than the longest is dropped: its cost must not grow with the datagram", () => {
    const bytes = new Uint8Array(60_000)
    for (const length of [maxMessageBytes, maxMessageBytes + 1, 50_000]) {
      const end = hello(crc32, requestOf(clientId, "crc"), new Uint8Array(0)).length
      bytes.set(hello(crc32, requestOf(clientId, "crc"), new Uint8Array(0)).subarray(0, end - 4))
      writeVarint(bytes, 41, length)
      writeHeader(bytes, 0, form.hello, 0, bytes.length)
      sealWithCrc(crc32, bytes, 0, bytes.length - 4)
      expect(readWhole(bytes) === undefined).toBe(length > maxMessageBytes)
    }
  })

  it("has space for the longest message", () => {
    const longest = new Uint8Array(maxMessageBytes).fill(7)
    const packets = [
      hello(crc32, requestOf(clientId, "crc"), longest),
      hello2(crc32, clientId, serverId, longest),
      hello3(crc32, serverId, longest)
    ]
    for (const packet of packets) {
      expect(packet.length).toBeLessThanOrEqual(Limits.leastDatagramBytes)
      expect(readWhole(packet)).toMatchObject({ message: longest })
    }
  })

  it("may be followed by another", () => {
    const packet = hello3(crc32, serverId, message)
    const data = dataPacket(serverId, 0, fromHex("01"))
    const bytes = Uint8Array.of(...packet, ...data)
    expect(read(crc32, bytes, 0, bytes.length)).toEqual(readWhole(packet))
    expect(read(crc32, bytes, packet.length, bytes.length)).toBeUndefined()
  })

  it("returns a copy of its message", () => {
    const packet = hello3(crc32, serverId, message)
    const found = readWhole(packet)
    packet.fill(0)
    expect(found).toMatchObject({ message })
  })

  it.each(Array.from({ length: headerBytes + 4 }, (_, length) => length))(
    "is not read from %i bytes (W1)",
    (length) => {
      expect(readWhole(new Uint8Array(length).fill(form.hello3))).toBeUndefined()
    }
  )

  it("whose message is longer than itself is not read (W4)", () => {
    const withLength = (length: number) =>
      resealed(hello3(crc32, serverId, message), (bytes) => bytes[headerBytes] = length)
    expect(readWhole(withLength(2))).toMatchObject({ message: message.subarray(0, 2) })
    expect(readWhole(withLength(4))).toBeUndefined()
    expect(readWhole(withLength(0xff))).toBeUndefined()
  })

  it("of an unknown form is not read (W5)", () => {
    const known: ReadonlyArray<number> = [form.hello, form.hello2, form.hello3, form.retry, form.version]
    const packet = hello(crc32, requestOf(clientId, "crc"), message)
    for (let first = 0; first < 256; first++) {
      const found = readWhole(resealed(packet, (bytes) => bytes[0] = first))
      if (!known.includes(first)) expect(found).toBeUndefined()
    }
  })
})

describe("HELLO", () => {
  const packet = hello(crc32, requestOf(clientId, "crc"), message)

  it("that is shorter than its response is not read (S2)", () => {
    const cut = new Uint8Array(packet.subarray(0, -1))
    cut[10] = (cut[10] ?? 0) - 1
    sealWithCrc(crc32, cut, 0, cut.length - 4)
    expect(readWhole(cut)).toBeUndefined()
  })

  it("requires a valid client id, and HELLO2 a valid server id", () => {
    expect(readWhole(resealed(packet, (bytes) => bytes.fill(0, 15, 23)))).toBeUndefined()
    const answer = hello2(crc32, clientId, serverId, message)
    expect(readWhole(resealed(answer, (bytes) => bytes.fill(0, 11, 19)))).toBeUndefined()
    // Ids of 2⁵³ and more are invalid.
    expect(readWhole(resealed(packet, (bytes) => bytes.fill(0xff, 15, 23)))).toBeUndefined()
  })

  it("may request an unknown protection", () => {
    expect(readWhole(resealed(packet, (bytes) => bytes[23] = 9))).toMatchObject({ protection: undefined, message })
  })

  it("of another version is read regardless of the bytes after the client's id", () => {
    const other = resealed(packet, (bytes) => {
      bytes[14] = 3
      bytes.fill(0xff, 23, 60)
    })
    expect(readWhole(other)).toMatchObject({ form: form.hello, version: version + 1, clientId })
  })
})

describe("VERSION", () => {
  const listing = (count: number): Uint8Array =>
    versions(crc32, clientId, Array.from({ length: count }, (_, index) => ({ version: index + 1, protections: [] })))

  it("lists the versions of a server and their protections, of which 32 are read", () => {
    const offers = [{ version: 1, protections: ["crc", "aead-psk"] }, { version: 2, protections: ["aead"] }] as const
    expect(readWhole(versions(crc32, clientId, offers))).toMatchObject({ offers })
    expect(readWhole(listing(0))).toMatchObject({ offers: [] })
    expect(readWhole(listing(40))).toMatchObject({
      offers: Array.from({ length: 32 }, (_, index) => ({ version: index + 1, protections: [] }))
    })
  })

  it("is at most 40 bytes (S2)", () => {
    expect(versionsOf(clientId).length).toBeLessThanOrEqual(40)
  })
})
