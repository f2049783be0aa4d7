import { describe, expect, it } from "@effect/vitest"
import { digitsOf, shownOf } from "../../../src/apps/chat/HarmlessText.ts"

const hex = (text: string): string => Buffer.from(text).toString("hex")

describe("a text for others", () => {
  it("keeps words, tabs and line ends, and nothing that acts on a terminal", () => {
    expect(shownOf(hex("čau\ta\u001b[2Jb\r\nc\n\rd\u202e\u0007"))).toBe("čau\ta[2Jb\r\nc\nd")
    expect(digitsOf(hex("a\u0007b"))).toBe(hex("ab"))
  })

  it("replaces what is not UTF-8", () => {
    expect(shownOf("61ff")).toBe("a\ufffd")
  })
})
