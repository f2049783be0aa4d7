import { describe, expect, it } from "@effect/vitest"
import { closeCode, nameOf } from "../../../src/protocol/flock/CloseCode.ts"

describe("a code", () => {
  it.each(Object.entries(closeCode))("of the transport has a name: %s", (name, code) => {
    expect(nameOf(code)).toBe(name)
  })

  it("of an application has none", () => {
    expect([0x07, 0x0b, 0x100, Number.MAX_SAFE_INTEGER].map(nameOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })

  it("belongs to one name", () => {
    expect(new Set(Object.values(closeCode)).size).toBe(Object.keys(closeCode).length)
  })
})
