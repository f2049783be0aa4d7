import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { canonicalJson, isWellFormed, utf8Bytes } from "../../../src/protocol/conversation/CanonicalJson.ts"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"

describe("canonical JSON", () => {
  it("is that of RFC 8785 §3.2.3: keys by UTF-16 code units", () => {
    const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 }
    expect(canonicalJson(keys)).toBe(
      "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\u{1f600}\":5,\"\ufb33\":3}"
    )
  })

  it("writes strings as RFC 8785 §3.2.2 does", () => {
    expect(canonicalJson("€$\u000f\nA'B\"\\\\\"/")).toBe("\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")
  })

  it.each<[string, unknown]>([
    ["a fraction", 0.5],
    ["an integer above 2⁵³ − 1", 2 ** 53],
    ["negative zero", -0],
    ["not a number", Number.NaN],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["undefined", undefined],
    ["undefined in an object", { a: undefined }],
    ["a hole in an array", [, 1]], // oxlint-disable-line no-sparse-arrays
    ["a big integer", 1n],
    ["a function", () => 1],
    ["an object of a class", new Map()]
  ])("has no text for %s", (_, value) => {
    expect(canonicalJson(value)).toBeUndefined()
  })

  it("has a limited depth, so that no stack overflows", () => {
    const nested = (levels: number): unknown => levels === 0 ? 1 : [nested(levels - 1)]
    expect(canonicalJson(nested(Limits.bodyDepth))).toContain("[1]")
    expect(canonicalJson(nested(Limits.bodyDepth + 1))).toBeUndefined()
    const parsed: unknown = JSON.parse("[".repeat(5000) + "]".repeat(5000))
    expect(canonicalJson(parsed)).toBeUndefined()
  })

  it("is the same for every order of keys, and parses to the same value", () => {
    const json = FastCheck.jsonValue({ noUnicodeString: false, maxDepth: 4 })
    const shuffled = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null) return value
      if (Array.isArray(value)) return value.map(shuffled)
      return Object.fromEntries(Object.entries(value).toReversed().map(([key, member]) => [key, shuffled(member)]))
    }
    FastCheck.assert(FastCheck.property(json, (value) => {
      const text = canonicalJson(value)
      if (text === undefined) return
      expect(canonicalJson(shuffled(value))).toBe(text)
      expect(canonicalJson(JSON.parse(text))).toBe(text)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }))
  })

  it("has a member __proto__ like any other", () => {
    expect(canonicalJson(JSON.parse("{\"__proto__\":1,\"a\":2}"))).toBe("{\"__proto__\":1,\"a\":2}")
  })
})

describe("the bytes of a text", () => {
  it("are counted up to a limit", () => {
    expect(utf8Bytes("aé€", 6)).toBe(6)
    expect(utf8Bytes("aé€", 5)).toBe(Infinity)
    expect(utf8Bytes("a".repeat(7), 6)).toBe(Infinity)
  })

  it("are those of whole characters", () => {
    expect(isWellFormed("😀")).toBe(true)
    expect(isWellFormed("😀".slice(1))).toBe(false)
  })
})
