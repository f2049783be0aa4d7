import { describe, expect, it } from "@effect/vitest"
import { hashOf } from "../../../src/conversation/store/EventFile.ts"
import { alpha, post } from "./events.ts"

describe("the file of an event", () => {
  it("is named by its hash, in events of the kind file only", () => {
    const sha256 = "0f".repeat(32)
    expect(hashOf(post(alpha, 1, { kind: "file", body: { sha256 } }))).toBe(sha256)
    expect(hashOf(post(alpha, 1, { kind: "said", body: { sha256 } }))).toBeUndefined()
    for (
      const body of [null, {}, { sha256: 1 }, { sha256: "0F".repeat(32) }, { sha256: sha256 + "0" }, {
        sha256: [sha256]
      }]
    ) {
      expect(hashOf(post(alpha, 1, { kind: "file", body }))).toBeUndefined()
    }
  })
})
