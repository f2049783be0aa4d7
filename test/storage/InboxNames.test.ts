import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import * as InboxNames from "../../src/storage/InboxNames.ts"

const claimed = (claim: ReturnType<InboxNames.InboxNames["claim"]>): string =>
  Either.match(claim, { onLeft: ({ reason }) => reason, onRight: ({ name }) => name })

describe("a claim", () => {
  it("takes the name itself where it is free", () => {
    expect(claimed(InboxNames.make("fail").claim("a.txt", ["b.txt"]))).toBe("a.txt")
  })

  it("of a taken name is refused, numbered, or granted, as the inbox says", () => {
    expect(claimed(InboxNames.make("fail").claim("a.txt", ["a.txt"]))).toBe("TargetExists")
    expect(claimed(InboxNames.make("rename").claim("a.txt", ["a.txt", "a (1).txt"]))).toBe("a (2).txt")
    expect(claimed(InboxNames.make("overwrite").claim("a.txt", ["a.txt"]))).toBe("a.txt")
  })

  it("never overwrites a twin that is spelled otherwise", () => {
    expect(claimed(InboxNames.make("overwrite").claim("A.txt", ["a.txt"]))).toBe("TargetExists")
    expect(claimed(InboxNames.make("overwrite").claim("e\u0301.txt", ["\u00e9.txt"]))).toBe("TargetExists")
  })

  it("keeps its name from others until it is released", () => {
    const names = InboxNames.make("fail")
    const first = Either.getOrThrow(names.claim("a.txt", []))
    expect(claimed(names.claim("a.txt", []))).toBe("TargetExists")
    first.release()
    expect(claimed(names.claim("a.txt", []))).toBe("a.txt")
  })

  it("moves on when its name proves to be taken", () => {
    const claim = Either.getOrThrow(InboxNames.make("rename").claim("a.txt", []))
    Either.getOrThrow(claim.move(["a.txt"]))
    expect(claim.name).toBe("a (1).txt")
  })

  it("of an unsafe name is refused", () => {
    expect(claimed(InboxNames.make("rename").claim("../a.txt", []))).toBe("UnsafeName")
  })
})
