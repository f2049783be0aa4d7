import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { MemoryLog } from "../../../src/conversation/store/MemoryLog.ts"
import { alpha, beta, nameOf, post } from "./events.ts"

const contentOf = (log: MemoryLog) => ({ events: log.events.slice(), heads: log.heads })

/** Changes of a log; what does not fit changes nothing. */
const change = fc.oneof(
  fc.record({
    type: fc.constant("append" as const),
    origin: fc.constantFrom(alpha, beta),
    clock: fc.integer({ min: 1, max: 5 })
  }),
  fc.record({
    type: fc.constantFrom("erase" as const, "purge" as const),
    origin: fc.constantFrom(alpha, beta),
    seq: fc.integer({ min: 1, max: 6 })
  })
)

type Change = typeof change extends fc.Arbitrary<infer One> ? One : never

const apply = (log: MemoryLog, one: Change): () => void => {
  if ("seq" in one) return one.type === "erase" ? log.erase(one) : log.purge(one.origin, one.seq)
  const seq = (log.heads.get(one.origin)?.seq ?? 0) + 1
  // Clocks of one origin grow.
  return log.append(post(one.origin, seq, { clock: 10 * seq + one.clock })) ?? (() => {})
}

describe("a log in memory", () => {
  it("is as before when its changes are undone, whatever they are", () => {
    fc.assert(fc.property(fc.array(change), fc.array(change), (kept, undone) => {
      const log = new MemoryLog()
      for (const one of kept) apply(log, one)
      const before = contentOf(log)
      const undos = undone.map((one) => apply(log, one))
      for (const undo of undos.toReversed()) undo()
      expect(contentOf(log)).toEqual(before)
      for (const event of before.events) expect(log.event(event)).toEqual(event)
    }))
  })

  it("is in order, whatever is appended, erased and purged", () => {
    fc.assert(fc.property(fc.array(change), (changes) => {
      const log = new MemoryLog()
      for (const one of changes) apply(log, one)
      const places = log.events.map(({ clock, origin, seq }) => [clock, origin, seq] as const)
      expect(log.events.map(nameOf)).toEqual(
        places.toSorted(([c, o, s], [d, p, t]) => c - d || (o < p ? -1 : o > p ? 1 : s - t))
          .map(([, origin, seq]) => nameOf({ origin, seq }))
      )
      for (const { origin, seq } of log.events) {
        expect(seq).toBeGreaterThan(log.heads.get(origin)?.floor ?? 0)
      }
    }))
  })

  it("finds the first event from a place on, and files", () => {
    const log = new MemoryLog()
    for (const seq of [1, 2, 3]) {
      log.append(post(alpha, seq, { clock: 10 * seq, kind: "file", body: { sha256: `${seq}`.repeat(64) } }))
    }
    expect([0, 10, 15, 20, 31].map((clock) => log.firstFrom({ clock, origin: "", seq: 0 }))).toEqual([0, 0, 1, 1, 3])
    expect(["2", "4"].map((digit) => log.refersTo(digit.repeat(64)))).toEqual([true, false])
  })
})
