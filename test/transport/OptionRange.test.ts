import { describe, expect, it } from "vitest"
import { notAnAddress, notWhole, outOfRange, unknownName } from "../../src/transport/OptionRange.ts"

describe("an option", () => {
  it("in its range, or not given, has no problem", () => {
    expect([outOfRange("size", undefined, 1), outOfRange("size", 1.5, 1, 2), outOfRange("size", Infinity, 1)]).toEqual(
      [undefined, undefined, undefined]
    )
    expect([notWhole("size", undefined, 1), notWhole("size", 2, 1, 2), unknownName("kind", "a", ["a"])]).toEqual(
      [undefined, undefined, undefined]
    )
  })

  it("that is a number out of its range is told with the range and the value", () => {
    expect(outOfRange("size", 3, 1, 2)).toBe("size must be 1 to 2, not 3")
    expect(outOfRange("size", NaN, 1)).toBe("size must be at least 1, not NaN")
  })

  it("that is no whole number, or too large to be an exact one, is told", () => {
    for (const value of [NaN, Infinity, -Infinity, 1.5, -1, 2 ** 53]) {
      expect(notWhole("size", value, 0)).toBe(`size must be a whole number, at least 0, not ${value}`)
    }
    expect(notWhole("size", 3, 1, 2)).toBe("size must be a whole number, 1 to 2, not 3")
  })

  it("that is an unknown word is told with the known ones", () => {
    expect(unknownName("kind", "c", ["a", "b"])).toBe("kind must be a, b, not \"c\"")
  })

  it("that is an address has a host, and a port that its use allows", () => {
    expect(notAnAddress({ host: "::1", port: 0 }, 0)).toBeUndefined()
    expect(notAnAddress({ host: "::1", port: 0 }, 1)).toBe("port must be a whole number, 1 to 65535, not 0")
    expect(notAnAddress({ host: "::1", port: undefined }, 1)).toBe("port must be a whole number, 1 to 65535, not NaN")
    expect(notAnAddress({ host: undefined, port: 1 }, 1)).toBe("host must be a name or an address, not undefined")
  })
})
