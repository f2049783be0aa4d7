import { describe, expect, it } from "vitest"
import * as Blocks from "../../src/storage/Blocks.ts"

describe("blocks", () => {
  it("are joined in their order, as a copy", () => {
    const first = Uint8Array.of(1, 2)
    const bytes = Blocks.joined([first, new Uint8Array(0), Uint8Array.of(3)])
    first[0] = 9
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
  })

  it("are nothing when there are none", () => {
    expect([Blocks.joined([]).length, Blocks.sizeOf([])]).toEqual([0, 0])
  })
})
