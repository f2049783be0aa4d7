import { expect, it } from "vitest"
import { lineOf } from "../../src/apps/MessageText.ts"

it("a text is shown as it is, up to 1,024 characters", () => {
  const of = (text: string) => lineOf({ bytes: new Uint8Array(), text })
  expect([of("coo"), of("x".repeat(1024)).length]).toEqual(["coo", 1024])
  expect(of("x".repeat(1025))).toBe(`${"x".repeat(1024)} … (1025 characters)`)
})

it("bytes that are no text are shown in hexadecimal, up to 64", () => {
  const of = (length: number) => lineOf({ bytes: new Uint8Array(length).fill(0xfe), text: undefined })
  expect(of(2)).toBe("fe fe (2 bytes)")
  expect(of(65)).toBe(`${"fe ".repeat(64)}… (65 bytes)`)
})
