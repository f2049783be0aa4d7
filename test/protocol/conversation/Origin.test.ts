import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { isOriginOf, Origin, originOf, serverOf } from "../../../src/protocol/conversation/Origin.ts"
import { sha256, signerOf } from "./ed25519.ts"

describe("an origin", () => {
  const { key, origin } = signerOf("alpha.example", 1)
  const isOrigin = Schema.is(Origin)

  it("names its server and a log", () => {
    expect(origin).toMatch(/^alpha\.example~0101010101010101[0-9a-f]{32}$/)
    expect(serverOf(origin)).toBe("alpha.example")
    expect(isOrigin(origin)).toBe(true)
  })

  it("is new for each nonce", () => {
    expect(originOf(sha256, "alpha.example", key, new Uint8Array(8).fill(2))).not.toBe(origin)
    expect(() => originOf(sha256, "alpha.example", key, new Uint8Array(7))).toThrow(RangeError)
  })

  it("belongs to its key and its name only", () => {
    expect(isOriginOf(sha256, origin, key)).toBe(true)
    expect(isOriginOf(sha256, origin, signerOf("alpha.example", 2).key)).toBe(false)
    expect(isOriginOf(sha256, origin.replace("alpha", "beta"), key)).toBe(false)
    expect(isOriginOf(sha256, origin.replace("~01", "~02"), key)).toBe(false)
  })

  it.each([
    ["without a log", "alpha"],
    ["with a short log", origin.slice(0, -1)],
    ["with capital digits", origin.toUpperCase()],
    ["with a person", `ala@${origin}`],
    ["of no name", origin.slice("alpha.example".length)],
    ["of a name that ends in a dot", origin.replace("alpha.example", "alpha.")],
    ["of a long name", "a".repeat(64) + origin.slice("alpha.example".length)],
    ["with two separators", origin.replace("~", "~~")]
  ])("%s is none", (_, text) => {
    expect(isOrigin(text)).toBe(false)
  })
})
