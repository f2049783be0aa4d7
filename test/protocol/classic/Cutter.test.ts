import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { Cutter } from "../../../src/protocol/classic/Cutter.ts"

const cutAll = (blocks: ReadonlyArray<Uint8Array>, fragmentSize: number): ReadonlyArray<Uint8Array> => {
  const cutter = new Cutter(fragmentSize)
  return [...blocks.flatMap((block) => cutter.push(block)), ...cutter.end()]
}

describe("blocks", () => {
  it("of any size are cut into fragments of one size, of which only the last is shorter", () => {
    const sizes = FastCheck.array(FastCheck.integer({ min: 0, max: 40 }), { maxLength: 30 })
    FastCheck.assert(FastCheck.property(sizes, FastCheck.integer({ min: 1, max: 20 }), (lengths, fragmentSize) => {
      let next = 0
      const blocks = lengths.map((length) => Uint8Array.from({ length }, () => next++ & 255))
      const fragments = cutAll(blocks, fragmentSize)
      expect(Buffer.concat(fragments)).toEqual(Buffer.concat(blocks))
      expect(fragments.slice(0, -1).every(({ length }) => length === fragmentSize)).toBe(true)
      expect(fragments.every(({ length }) => length > 0 && length <= fragmentSize)).toBe(true)
    }))
  })

  it("of whole fragments are not copied", () => {
    const block = new Uint8Array(12)
    expect(cutAll([block], 4).map(({ buffer }) => buffer)).toEqual([block.buffer, block.buffer, block.buffer])
    expect(cutAll([block], 4)[1]?.buffer).toBe(block.buffer)
  })
})
