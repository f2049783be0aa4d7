import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { decode, encode, type TransportParameters } from "../../../../src/protocol/flock/wire/TransportParameters.ts"
import { write as writeVarint } from "../../../../src/protocol/flock/wire/Varint.ts"
import { fromHex, toHex } from "../frames.ts"

const parameters = { seed: 20_250_801 }

const ours: TransportParameters = {
  idleTimeoutMillis: 30_000,
  maxDatagramBytes: 1472,
  maxData: 8_388_608,
  maxStreamData: 6_291_456,
  maxStreams: 256,
  maxAckDelayMicros: 5000,
  receiveBufferBytes: 4_194_304
}

/** The encoding of these pairs only. */
const encodedPairs = (...pairs: ReadonlyArray<readonly [number: number, value: number]>): Uint8Array => {
  const bytes = new Uint8Array(pairs.length * 16)
  return bytes.subarray(0, pairs.flat().reduce((at, value) => writeVarint(bytes, at, value), 0))
}

describe("parameters", () => {
  it("are pairs of number and value", () => {
    const hex = "01 80007530 02 45c0 03 80800000 04 80600000 05 4100 06 5388 07 80400000"
    expect(toHex(encode(ours))).toBe(hex.replaceAll(" ", ""))
    expect(decode(fromHex(hex))).toEqual(ours)
  })

  it("are decoded as they were encoded", () => {
    const any = FastCheck.record({
      idleTimeoutMillis: FastCheck.integer({ min: 1000, max: 2 ** 31 - 1 }),
      maxDatagramBytes: FastCheck.integer({ min: 1200, max: 65_507 }),
      maxData: FastCheck.maxSafeNat(),
      maxStreamData: FastCheck.maxSafeNat(),
      maxStreams: FastCheck.nat(2 ** 31 - 1),
      maxAckDelayMicros: FastCheck.nat(1_000_000),
      receiveBufferBytes: FastCheck.integer({ min: 65_536, max: Number.MAX_SAFE_INTEGER })
    })
    FastCheck.assert(
      FastCheck.property(any, (written) => {
        expect(decode(encode(written))).toEqual(written)
      }),
      parameters
    )
  })

  it("that are missing have a default", () => {
    expect(decode(new Uint8Array(0))).toEqual({
      idleTimeoutMillis: 30_000,
      maxDatagramBytes: 65_507,
      maxData: 0,
      maxStreamData: 0,
      maxStreams: 0,
      maxAckDelayMicros: 25_000,
      receiveBufferBytes: 212_992
    })
  })

  it("of unknown numbers are skipped", () => {
    expect(decode(encodedPairs([0, 9], [5, 256], [2 ** 40, 2 ** 50]))).toEqual(decode(encodedPairs([5, 256])))
  })

  it.each([
    ["idleTimeoutMillis", 1, 1000, 2 ** 31 - 1],
    ["maxDatagramBytes", 2, 1200, 65_507],
    ["maxStreams", 5, 0, 2 ** 31],
    ["maxAckDelayMicros", 6, 0, 1_000_000],
    ["receiveBufferBytes", 7, 65_536, Number.MAX_SAFE_INTEGER]
  ])("are rejected out of bounds: %s", (name, number, least, most) => {
    expect(decode(encodedPairs([number, least]))).toMatchObject({ [name]: least })
    expect(decode(encodedPairs([number, most]))).toMatchObject({ [name]: most })
    if (least > 0) expect(decode(encodedPairs([number, least - 1]))).toBeUndefined()
    if (most < Number.MAX_SAFE_INTEGER) expect(decode(encodedPairs([number, most + 1]))).toBeUndefined()
  })

  it("are rejected when one is repeated, even an unknown one", () => {
    expect([decode(encodedPairs([5, 1], [5, 1])), decode(encodedPairs([99, 1], [5, 1], [99, 2]))]).toEqual([
      undefined,
      undefined
    ])
  })

  it("of more than 32 pairs are rejected", () => {
    const pairs = Array.from({ length: 33 }, (_, index) => [100 + index, 0] as const)
    expect(decode(encodedPairs(...pairs.slice(1)))).toEqual(decode(new Uint8Array(0)))
    expect(decode(encodedPairs(...pairs))).toBeUndefined()
  })

  it("that are truncated are rejected, except between two pairs", () => {
    const bytes = encode(ours)
    const lengths = Array.from({ length: bytes.length + 1 }, (_, length) => length)
    expect(lengths.filter((length) => decode(bytes.subarray(0, length)) !== undefined)).toEqual(
      [0, 5, 8, 13, 18, 21, 24, 29]
    )
  })
})
