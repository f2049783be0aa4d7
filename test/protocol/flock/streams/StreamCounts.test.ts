import { describe, expect, it } from "vitest"
import { StreamCounts } from "../../../../src/protocol/flock/streams/StreamCounts.ts"

describe("the number of streams", () => {
  it("that we open is what the peer allows, which never shrinks", () => {
    const counts = new StreamCounts(1, 0)
    expect([counts.openOurs(), counts.openOurs()]).toEqual([0, undefined])
    expect([counts.allow(1), counts.allow(2), counts.allow(0)]).toEqual([false, true, false])
    expect([counts.openOurs(), counts.openOurs(), counts.ours]).toEqual([1, undefined, 2])
  })

  it("that the peer may open grows as streams end, told when half are over, and again when that was lost", () => {
    const counts = new StreamCounts(0, 4)
    for (let index = 0; index < 4; index++) expect(counts.openTheirs()).toBe(index)
    counts.onTheirsOver()
    expect([counts.isDue, counts.theirsAllowed]).toEqual([false, 4])
    counts.onTheirsOver()
    expect([counts.isDue, counts.tell(), counts.isDue]).toEqual([true, 6, false])
    counts.tellAgain()
    expect([counts.isDue, counts.tell()]).toEqual([true, 6])
  })
})
