import { describe, expect, it } from "vitest"
import { keyUnsupported, problemOf } from "../../src/transport/PinnedKey.ts"

describe("a pinned key", () => {
  it("has 32 bytes", () => {
    expect([0, 31, 32, 33].map((length) => problemOf(new Uint8Array(length)))).toEqual([
      "a key has 32 bytes, not 0",
      "a key has 32 bytes, not 31",
      undefined,
      "a key has 32 bytes, not 33"
    ])
  })

  it("that cannot be checked is an error with the reason, before anything is sent", () => {
    expect(keyUnsupported({ host: "2001:db8::1", port: 4040 }, "the classic wire has no keys")).toMatchObject({
      reason: "Unsupported",
      detail: "Key",
      peer: "[2001:db8::1]:4040",
      message: "the classic wire has no keys, so the key of the server cannot be checked"
    })
  })
})
