import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import {
  hello,
  hello2,
  hello3,
  read,
  requestOf,
  retry
} from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { crcProtection } from "../../../../src/protocol/flock/handshake/Protection.ts"
import { connectionIdOf, dataHeaderBytes, endOf, form, formAt } from "../../../../src/protocol/flock/wire/Packet.ts"
import { dataPacket, fromHex, toHex } from "../frames.ts"
import { versionsOf } from "../handshakes.ts"

const protection = crcProtection(crc32)
const id = 0x0a_0b_0c_0d

/** Whether a server or client with this connection id would accept the first packet of a datagram. */
const isAccepted = (datagram: Uint8Array): boolean => {
  const end = endOf(datagram, 0, datagram.length)
  if (end === undefined) return false
  if (formAt(datagram, 0) !== form.data) return read(crc32, datagram, 0, end) !== undefined
  const framesEnd = end - protection.tagBytes
  return connectionIdOf(datagram, 0) === id && framesEnd >= dataHeaderBytes &&
    protection.open(datagram, 0, dataHeaderBytes, framesEnd, 0, 0, 0)
}

const message = fromHex("0102030405060708")
const datagrams = {
  HELLO: hello(crc32, requestOf(id, "crc"), message),
  HELLO2: hello2(crc32, id, 77, message),
  HELLO3: hello3(crc32, id, message),
  RETRY: retry(crc32, id, new Uint8Array(21).fill(3)),
  VERSION: versionsOf(id),
  DATA: dataPacket(id, 5, fromHex("01080004abcdef01")),
  "DATA without a frame": dataPacket(id, 0, new Uint8Array(0))
}

describe.each(Object.entries(datagrams))("a packet: %s", (_, datagram) => {
  it("is accepted unchanged", () => {
    expect(isAccepted(datagram)).toBe(true)
  })

  it("is dropped with any single bit flipped (C1)", () => {
    const taken: Array<number> = []
    for (let bit = 0; bit < datagram.length * 8; bit++) {
      const flipped = datagram.slice()
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      if (isAccepted(flipped)) taken.push(bit)
    }
    expect(taken).toEqual([])
  })

  it("is dropped when it is truncated anywhere (W1, W4)", () => {
    const lengths = Array.from({ length: datagram.length }, (_unused, length) => length)
    expect(lengths.filter((length) => isAccepted(datagram.subarray(0, length)))).toEqual([])
  })
})

describe("integrity", () => {
  it("is the CRC-32 of zlib over header and frames, at the end", () => {
    const packet = dataPacket(id, 5, fromHex("01"))
    const crc = crc32(packet.subarray(0, packet.length - 4))
    expect(toHex(packet.subarray(-4))).toBe(crc.toString(16).padStart(8, "0"))
    expect([protection.name, protection.tagBytes]).toEqual(["crc", 4])
  })

  it("is checked at any offset, over the packet's own bytes only", () => {
    const packet = dataPacket(id, 5, fromHex("01"))
    const among = new Uint8Array(packet.length + 20).fill(0xa5)
    among.set(packet, 9)
    expect(protection.open(among, 9, 9 + dataHeaderBytes, 9 + packet.length - 4, 5, 0, 0)).toBe(true)
    expect(protection.open(among, 8, 8 + dataHeaderBytes, 9 + packet.length - 4, 5, 0, 0)).toBe(false)
  })
})
