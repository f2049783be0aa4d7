import { describe, expect, it } from "vitest"
import { smallerFragmentSize } from "../../../src/protocol/classic/Fragments.ts"

describe("the size to try where fragments do not arrive", () => {
  it("fits an MTU of 1280, over IPv4 also one of 576, each with the headers of IP, UDP and the frame", () => {
    const [largeIpv4 = 0, smallIpv4 = 0] = [1445, 1239].map((bytes) => smallerFragmentSize(bytes, 4))
    expect([largeIpv4 + 13 + 8 + 20, smallIpv4 + 13 + 8 + 20]).toEqual([1280, 576])
    expect((smallerFragmentSize(1439, 6) ?? 0) + 13 + 8 + 40).toBe(1280)
  })

  it("is smaller than the size that was used, and none below the smallest", () => {
    expect([1240, 1239, 536, 535, 1].map((bytes) => smallerFragmentSize(bytes, 4))).toEqual([
      1239,
      535,
      535,
      undefined,
      undefined
    ])
    expect([1220, 1219, 600].map((bytes) => smallerFragmentSize(bytes, 6))).toEqual([
      1219,
      undefined,
      undefined
    ])
  })
})
