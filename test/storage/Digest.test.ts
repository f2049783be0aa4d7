import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Digest from "../../src/storage/Digest.ts"

// The digest of WebCrypto itself, instead of that of test/digestAtOnce.ts.
Reflect.deleteProperty(crypto.subtle, "digest")

describe("ofBytes", () => {
  it.effect("is the SHA-256 of the given bytes only, in lower-case hex", () =>
    Effect.gen(function*() {
      const bytes = new TextEncoder().encode("xxabcxx")
      expect(yield* Digest.ofBytes(bytes.subarray(2, 5))).toBe(createHash("sha256").update("abc").digest("hex"))
      expect(yield* Digest.ofBytes(new Uint8Array(0))).toMatch(/^e3b0c44298fc1c14/)
    }))
})
