import { describe, expect, it } from "vitest"
import * as Policy from "../../../src/Policy.ts"
import { Echo } from "../../../src/protocol/classic/Echo.ts"
import * as Frame from "../../../src/protocol/classic/Frame.ts"
import { Past } from "../../../src/protocol/classic/Past.ts"
import { frameOf, infOf } from "./frames.ts"

const dat = (sequenceNumber: number, fragmentCount: number): Frame.Frame =>
  frameOf(Frame.Kind.dat, sequenceNumber, fragmentCount, Buffer.from("data"))

describe("the past", () => {
  it("that is empty has nothing to hold, to let go or to begin", () => {
    const past = new Past(Policy.classic)
    past.hold(infOf("T", 0, 3))
    past.letGo()
    expect([past.answerAt, past.takeAnswer(), past.takeBegun(dat(1, 3))]).toEqual([Infinity, undefined, undefined])
  })

  it("has nothing at first", () => {
    const past = new Past(Policy.classic)
    expect([past.mayHave(infOf("T", 0, 3), 0), past.hasFragment(dat(1, 3)), past.answerAt]).toEqual([
      false,
      false,
      Infinity
    ])
  })

  it("has the announcement of a finished message for 3 s, and its fragments for ever", () => {
    const past = new Past(Policy.classic)
    past.finish(new Echo(infOf("T", 0, 3)), 1000)
    expect([past.mayHave(infOf("T", 0, 3), 3999), past.mayHave(infOf("T", 0, 3), 4000)]).toEqual([true, false])
    expect([past.hasFragment(dat(2, 3)), past.hasFragment(dat(2, 4))]).toEqual([true, false])
  })

  it("has the announcement of a refused message, but none of its fragments", () => {
    const past = new Past(Policy.classic)
    past.refuse(new Echo(infOf("F", 1, 3)), 0)
    expect([past.mayHave(infOf("F", 1, 3), 100), past.hasFragment(dat(1, 3))]).toEqual([true, false])
  })

  it("has the fragments of a message that its sender left behind, and takes an equal announcement for a new one", () => {
    const past = new Past(Policy.classic)
    past.leave(new Echo(infOf("T", 0, 3)))
    expect([past.mayHave(infOf("T", 0, 3), 0), past.hasFragment(dat(1, 3))]).toEqual([false, true])
  })

  it("answers a held announcement when no copy can be alive, and knows the fragment that begins it", () => {
    const past = new Past(Policy.classic)
    past.finish(new Echo(infOf("T", 0, 3)), 0)
    past.hold(infOf("T", 0, 3))
    expect([past.answerAt, past.takeBegun(dat(1, 3))]).toEqual([3000, undefined])
    expect(past.takeAnswer()?.fragmentCount).toBe(3)
    expect(past.takeBegun(dat(1, 3))?.fragmentCount).toBe(3)
  })
})
