import { describe, expect, it } from "vitest"
import { PathErrors } from "../../src/transport/PathErrors.ts"

describe("reports of the network", () => {
  it("are final at the limit, each for another datagram", () => {
    const errors = new PathErrors()
    expect([1, 2, 3].map((sent) => errors.isFinal(sent, 3))).toEqual([false, false, true])
  })

  it("of one datagram count once, however many arrive", () => {
    const errors = new PathErrors()
    expect(Array.from({ length: 100 }, () => errors.isFinal(1, 3))).not.toContain(true)
    expect([errors.isFinal(2, 3), errors.isFinal(3, 3)]).toEqual([false, true])
  })

  it("before any send do not count", () => {
    const errors = new PathErrors()
    expect(errors.isFinal(0, 1)).toBe(false)
  })

  it("before progress do not count any more", () => {
    const errors = new PathErrors()
    errors.isFinal(1, 3)
    errors.isFinal(2, 3)
    errors.onProgress()
    expect([3, 4, 5].map((sent) => errors.isFinal(sent, 3))).toEqual([false, false, true])
  })
})
