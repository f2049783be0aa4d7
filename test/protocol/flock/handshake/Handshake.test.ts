import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { clearHandshake, type Handshake } from "../../../../src/protocol/flock/handshake/Handshake.ts"
import { fromHex } from "../frames.ts"

/** Carries one message from a side to the other, and returns their next states and the payload that arrived. */
const carried = (from: Handshake, to: Handshake, payload: Uint8Array) => {
  const { message, next } = from.write(payload)
  const reading = to.read(message)
  if (reading === undefined) throw new Error("the message was not read")
  return { from: next, to: reading.next, payload: reading.payload }
}

describe("the clear handshake", () => {
  it("transfers three payloads unchanged, and both sides agree on a CRC", () => {
    const make = clearHandshake(crc32)
    const nothing = new Uint8Array(0)
    const first = carried(make("client", nothing), make("server", nothing), nothing)
    const second = carried(first.to, first.from, fromHex("0102"))
    const third = carried(second.to, second.from, fromHex("03"))
    expect([first.payload, second.payload, third.payload]).toEqual([nothing, fromHex("0102"), fromHex("03")])
    const ends = [third.from.finish(), third.to.finish()]
    expect(ends.map(({ protection }) => protection.name)).toEqual(["crc", "crc"])
    expect(ends.map(({ channelBinding, peerKey }) => [channelBinding.length, peerKey])).toEqual([[0, undefined], [
      0,
      undefined
    ]])
  })
})
