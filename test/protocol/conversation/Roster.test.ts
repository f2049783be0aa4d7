import { describe, expect, it } from "vitest"
import { Roster, type RosterLine } from "../../../src/protocol/conversation/Roster.ts"
import { Random } from "../../simulation/Random.ts"

const names = (roster: Roster) => roster.people().map(({ person }) => person)

describe("the people of a room", () => {
  it("are there until they leave, each in a state", () => {
    const roster = new Roster()
    expect(roster.set("ala", "here", 0)).toBe(true)
    expect(roster.set("ala", "here", 10)).toBe(false)
    expect(roster.set("ala", "typing", 20)).toBe(true)
    roster.set("bo", "away", 30)
    expect(roster.people()).toEqual([{ person: "ala", state: "typing" }, { person: "bo", state: "away" }])
    roster.leave(["ala", "cyr"], 40)
    expect([names(roster), roster.isPresent("ala"), roster.size]).toEqual([["bo"], false, 1])
  })

  it("who come and go within two seconds are one line", () => {
    const roster = new Roster()
    roster.set("ala", "here", 0)
    roster.handleTimeout(2000)
    expect(roster.pollLines()).toEqual([{ _tag: "Moved", joined: ["ala"], left: [] }])
    roster.set("bo", "here", 3000)
    roster.set("cyr", "here", 3500)
    roster.leave(["ala"], 4000)
    roster.set("dana", "here", 4000)
    roster.leave(["dana"], 4100)
    expect(roster.deadline).toBe(5000)
    roster.handleTimeout(4999)
    expect(roster.pollLines()).toEqual([])
    roster.handleTimeout(5000)
    expect(roster.pollLines()).toEqual([{ _tag: "Moved", joined: ["bo", "cyr"], left: ["ala"] }])
    roster.leave(["bo"], 6000)
    roster.set("bo", "here", 6500)
    roster.handleTimeout(9000)
    expect([roster.pollLines(), roster.deadline]).toEqual([[], Infinity])
  })

  it("go with a link in one line, and come back with it without one each", () => {
    const roster = new Roster()
    for (const person of ["bo", "cyr", "dana"]) roster.set(person, "here", 0)
    roster.set("ala", "here", 0)
    roster.handleTimeout(2000)
    roster.pollLines()
    roster.endLink("beta", ["bo", "cyr", "dana"], 3000)
    expect([names(roster), roster.pollLines()]).toEqual([["ala"], [
      { _tag: "Away", server: "beta", people: ["bo", "cyr", "dana"] }
    ]])
    roster.endLink("beta", [], 3500)
    roster.set("bo", "here", 40_000)
    roster.set("cyr", "here", 41_000)
    expect(roster.pollLines()).toEqual([{ _tag: "Back", server: "beta", people: ["bo", "cyr", "dana"] }])
    expect(roster.deadline).toBe(70_000)
    roster.handleTimeout(70_000)
    roster.handleTimeout(72_000)
    expect([names(roster), roster.pollLines()]).toEqual([["ala", "bo", "cyr"], [
      { _tag: "Moved", joined: [], left: ["dana"] }
    ]])
  })

  it("of a link that ends twice before all are back are in one line again", () => {
    const roster = new Roster()
    for (const person of ["bo", "cyr"]) roster.set(person, "here", 0)
    roster.endLink("beta", ["bo", "cyr"], 100)
    roster.set("bo", "here", 300)
    roster.endLink("beta", ["bo"], 400)
    roster.handleTimeout(100_000)
    expect(roster.pollLines()).toEqual([
      { _tag: "Away", server: "beta", people: ["bo", "cyr"] },
      { _tag: "Back", server: "beta", people: ["bo", "cyr"] },
      { _tag: "Away", server: "beta", people: ["cyr", "bo"] }
    ])
    expect(roster.deadline).toBe(Infinity)
  })

  it("get no line of a move that an event tells", () => {
    const roster = new Roster()
    roster.set("ala@alpha", "here", 0)
    roster.set("bo@alpha", "here", 0)
    roster.told("ala@alpha")
    roster.handleTimeout(roster.deadline)
    expect(roster.pollLines()).toEqual([{ _tag: "Moved", joined: ["bo@alpha"], left: [] }])
    expect(roster.people().map(({ person }) => person)).toEqual(["ala@alpha", "bo@alpha"])
  })

  it("are those that a reader of the lines believes to be there, in random play", () => {
    for (let seed = 1; seed <= 60; seed++) play(new Random(seed))
  })
})

/** Who is there as a plain set, and what a reader who has seen each line believes. */
const play = (random: Random): void => {
  const roster = new Roster()
  const present = new Set<string>()
  const believed = new Set<string>()
  let now = 0
  const see = (line: RosterLine): void => {
    if (line._tag === "Away") {
      for (const person of line.people) believed.delete(person)
    } else if (line._tag === "Back") {
      for (const person of line.people) believed.add(person)
    } else {
      for (const person of line.joined) {
        expect(believed.has(person)).toBe(false)
        believed.add(person)
      }
      for (const person of line.left) believed.delete(person)
    }
  }
  for (let step = 0; step < 200; step++) {
    now += random.pick([0, 100, 1000, 5000, 20_000])
    const link = random.pick(["beta", "gamma"])
    const person = `${link}${random.integer(1, 4)}`
    const action = random.integer(1, 10)
    if (action <= 6) {
      roster.set(person, random.pick(["here", "away"]), now)
      present.add(person)
    } else if (action <= 8) {
      roster.leave([person], now)
      present.delete(person)
    } else {
      const people = Array.from(present).filter((one) => one.startsWith(link))
      roster.endLink(link, people, now)
      for (const one of people) present.delete(one)
    }
    expect(new Set(names(roster))).toEqual(present)
    for (const line of roster.pollLines()) see(line)
  }
  // After everything was gathered, the reader knows who is there.
  for (const end = now + 200_000; now < end;) {
    now = Math.max(now + 1, Math.min(roster.deadline, end))
    roster.handleTimeout(now)
    for (const line of roster.pollLines()) see(line)
  }
  expect(believed).toEqual(present)
}
