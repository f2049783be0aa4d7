import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { human } from "../../../src/cli/report/HumanReport.ts"
import type { Underway } from "../../../src/cli/report/Report.ts"
import { widthOf } from "../../../src/cli/text/Width.ts"
import { datagram, fakeOutput, hostile, mischief, sentFile } from "../fakes.ts"

const clear = "\r\u001b[2K"

interface Options {
  readonly isTerminal?: boolean
  readonly isQuiet?: boolean
  readonly columns?: number
  readonly size?: number
  readonly label?: string
}

/** A report that shows the progress of one message, whose bytes the test moves. */
const start = ({ columns = 80, isQuiet = false, isTerminal = true, label = "a.txt", ...rest }: Options = {}) =>
  Effect.gen(function*() {
    const stdout = fakeOutput(isTerminal)
    const stderr = fakeOutput(isTerminal, columns)
    const report = human({ stdout, stderr, isQuiet })
    const state = { bytes: 0 }
    const first: Underway = { id: "1", label, verb: "sending", bytes: () => state.bytes, size: rest.size ?? 10_000 }
    const underway: Array<Underway> = [first]
    const fiber = yield* Effect.fork(report.progress(() => underway))
    yield* TestClock.adjust(0)
    return { report, stdout, stderr, state, first, underway, stop: Fiber.interrupt(fiber) }
  })

describe("progress on a terminal", () => {
  it.effect("is painted within 100 ms", () =>
    Effect.gen(function*() {
      const { stderr, stop } = yield* start()
      yield* TestClock.adjust(100)
      expect(stderr.text()).toMatch(/^sending a\.txt {2}\[-+\] {2}0 % {2}0 B of 9\.8 KiB {2}0\.0 kbit\/s$/)
      yield* stop
    }))

  it.effect("is painted at most ten times a second, each time in place of the last", () =>
    Effect.gen(function*() {
      const { state, stderr, stop } = yield* start()
      yield* TestClock.adjust(100)
      stderr.news()
      for (let at = 0; at < 100; at++) {
        state.bytes += 10
        yield* TestClock.adjust(10)
      }
      const writes = stderr.news()
      expect(writes.filter((text) => text === clear)).toHaveLength(10)
      expect(writes.filter((text) => text !== clear)).toHaveLength(10)
      expect(stderr.text()).not.toContain("\n")
      yield* stop
    }))

  it.effect("makes room for a question at once", () =>
    Effect.gen(function*() {
      const { report, stderr, stop, underway } = yield* start()
      yield* TestClock.adjust(100)
      underway.splice(0)
      yield* report.cleared
      expect(stderr.news().at(-1)).toBe(clear)
      yield* TestClock.adjust(1000)
      expect(stderr.news()).toEqual([])
      yield* stop
    }))

  it.effect("says percent, done and total, the rate and the time that is left", () =>
    Effect.gen(function*() {
      const { state, stderr, stop } = yield* start({ size: 1_000_000 })
      yield* TestClock.adjust(100)
      state.bytes = 250_000
      yield* TestClock.adjust(1000)
      expect(stderr.news().at(-1)).toBe(
        "sending a.txt  [###---------]  25 %  244.1 of 976.6 KiB  2.0 Mbit/s  3 s left"
      )
      yield* stop
    }))

  it.effect("says for how long there was no data instead of a rate that is over, and goes on after it", () =>
    Effect.gen(function*() {
      const { state, stderr, stop } = yield* start()
      yield* TestClock.adjust(100)
      state.bytes = 5000
      yield* TestClock.adjust(100)
      yield* TestClock.adjust(1900)
      expect(stderr.news().join("")).not.toContain("no data")
      yield* TestClock.adjust(2100)
      const stalled = stderr.news().at(-1)
      expect(stalled).toBe("sending a.txt  [##########-----------]  50 %  4.9 of 9.8 KiB  no data for 4 s")
      state.bytes = 6000
      yield* TestClock.adjust(100)
      expect(stderr.news().at(-1)).not.toContain("no data")
      yield* stop
    }))

  it.effect("says that there is no data when not a single byte has moved", () =>
    Effect.gen(function*() {
      const { stderr, stop } = yield* start()
      yield* TestClock.adjust(5100)
      expect(stderr.news().at(-1)).toMatch(/no data for 5 s$/)
      yield* stop
    }))

  it.effect("is whole for an empty file", () =>
    Effect.gen(function*() {
      const { stderr, stop } = yield* start({ size: 0 })
      yield* TestClock.adjust(100)
      expect(stderr.text()).toContain("100 %")
      yield* stop
    }))

  it.effect("fits one line of the terminal, whatever the name is made of", () =>
    Effect.gen(function*() {
      for (const label of ["name".repeat(20), "日本語".repeat(20), "😀".repeat(40), hostile.repeat(9)]) {
        for (const columns of [1, 12, 20, 40, 80, 200]) {
          const { stderr, stop } = yield* start({ columns, label })
          yield* TestClock.adjust(100)
          const line = stderr.news().at(-1) ?? ""
          expect([label, columns, widthOf(line) < columns, mischief.test(line)]).toEqual([label, columns, true, false])
          yield* stop
        }
      }
    }))

  it.effect("makes way for a frame that comes in between", () =>
    Effect.gen(function*() {
      const { report, stderr, stop } = yield* start()
      yield* TestClock.adjust(100)
      stderr.news()
      report.frame(datagram())
      expect(stderr.news()).toEqual([clear, expect.stringMatching(/^→ .*\n$/)])
      yield* stop
    }))

  it.effect("is whole on a terminal that does not say how wide it is", () =>
    Effect.gen(function*() {
      const { stderr, stop } = yield* start({ columns: 0 })
      yield* TestClock.adjust(100)
      expect(stderr.news().at(-1)).toBe(
        "sending a.txt  [---------------------------]  0 %  0 B of 9.8 KiB  0.0 kbit/s"
      )
      yield* stop
    }))

  it.effect("shows a hostile name without its power (F5)", () =>
    Effect.gen(function*() {
      const { stderr, stop } = yield* start({ label: hostile, columns: 400 })
      yield* TestClock.adjust(100)
      expect(stderr.text()).not.toMatch(mischief)
      yield* stop
    }))

  it.effect("says of several messages how many there are", () =>
    Effect.gen(function*() {
      const { first, state, stderr, stop, underway } = yield* start()
      underway.push({ ...first, id: "2" })
      state.bytes = 2048
      yield* TestClock.adjust(100)
      expect(stderr.text()).toMatch(/^sending 2 messages {2}4\.0 KiB/)
      yield* stop
    }))

  it.effect("makes way for a line and for the end", () =>
    Effect.gen(function*() {
      const { report, stderr, stop } = yield* start()
      yield* TestClock.adjust(100)
      stderr.news()
      yield* report.emit(sentFile)
      expect(stderr.news().slice(0, 2)).toEqual([clear, expect.stringMatching(/^sent a\.txt.*\n$/)])
      expect(stderr.text().split(clear).at(-1)).toMatch(/^sent .*\n {2}from .*\n$/)
      yield* TestClock.adjust(100)
      yield* stop
      expect(stderr.news().at(-1)).toBe(clear)
    }))

  it.effect("is cleared when nothing is under way any more", () =>
    Effect.gen(function*() {
      const { stderr, stop, underway } = yield* start()
      yield* TestClock.adjust(100)
      underway.length = 0
      yield* TestClock.adjust(100)
      expect(stderr.news().at(-1)).toBe(clear)
      yield* TestClock.adjust(60_000)
      expect(stderr.news()).toEqual([])
      yield* stop
    }))
})

describe("progress elsewhere", () => {
  it.effect("is a line every 10 s, without any control", () =>
    Effect.gen(function*() {
      const { state, stderr, stop } = yield* start({ isTerminal: false, size: 1_000_000 })
      yield* TestClock.adjust(10_099)
      expect(stderr.text()).toBe("")
      state.bytes = 100_000
      yield* TestClock.adjust(1)
      expect(stderr.news()).toEqual([expect.stringMatching(/^sending a\.txt {2}10 % .*\n$/)])
      state.bytes = 300_000
      yield* TestClock.adjust(20_000)
      expect(stderr.news()).toHaveLength(2)
      expect(stderr.text()).not.toMatch(mischief)
      yield* stop
    }))

  it.effect("says the rate since the line before, and the time that is left", () =>
    Effect.gen(function*() {
      const { state, stderr, stop } = yield* start({ isTerminal: false, size: 1_000_000 })
      yield* TestClock.adjust(10_100)
      for (let second = 1; second <= 10; second++) {
        yield* TestClock.adjust(1000)
        state.bytes = 25_000 * second
      }
      yield* TestClock.adjust(10_000)
      expect(stderr.news()[1]).toBe("sending a.txt  22 %  219.7 of 976.6 KiB  180.0 kbit/s  35 s left\n")
      yield* stop
    }))

  it.effect("says for how long there was no data", () =>
    Effect.gen(function*() {
      const { stderr, stop } = yield* start({ isTerminal: false })
      yield* TestClock.adjust(30_000)
      expect(stderr.news().at(-1)).toMatch(/no data for \d+ s\n$/)
      yield* stop
    }))

  it.effect("is no word at all while nothing is under way, or when it is quiet", () =>
    Effect.gen(function*() {
      const idle = yield* start({ isTerminal: false })
      idle.underway.length = 0
      const quiet = yield* start({ isQuiet: true })
      yield* TestClock.adjust(60_000)
      expect([idle.stderr.text(), quiet.stderr.text()]).toEqual(["", ""])
      yield* idle.stop
      yield* quiet.stop
    }))

  it.effect("never goes to stdout", () =>
    Effect.gen(function*() {
      const { stdout, stop } = yield* start({ isTerminal: false })
      yield* TestClock.adjust(60_000)
      expect(stdout.text()).toBe("")
      yield* stop
    }))
})
