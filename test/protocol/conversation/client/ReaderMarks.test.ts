import { describe, expect, it } from "vitest"
import { ReaderMarks } from "../../../../src/protocol/conversation/client/ReaderMarks.ts"

describe("the marks of a reader", () => {
  it("are joined while one is written", () => {
    const marks = new ReaderMarks()
    expect(marks.next()).toBeUndefined()
    marks.add(new Map([["a", 3]]))
    expect(marks.next()).toEqual(new Map([["a", 3]]))
    marks.add(new Map([["a", 5], ["b", 1]]))
    marks.add(new Map([["a", 4]]))
    expect(marks.next()).toBeUndefined()
    marks.onMarked()
    expect(marks.next()).toEqual(new Map([["a", 5], ["b", 1]]))
    marks.onMarked()
    expect(marks.next()).toBeUndefined()
  })
})
