import { describe, expect, it } from "vitest"
import { Reason } from "../../src/storage/Storage.ts"
import * as RefusalWords from "../../src/transfer/RefusalWords.ts"

describe("what a sender is told of a refusal", () => {
  it.each(Reason.literals)("is a sentence for %s that says what to do", (reason) => {
    expect(RefusalWords.of(reason, "a.txt")).toMatch(/^[a-z][^.]*[;,] (?:send|give|ask)[^.]*$/)
  })

  it("of a name is the rule that it breaks", () => {
    expect(RefusalWords.of("UnsafeName", "a/b")).toBe(
      "the file name holds a path separator; only a plain name is accepted; give the file another name"
    )
    // Only the receiver's file system refuses it.
    expect(RefusalWords.of("UnsafeName", "a".repeat(200))).toMatch(/^the receiver cannot store a file of this name/)
  })
})
