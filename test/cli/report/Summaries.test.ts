import { describe, expect, it } from "vitest"
import { plain } from "../../../src/cli/report/Colours.ts"
import * as Summaries from "../../../src/cli/report/Summaries.ts"
import { receivedFile, receivedText, sentFile } from "../fakes.ts"

const options = { isVerbose: false, paint: plain }
const verbose = { ...options, isVerbose: true }

describe("the summary of a message", () => {
  it("that was received says what it was, its cost, and no path: that is the result itself", () => {
    expect(Summaries.ofReceived(receivedText, options)).toEqual([
      "received text: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments of 1445 B, from 192.0.2.7:50000"
    ])
    const costly = { ...receivedFile, damaged: 2, damagedNumbers: [3, 7], duplicates: 3 }
    expect(Summaries.ofReceived(costly, verbose)).toEqual([
      "received a.txt: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments of 1445 B, from 192.0.2.7:50000",
      "  damaged 2: 3, 7",
      "  repeated 3",
      `  sha256 ${receivedFile.sha256}`
    ])
  })

  it("that was sent says where it lies, what was damaged and repeated, and whether the last answer came", () => {
    const costly = {
      ...sentFile,
      damaged: 1,
      damagedNumbers: [2],
      retransmissions: 4,
      repeatedNumbers: [2, 5, 9],
      confirmed: false
    }
    expect(Summaries.ofSent(costly, verbose)).toEqual([
      "sent a.txt: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments of 1445 B",
      "  from /home/a.txt",
      "  damaged on purpose 1: 2",
      "  repeated 4: 2, 5, 9 and the announcement",
      "  the last answer was lost, but the message has arrived",
      `  sha256 ${sentFile.sha256}`
    ])
    expect(Summaries.ofSent({ ...sentFile, path: undefined }, options)).toHaveLength(1)
  })

  it.each(
    [
      ["source", "this side's disk, or its input"],
      ["cpu", "this side's processor"],
      ["receiver", "the receiver: its disk or its processor"],
      ["congestion", "the path"],
      ["pacing", "the path, or --limit"]
    ] as const
  )("that took a second says what limited it: %s", (limitedBy, words) => {
    const [long, short] = [1000, 999].map((durationMillis) =>
      Summaries.ofSent({ ...sentFile, durationMillis, limitedBy }, options)
    )
    expect(long).toContain(`  limited by ${words}`)
    expect(short?.join()).not.toContain("limited")
  })

  it("cuts long lists of numbers", () => {
    const damagedNumbers = Array.from({ length: 20 }, (_, at) => at + 1)
    expect(Summaries.ofReceived({ ...receivedFile, damaged: 30, damagedNumbers }, options)[1]).toBe(
      "  damaged 30: 1, 2, 3, 4, 5, 6, 7, 8 and 22 more"
    )
    const eight = damagedNumbers.slice(0, 8)
    expect(Summaries.ofReceived({ ...receivedFile, damaged: 8, damagedNumbers: eight }, options)[1]).toBe(
      "  damaged 8: 1, 2, 3, 4, 5, 6, 7, 8"
    )
  })

  it.each([
    [1, [], "repeated 1: the announcement"],
    [3, [2], "repeated 3: 2 and the announcement (2 times)"],
    [3, [1, 2, 3], "repeated 3: 1, 2, 3"],
    [11, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "repeated 11: 1, 2, 3, 4, 5, 6, 7, 8, 2 more and the announcement"],
    [1005, Array.from({ length: 1000 }, () => 1), "repeated 1005: 1, 1, 1, 1, 1, 1, 1, 1 and 997 more"]
  ])("names the announcement, which has no number: %d repeated, %j", (retransmissions, repeatedNumbers, line) => {
    expect(Summaries.ofSent({ ...sentFile, retransmissions, repeatedNumbers }, options)).toContain(`  ${line}`)
  })

  it("counts lost packets of flock, which has no fragments and no announcement", () => {
    const { fragmentSize: _size, fragments: _fragments, ...sent } = sentFile
    expect(Summaries.ofSent({ ...sent, retransmissions: 3, repeatedNumbers: [] }, options)).toContain("  repeated 3")
  })

  it("says no rate of what took no time, and no size of a single fragment", () => {
    expect(Summaries.ofSent({ ...sentFile, fragments: 1, durationMillis: 99 }, options)[0]).toBe(
      "sent a.txt: 2.4 KiB in 99 ms, 1 fragment"
    )
  })
})
