import { describe, expect, it } from "vitest"
import * as Limits from "../../../../src/protocol/conversation/client/ClientLimits.ts"
import { ReaderCursors } from "../../../../src/protocol/conversation/client/ReaderCursors.ts"

const vectorOf = (name: string, size: number) => new Map(Array.from({ length: size }, (_, at) => [`${name}${at}`, 1]))

describe("the cursors of a reader", () => {
  it("are joined from their parts, and taken once", () => {
    const cursors = new ReaderCursors()
    cursors.add("hall", new Map([["a", 1], ["b", 2]]), 0)
    cursors.add("hall", new Map([["b", 5]]), 0)
    expect([cursors.take("hall"), cursors.take("hall")]).toEqual([new Map([["a", 1], ["b", 5]]), undefined])
  })

  it("have a number of entries together, also with those of open rooms", () => {
    const cursors = new ReaderCursors()
    let refusal: string | undefined
    let parts = 0
    // A cursor of a million entries.
    while (refusal === undefined && parts < 8000) refusal = cursors.add("hall", vectorOf(`${parts++} `, 140), 0)
    expect([refusal, parts]).toEqual([
      `the cursors have more than ${Limits.cursorOrigins} origins together; open the room without one`,
      118
    ])
    expect(cursors.take("hall")).toBeUndefined()
    expect(cursors.add("hall", vectorOf("a", 1), Limits.cursorOrigins)).toBeDefined()
    expect(cursors.add("hall", vectorOf("a", 1), Limits.cursorOrigins - 1)).toBeUndefined()
  })

  it("are of as many rooms as a client may open", () => {
    const cursors = new ReaderCursors()
    const refused = Array.from(
      { length: 66 },
      (_, at) => cursors.add(`room${at}`, new Map([["a", 1]]), 0) !== undefined
    )
    expect(refused.indexOf(true)).toBe(Limits.rooms)
  })
})
