import { describe, expect, it } from "vitest"
import { folded, keyOfRef, type Line, type MovedLine } from "../../../src/protocol/conversation/TimelineLine.ts"

const at = (seq: number) => ({
  ref: { origin: "o", seq },
  clock: seq,
  time: seq,
  author: "x@a",
  nick: "x",
  isLate: false
})
const person = (name: string) => ({ author: `${name}@a`, nick: name })
const moved = (seq: number, way: "joined" | "left", name: string): MovedLine => ({
  ...at(seq),
  _tag: "Moved",
  joined: [],
  left: [],
  visited: [],
  returned: [],
  [way]: [person(name)]
})
const said = (seq: number): Line => ({
  ...at(seq),
  _tag: "Said",
  text: "t",
  isAction: false,
  isEdited: false,
  re: undefined,
  reactions: []
})

const names = (line: Line | undefined) =>
  line?._tag === "Moved"
    ? [line.joined, line.left, line.visited, line.returned].map((list) => list.map(({ nick }) => nick).join(" "))
    : undefined

describe("moves", () => {
  it("are one line while no other stands between them", () => {
    const lines = folded([
      moved(1, "joined", "ala"),
      moved(2, "joined", "bo"),
      moved(3, "left", "cyr"),
      said(4),
      moved(5, "left", "bo")
    ])
    expect(lines.map(({ _tag }) => _tag)).toEqual(["Moved", "Said", "Moved"])
    expect(names(lines[0])).toEqual(["ala bo", "cyr", "", ""])
    expect(names(lines[2])).toEqual(["", "bo", "", ""])
  })

  it("tell of each person what has changed, however often they came and went", () => {
    const ways = (name: string, ...list: ReadonlyArray<"joined" | "left">) => list.map((way) => moved(1, way, name))
    const [line] = folded([
      ...ways("ala", "joined", "left"),
      ...ways("bo", "left", "joined"),
      ...ways("cyr", "joined", "left", "joined"),
      ...ways("dana", "left", "joined", "left")
    ])
    expect(names(line)).toEqual(["cyr", "dana", "ala", "bo"])
  })

  it("are the same folded at once or in parts", () => {
    const moves = [
      moved(1, "joined", "ala"),
      moved(2, "left", "ala"),
      moved(3, "joined", "ala"),
      moved(4, "left", "bo")
    ]
    expect(folded([...folded(moves.slice(0, 2)), ...folded(moves.slice(2))])).toEqual(folded(moves))
  })

  it("have the key of their event", () => {
    expect(keyOfRef({ origin: "o", seq: 7 })).toBe("o/7")
  })
})
