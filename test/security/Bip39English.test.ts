import { describe, expect, it } from "@effect/vitest"
import { bip39English } from "../../src/security/Bip39English.ts"
import { hashing } from "./hashing.ts"

describe("the English list of BIP-39", () => {
  it("is the published one: its file has this SHA-256", () => {
    const file = new TextEncoder().encode(`${bip39English.join("\n")}\n`)
    expect(Buffer.from(hashing.sha256(file)).toString("hex")).toBe(
      "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )
  })

  it("has 2,048 words that differ in their first four letters", () => {
    expect(bip39English.length).toBe(2048)
    expect(new Set(bip39English.map((word) => word.slice(0, 4))).size).toBe(2048)
  })
})
