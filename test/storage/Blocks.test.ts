import { describe, expect, it } from "vitest"
import * as Blocks from "../../src/storage/Blocks.ts"

describe("Blocks", () => {
  it("joins blocks in order, as a copy", () => {
    const first = Uint8Array.of(1, 2)
    const bytes = Blocks.joined([first, new Uint8Array(0), Uint8Array.of(3)])
    first[0] = 9
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
  })

  it("joins no blocks to an empty array of size 0", () => {
    expect([Blocks.joined([]).length, Blocks.sizeOf([])]).toEqual([0, 0])
  })
})
