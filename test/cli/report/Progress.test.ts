import { describe, expect, it } from "vitest"
import { erasing, erasure, line, lineWithin, Meter } from "../../../src/cli/report/Progress.ts"
import type { Underway } from "../../../src/cli/report/Report.ts"
import { widthOf } from "../../../src/cli/text/Width.ts"

const sending: Underway = { id: "1", label: "a.txt", verb: "sending", bytes: () => 0, size: 10_000 }
const receiving: Underway = { ...sending, verb: "receiving", isEstimate: true }
const half = { bytes: 5000, bitsPerSecond: 8000, stalledMillis: 0 }
const stalled = { ...half, stalledMillis: 4900 }

describe("the line of progress", () => {
  it.each<[string, Underway, typeof half, string]>([
    ["a file that is sent", sending, half, "sending a.txt  50 %  4.9 of 9.8 KiB  8.0 kbit/s  5 s left"],
    [
      "the second of three, with repeats",
      { ...sending, place: { number: 2, of: 3 }, repeats: () => 12 },
      half,
      "sending a.txt  50 %  4.9 of 9.8 KiB  8.0 kbit/s  5 s left  2/3  12 repeated"
    ],
    [
      "the only one, without repeats",
      { ...sending, place: { number: 1, of: 1 }, repeats: () => 0 },
      half,
      "sending a.txt  50 %  4.9 of 9.8 KiB  8.0 kbit/s  5 s left"
    ],
    [
      "units that differ",
      { ...sending, size: 10_000_000 },
      half,
      "sending a.txt  0 %  4.9 KiB of 9.5 MiB  8.0 kbit/s  2 h 46 min left"
    ],
    ["a stall", sending, stalled, "sending a.txt  50 %  4.9 of 9.8 KiB  no data for 4 s"],
    ["an estimate", receiving, half, "receiving a.txt  ~50 %  4.9 of ~9.8 KiB  8.0 kbit/s  ~5 s left"],
    [
      "an estimate that was too low",
      receiving,
      { ...half, bytes: 20_000 },
      "receiving a.txt  ~99 %  19.5 of ~19.5 KiB  8.0 kbit/s  ~0 s left"
    ],
    [
      "the wait for the last answer",
      { ...sending, isVerifying: () => true },
      half,
      "verifying a.txt  100 %  9.8 of 9.8 KiB"
    ],
    [
      "a long wait for the last answer",
      { ...sending, isVerifying: () => true },
      stalled,
      "verifying a.txt  100 %  9.8 of 9.8 KiB  no answer for 4 s"
    ],
    ["a size that nobody knows", { ...sending, size: undefined }, half, "sending a.txt  4.9 KiB  8.0 kbit/s"],
    ["a connection", { ...sending, verb: "connecting", label: "h:1" }, half, "connecting to h:1"],
    ["a message that waits for it", { ...sending, awaits: () => "h:1" }, half, "connecting to h:1"],
    [
      "a message that goes",
      { ...sending, size: undefined, awaits: () => undefined },
      half,
      "sending a.txt  4.9 KiB  8.0 kbit/s"
    ],
    ["a server that is silent", { ...sending, verb: "connecting" }, stalled, "connecting to a.txt  no answer for 4 s"]
  ])("of %s", (_, message, measured, expected) => {
    expect(line([message], measured)).toBe(expected)
  })

  it("of several says how many they are and what they have together", () => {
    expect(line([receiving, receiving], half)).toBe("receiving 2 messages  4.9 KiB  8.0 kbit/s")
    expect(line([receiving, receiving], stalled)).toBe("receiving 2 messages  4.9 KiB  no data for 4 s")
  })
})

describe("the line of progress on a terminal", () => {
  it("has a bar that takes what room there is, then a shorter name, then no bar", () => {
    const long = { ...sending, label: "a name of forty columns, which is a lot.txt" }
    expect([120, 79, 66, 45].map((columns) => lineWithin([long], half, columns))).toEqual([
      "sending a name of forty columns, which is a lot.txt  [##########-----------]  50 %  4.9 of 9.8 KiB  8.0 kbit/s  5 s left",
      "sending a name of forty …  [###---]  50 %  4.9 of 9.8 KiB  8.0 kbit/s  5 s left",
      "sending a name of for…  50 %  4.9 of 9.8 KiB  8.0 kbit/s  5 s left",
      "sending a name of fort…  50 %  4.9 of 9.8 KiB"
    ])
  })

  it("is never wider than its terminal", () => {
    for (const label of ["a", "日本語".repeat(9), "name".repeat(30)]) {
      for (let columns = 0; columns < 150; columns++) {
        for (
          const message of [{ ...sending, label }, { ...sending, label, size: undefined }, { ...receiving, label }]
        ) {
          expect(widthOf(lineWithin([message], half, columns))).toBeLessThanOrEqual(columns)
        }
      }
    }
  })

  it("has a bar that is empty at first and full at the end", () => {
    const bars = [0, 1, 9999, 10_000].map((bytes) =>
      /\[(.*)\]/.exec(lineWithin([sending], { ...half, bytes }, 200))?.[1]
    )
    expect(bars).toEqual(["-".repeat(30), "-".repeat(30), `${"#".repeat(29)}-`, "#".repeat(30)])
  })
})

describe("the meter", () => {
  it("begins anew with another message", () => {
    const meter = new Meter(3000)
    meter.measure([{ ...sending, bytes: () => 5000 }], 1000)
    expect(meter.measure([{ ...sending, id: "2" }], 5000)).toEqual({ bytes: 0, bitsPerSecond: 0, stalledMillis: 0 })
  })

  it("has the rate of its window, and the time since anything moved", () => {
    const meter = new Meter(3000)
    const measured = [0, 1000, 2000, 2000, 2000].map((bytes, second) =>
      meter.measure([{ ...sending, bytes: () => bytes }], second * 1000)
    )
    expect(measured.map(({ bitsPerSecond }) => bitsPerSecond)).toEqual([0, 8000, 8000, 5333, 2667])
    expect(measured.map(({ stalledMillis }) => stalledMillis)).toEqual([0, 0, 0, 1000, 2000])
  })
})

describe("what removes the line of progress", () => {
  it.each([
    ["in a terminal of its width", 80, "\r\u001b[2K"],
    ["in a wider one", 200, "\r\u001b[2K"],
    ["in a terminal that has become narrower, with all its rows", 30, "\u001b[2A\r\u001b[J"]
  ])("%s", (_, columns, expected) => {
    const text = erasing("x".repeat(80), columns)
    expect(text).toBe(expected)
    expect(`one${text}two`.split(erasure)).toEqual(["one", "two"])
  })
})
