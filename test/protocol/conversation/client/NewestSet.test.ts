import { describe, expect, it } from "vitest"
import { NewestSet } from "../../../../src/protocol/conversation/client/NewestSet.ts"

describe("a set of the newest members", () => {
  it("drops the oldest one, and one that is added again is the newest", () => {
    const set = new NewestSet<string>(2)
    for (const member of ["a", "b", "a", "c"]) set.add(member)
    expect(["a", "b", "c"].map((member) => set.has(member))).toEqual([true, false, true])
    expect([set.delete("a"), set.delete("a"), set.has("a")]).toEqual([true, false, false])
  })
})
