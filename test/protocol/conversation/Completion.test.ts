import { describe, expect, it } from "vitest"
import { complete, mostCandidates } from "../../../src/protocol/conversation/Completion.ts"

const known = { rooms: ["hall", "words", "words/kyiv"], people: ["ala", "Alan", "bo@beta", "~guest-7"], files: 3 }
const candidates = (line: string) => complete(line, known).candidates

describe("the word at the end of a line", () => {
  it.each([
    ["/m", ["/msg", "/me", "/mark", "/mute"]],
    ["/J", ["/join"]],
    ["/join w", ["words", "words/kyiv"]],
    ["/join #w", ["words", "words/kyiv"]],
    ["/msg AL", ["ala", "Alan"]],
    ["/msg gu", ["~guest-7"]],
    ["/msg ala al", ["ala", "Alan"]],
    ["/power bo@beta m", ["moderator"]],
    ["/help /mu", ["mute"]],
    ["/get ", ["3", "2", "1"]],
    ["al", ["ala:", "Alan:"]],
    ["ask bo", ["bo@beta"]],
    ["//al", []],
    ["", []],
    ["hello ", []],
    ["/who a", []],
    ["/frobnicate a", []],
    ["/mute bo 1", []],
    ["/mute bo 10m a", ["ala", "Alan"]]
  ])("of %j could be %j", (line, names) => {
    expect(candidates(line)).toEqual(names)
  })

  it("is replaced from its beginning", () => {
    expect([complete("/msg al", known).from, complete("/msg ", known).from, complete("al", known).from]).toEqual([
      5,
      5,
      0
    ])
    expect(complete("/join #w", known)).toMatchObject({ from: 6 })
  })

  it("is a path of this machine where the command takes one, spaces included", () => {
    expect(complete("/file my pl", known)).toEqual({ from: 6, candidates: [], isPath: true })
    expect(complete("/get 3 my pl", known)).toEqual({ from: 7, candidates: [], isPath: true })
  })

  it("has a bounded number of candidates", () => {
    const people = Array.from({ length: 10_000 }, (_, at) => `ala${at}`)
    expect(complete("al", { ...known, people }).candidates.length).toBe(mostCandidates)
    expect(complete("/get ", { ...known, files: 1e9 }).candidates.length).toBe(mostCandidates)
  })
})
