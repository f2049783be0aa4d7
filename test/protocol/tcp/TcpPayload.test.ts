import { describe, expect, it } from "vitest"
import { decodeServer, encodeServer } from "../../../src/protocol/tcp/TcpPayload.ts"

const parameters = { idleTimeoutMillis: 30_000, maxData: 8, maxStreamData: 6, maxStreams: 256, maxAckDelayMicros: 5000 }
const key = new Uint8Array(32).fill(7)

describe("the payload of a server", () => {
  it.each([["without a next key", undefined], ["with a next key", key]] as const)(
    "%s is read as it was written",
    (_, next) => {
      expect(decodeServer(encodeServer(next, parameters))).toMatchObject({ nextKey: next, parameters })
    }
  )

  it("has five parameters, and the peer assumes the others", () => {
    expect([...encodeServer(undefined, parameters)]).toEqual([
      0,
      1,
      0x80,
      0,
      0x75,
      0x30,
      3,
      8,
      4,
      6,
      5,
      0x41,
      0,
      6,
      0x53,
      0x88
    ])
  })

  it("is malformed at every cut", () => {
    const bytes = encodeServer(key, parameters)
    const cuts = Array.from({ length: bytes.length }, (_, end) => decodeServer(bytes.subarray(0, end)))
    // A cut between two parameters leaves out the last ones.
    expect(cuts.filter((read) => read !== undefined && read.nextKey === undefined)).toEqual([])
    expect(cuts.slice(0, 33)).toEqual(Array(33).fill(undefined))
    expect(decodeServer(Uint8Array.of(0, 1, 1, 1, 1))).toBeUndefined()
  })
})
