import { describe, expect, it } from "@effect/vitest"
import { generate, hashOf } from "../../../src/conversation/accounts/AccountSecret.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"

describe("a secret of an account", () => {
  it("has 32 random bytes, of which the SHA-256 is stored", () => {
    const secrets = Array.from({ length: 50 }, () => generate(crypto, "token"))
    expect(new Set(secrets.map(({ text }) => text)).size).toBe(50)
    for (const { hash, text } of secrets) {
      expect(text).toMatch(/^ht1[a-z2-7]{56}$/)
      expect(hash).toMatch(/^[0-9a-f]{64}$/)
      expect(text).not.toContain(hash)
      expect(hashOf(crypto, "token", ` ${text.toUpperCase()}\r\n`)).toBe(hash)
    }
  })

  it("is of one kind", () => {
    const { text } = generate(crypto, "invitation")
    expect(text).toMatch(/^hi1/)
    expect(hashOf(crypto, "token", text)).toBeUndefined()
    expect(hashOf(crypto, "invitation", text)).toBeDefined()
  })

  it.each(["", "ht1", "x".repeat(1e6), `ht1${"a".repeat(56)}`, `ht1${"a".repeat(57)}`, "ht1\0"])(
    "is no text like %j",
    (text) => {
      expect(hashOf(crypto, "token", text)).toBeUndefined()
    }
  )
})
