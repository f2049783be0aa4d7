import { describe, expect, it } from "vitest"
import type { Codec } from "../../../src/protocol/framing/Framing.ts"
import { oneway } from "../../../src/protocol/framing/OneWayFraming.ts"
import { padded } from "../../../src/protocol/framing/PaddedFraming.ts"
import { framingOf } from "./codecs.ts"

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()
const bytes = (of: string): Uint8Array => new Uint8Array(Buffer.from(of))
const read = (codec: Codec, of: string) =>
  codec.handleBytes(bytes(of), 0).messages.map((message) => text(message.bytes))

describe("a framing of one direction", () => {
  const framing = oneway(padded(4))
  const { client } = framing

  it("has headers from the client, and none from the server", () => {
    const server = framing.open()
    expect(read(server, "2   ok5   coo")).toEqual(["ok"])
    expect(read(server, "10")).toEqual(["coo10"])
    expect(text(server.encode({ bytes: bytes("coo") }))).toBe("coo")
    const other = client?.open()
    expect(other && read(other, "4   coo")).toEqual(["4   coo"])
    expect(text(other?.encode({ bytes: bytes("coo") }))).toBe("3   coo")
  })

  it("joins messages only where a header tells them apart", () => {
    expect([framing.open().delimits, client?.open().delimits]).toEqual([false, true])
    expect([framing.open().encoding, client?.open().encoding]).toEqual(["bare", "padded:4/65536"])
  })

  it("ends a connection whose header is wrong, or whose message is too long or not whole", () => {
    expect(framing.open().handleBytes(bytes("a   "), 0).failure?.reason).toBe("Malformed")
    expect(framing.open(9).handleBytes(bytes("10  "), 0).failure?.reason).toBe("TooLong")
    const codec = framing.open()
    expect([read(codec, "2   o"), codec.deadline, codec.handleTimeout(1)]).toEqual([[], Infinity, { messages: [] }])
    expect(codec.handleEnd().failure?.reason).toBe("Truncated")
  })

  it("is named by its text", () => {
    expect([framing.name, client?.name]).toEqual(["padded:4,oneway", "padded:4,oneway"])
    expect(framingOf("padded:4,oneway").client?.open().delimits).toBe(true)
    expect(framingOf("padded:4").client).toBeUndefined()
  })
})
