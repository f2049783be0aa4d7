import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import * as InboxNames from "../../src/storage/InboxNames.ts"

const claimed = (claim: ReturnType<InboxNames.InboxNames["claim"]>): string =>
  Either.match(claim, { onLeft: ({ reason }) => reason, onRight: ({ name }) => name })

describe("claim", () => {
  it("chooses the wanted name if it is free", () => {
    expect(claimed(InboxNames.make("fail").claim("a.txt", ["b.txt"]))).toBe("a.txt")
  })

  it("refuses, numbers or accepts a taken name, depending on ifExists", () => {
    expect(claimed(InboxNames.make("fail").claim("a.txt", ["a.txt"]))).toBe("TargetExists")
    expect(claimed(InboxNames.make("rename").claim("a.txt", ["a.txt", "a (1).txt"]))).toBe("a (2).txt")
    expect(claimed(InboxNames.make("overwrite").claim("a.txt", ["a.txt"]))).toBe("a.txt")
  })

  it("never overwrites a file whose name collides in another spelling", () => {
    expect(claimed(InboxNames.make("overwrite").claim("A.txt", ["a.txt"]))).toBe("TargetExists")
    expect(claimed(InboxNames.make("overwrite").claim("e\u0301.txt", ["\u00e9.txt"]))).toBe("TargetExists")
  })

  it("keeps its name reserved until it is released", () => {
    const names = InboxNames.make("fail")
    const first = Either.getOrThrow(names.claim("a.txt", []))
    expect(claimed(names.claim("a.txt", []))).toBe("TargetExists")
    first.release()
    expect(claimed(names.claim("a.txt", []))).toBe("a.txt")
  })

  it("moves to the next number when its name turns out to be taken", () => {
    const claim = Either.getOrThrow(InboxNames.make("rename").claim("a.txt", []))
    Either.getOrThrow(claim.move(["a.txt"]))
    expect(claim.name).toBe("a (1).txt")
  })

  it("refuses an unsafe name", () => {
    expect(claimed(InboxNames.make("rename").claim("../a.txt", []))).toBe("UnsafeName")
  })
})
