import { describe, expect, it } from "vitest"
import { isReflectorPort } from "../../src/protocol/ReflectorPort.ts"

describe("a port", () => {
  it.each([0, 7, 17, 19, 53, 111, 123, 137, 161, 389, 500, 1900, 3702, 5353, 11_211])(
    "of a service that answers anything is one (S14): %i",
    (port) => expect(isReflectorPort(port)).toBe(true)
  )

  it("that systems give to clients, and holub's own, are not", () => {
    expect(isReflectorPort(4040)).toBe(false)
    for (let port = 32_768; port <= 65_535; port++) expect(isReflectorPort(port)).toBe(false)
  })
})
