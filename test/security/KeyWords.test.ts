import { describe, expect, it } from "@effect/vitest"
import * as KeyWords from "../../src/security/KeyWords.ts"
import { hashing, keyOf } from "./hashing.ts"

describe("the words of a key", () => {
  it("are eight words of its hash, as another program computed them", () => {
    expect(KeyWords.ofKey(hashing, keyOf(0))).toBe("barely hero napkin humble say shrug success faint")
    expect(KeyWords.ofKey(hashing, Uint8Array.from({ length: 32 }, (_, at) => at))).toBe(
      "couple few farm weather note girl scare vacuum"
    )
  })

  it("differ for keys that differ in one bit", () => {
    const all = Array.from({ length: 256 }, (_, bit) => {
      const key = keyOf(0)
      key[bit >> 3] = 1 << (bit & 7)
      return KeyWords.ofKey(hashing, key)
    })
    expect(new Set(all).size).toBe(256)
    expect(all.every((words) => words.split(" ").length === 8)).toBe(true)
  })
})
