import { describe, expect, it } from "vitest"
import type { Run } from "../../src/net/Socket.ts"
import { cut, runBytes } from "../../src/net/Socket.ts"

const from = { host: "192.0.2.1", port: 4040 }
const merged = (length: number): Run => ({
  bytes: Uint8Array.from({ length }, (_, n) => n),
  from,
  segmentBytes: undefined
})
const lengths = (datagrams: ReadonlyArray<Uint8Array>) => datagrams.map(({ length }) => length)

describe("a run is cut", () => {
  it("by the segment length that the socket reports, whatever its packets say", () => {
    expect(lengths(cut({ ...merged(250), segmentBytes: 100 }, () => 7))).toEqual([100, 100, 50])
  })

  it("by what its first packet says, where the kernel has merged it, and without a copy", () => {
    const run = merged(200)
    const datagrams = cut(run, (bytes) => bytes.length / 2)
    expect(lengths(datagrams)).toEqual([100, 100])
    expect(datagrams.every(({ buffer }) => buffer === run.bytes.buffer)).toBe(true)
    expect(datagrams[1]?.[0]).toBe(100)
  })

  it.each([0, -1, Number.NaN, 1, 200, 201])("not at all by a made-up length of %d", (length) => {
    expect(lengths(cut(merged(200), () => length))).toEqual([200])
  })
})

describe("a run has room", () => {
  it.each([[1, 64], [1_023, 65_472], [1_024, 64_512], [32_754, 32_754], [65_507, 65_507], [65_535, 65_535]])(
    "for datagrams of %d bytes: %d bytes",
    (datagramBytes, room) => expect(runBytes(datagramBytes)).toBe(room)
  )
})
