import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { bytesOf, newBytesOf } from "../../../src/conversation/accounts/PasswordText.ts"

const textOf = (text: string) => Either.map(bytesOf(text), (bytes) => new TextDecoder().decode(bytes))

describe("a password", () => {
  it("has one spelling: normal form C, and plain spaces; case and spaces at its ends count", () => {
    expect(textOf("Zoe\u0308\u00a0x ")).toEqual(Either.right("Zo\u00eb x "))
    expect(textOf("PIGEON")).not.toEqual(textOf("pigeon"))
  })

  it.each(["", "a\nb", "a\0", "\ud800", "x".repeat(1025), "ž".repeat(513), "x".repeat(1e6)])("is not %j", (text) => {
    const problem = Either.getOrThrow(Either.flip(bytesOf(text)))
    expect(problem).toMatch(/^a password (?:is not empty|has (?:no control characters|at most 1024 bytes))$/)
  })

  it("has at least eight characters as people count them when it is new", () => {
    expect(Either.isRight(newBytesOf("pigeon42"))).toBe(true)
    expect(Either.isRight(newBytesOf("🕊".repeat(8)))).toBe(true)
    for (const text of ["pigeon4", "e\u0308".repeat(7), "🇸🇰".repeat(7)]) {
      expect(newBytesOf(text)).toEqual(Either.left("a password has at least 8 characters"))
    }
  })
})
