import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "fast-check"
import { Crc } from "../../src/net/Crc.ts"
import * as NodeCrc from "../../src/node/NodeCrc.ts"

const parameters = { seed: 20_250_801 }
const bytes = FastCheck.uint8Array({ maxLength: 2000, size: "max" })
const check = Buffer.from("123456789")

describe.each([["the table", Crc.layer], ["Node's zlib", NodeCrc.layer]] as const)("CRC-32 by %s", (_, layer) => {
  it.effect("has the check value of the standard", () =>
    Effect.gen(function*() {
      const { crc32 } = yield* Crc
      expect(crc32(check)).toBe(0xcb_f4_39_26)
    }).pipe(Effect.provide(layer)))

  it.effect("of nothing is its seed, or 0", () =>
    Effect.gen(function*() {
      const { crc32 } = yield* Crc
      expect([crc32(new Uint8Array(0)), crc32(new Uint8Array(0), 0xde_ad_be_ef)]).toEqual([0, 0xde_ad_be_ef])
    }).pipe(Effect.provide(layer)))

  it.effect("is continued by its seed, wherever the bytes are parted", () =>
    Effect.gen(function*() {
      const { crc32 } = yield* Crc
      FastCheck.assert(
        FastCheck.property(bytes, FastCheck.nat(2000), (all, place) => {
          const at = Math.min(place, all.length)
          expect(crc32(all.subarray(at), crc32(all.subarray(0, at)))).toBe(crc32(all))
        }),
        parameters
      )
    }).pipe(Effect.provide(layer)))

  it.effect("is an unsigned number of 32 bits", () =>
    Effect.gen(function*() {
      const { crc32 } = yield* Crc
      FastCheck.assert(
        FastCheck.property(bytes, (all) => {
          const crc = crc32(all)
          expect(Number.isInteger(crc) && crc >= 0 && crc <= 0xff_ff_ff_ff).toBe(true)
        }),
        parameters
      )
    }).pipe(Effect.provide(layer)))

  it.effect("reads a view, not what lies around it", () =>
    Effect.gen(function*() {
      const { crc32 } = yield* Crc
      const padded = Buffer.concat([Buffer.from("??"), check, Buffer.from("??")])
      expect(crc32(padded.subarray(2, 11))).toBe(0xcb_f4_39_26)
    }).pipe(Effect.provide(layer)))
})

describe("the table and Node's zlib", () => {
  it.effect("agree on any bytes with any seed", () =>
    Effect.gen(function*() {
      const table = yield* Effect.provide(Crc, Crc.layer)
      const zlib = yield* Effect.provide(Crc, NodeCrc.layer)
      FastCheck.assert(
        FastCheck.property(bytes, FastCheck.option(FastCheck.nat(0xff_ff_ff_ff), { nil: undefined }), (all, seed) => {
          expect(table.crc32(all, seed)).toBe(zlib.crc32(all, seed))
        }),
        { ...parameters, numRuns: 500 }
      )
    }))
})
