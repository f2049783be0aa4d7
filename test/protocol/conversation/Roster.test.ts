import { describe, expect, it } from "vitest"
import { Roster, type RosterLine } from "../../../src/protocol/conversation/Roster.ts"
import { Random } from "../../simulation/Random.ts"

const own = (person: string, device = "d") => ({ person, device, link: undefined })
const by = (link: string, person: string, device = "d") => ({ person, device, link })
const names = (roster: Roster) => roster.people().map(({ person }) => person)

describe("the people of a room", () => {
  it("are there for 30 s after each renewal", () => {
    const roster = new Roster()
    roster.renew(own("ala"), 0)
    roster.renew(own("bo"), 10_000)
    roster.renew(own("ala"), 20_000)
    roster.handleTimeout(39_999)
    expect(names(roster)).toEqual(["ala", "bo"])
    roster.handleTimeout(40_000)
    expect(names(roster)).toEqual(["ala"])
    roster.handleTimeout(50_000)
    expect([names(roster), roster.isPresent("ala")]).toEqual([[], false])
  })

  it("are there while one of their devices is, over any link", () => {
    const roster = new Roster()
    roster.renew(own("ala", "phone"), 0)
    roster.renew(by("beta", "ala", "desk"), 0)
    roster.renew(by("gamma", "ala", "desk"), 0)
    expect(roster.people()).toEqual([{ person: "ala", devices: 2 }])
    roster.leave(own("ala", "phone"), 1)
    roster.endLink("beta", 1)
    roster.handleTimeout(5000)
    expect([roster.people(), roster.pollLines()]).toEqual([
      [{ person: "ala", devices: 1 }],
      [{ _tag: "Moved", joined: ["ala"], left: [] }]
    ])
  })

  it("who come and go within two seconds are one line", () => {
    const roster = new Roster()
    roster.renew(own("ala"), 0)
    roster.handleTimeout(2000)
    expect(roster.pollLines()).toEqual([{ _tag: "Moved", joined: ["ala"], left: [] }])
    roster.renew(own("bo"), 3000)
    roster.renew(own("cyr"), 3500)
    roster.leave(own("ala"), 4000)
    roster.renew(own("dana"), 4000)
    roster.leave(own("dana"), 4100)
    expect(roster.deadline).toBe(5000)
    roster.handleTimeout(4999)
    expect(roster.pollLines()).toEqual([])
    roster.handleTimeout(5000)
    expect(roster.pollLines()).toEqual([{ _tag: "Moved", joined: ["bo", "cyr"], left: ["ala"] }])
    roster.leave(own("bo"), 6000)
    roster.renew(own("bo"), 6500)
    roster.handleTimeout(9000)
    expect(roster.pollLines()).toEqual([])
  })

  it("go with a link in one line, and come back with it without one each", () => {
    const roster = new Roster()
    for (const person of ["bo", "cyr", "dana"]) roster.renew(by("beta", person), 0)
    roster.renew(own("ala"), 0)
    roster.handleTimeout(2000)
    roster.pollLines()
    roster.endLink("beta", 3000)
    expect([names(roster), roster.pollLines()]).toEqual([["ala"], [
      { _tag: "Away", link: "beta", people: ["bo", "cyr", "dana"] }
    ]])
    roster.endLink("beta", 3500)
    roster.renew(own("ala"), 20_000)
    roster.renew(by("beta", "bo"), 40_000)
    roster.renew(own("ala"), 40_000)
    roster.renew(by("beta", "cyr"), 41_000)
    expect(roster.pollLines()).toEqual([{ _tag: "Back", link: "beta", people: ["bo", "cyr", "dana"] }])
    for (const one of [by("beta", "bo"), by("beta", "cyr"), own("ala")]) roster.renew(one, 60_000)
    expect(roster.deadline).toBe(70_000)
    roster.handleTimeout(70_000)
    roster.handleTimeout(72_000)
    expect([names(roster), roster.pollLines()]).toEqual([["ala", "bo", "cyr"], [
      { _tag: "Moved", joined: [], left: ["dana"] }
    ]])
  })

  it("of a link that ends twice before all are back are in one line again", () => {
    const roster = new Roster()
    for (const person of ["bo", "cyr"]) roster.renew(by("beta", person), 0)
    roster.endLink("beta", 100)
    roster.beginLink("beta", 200)
    roster.renew(by("beta", "bo"), 300)
    roster.endLink("beta", 400)
    roster.handleTimeout(100_000)
    expect(roster.pollLines()).toEqual([
      { _tag: "Away", link: "beta", people: ["bo", "cyr"] },
      { _tag: "Back", link: "beta", people: ["bo", "cyr"] },
      { _tag: "Away", link: "beta", people: ["cyr", "bo"] }
    ])
    expect(roster.deadline).toBe(Infinity)
  })

  it("are bounded, a share for each link, and some devices for each person", () => {
    const roster = new Roster({ presences: 12, ofLink: 2, forNewcomers: 2, devices: 3 })
    const admitted = Array.from({ length: 100 }, (_, at) => roster.renew(by("beta", `p${at}`), 0))
    expect(admitted.filter(Boolean).length).toBe(4)
    expect(roster.renew(by("beta", "p0"), 1)).toBe(true)
    expect([1, 2, 3, 4].map((at) => roster.renew(by(`link${at}`, "p0"), 1))).toEqual([true, true, false, false])
    roster.endLink("beta", 2)
    expect(roster.renew(by("beta", "p50"), 3)).toBe(true)
  })

  it("match a model in random play, and every line tells a change once", () => {
    for (let seed = 1; seed <= 60; seed++) play(new Random(seed))
  })
})

/** Leases as a plain list, and what a reader who has seen each line believes. */
const play = (random: Random): void => {
  const roster = new Roster()
  let leases: Array<{ readonly person: string; readonly link: string | undefined; readonly until: number }> = []
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
    leases = leases.filter(({ until }) => until > now)
    roster.handleTimeout(now)
    const link = random.pick([undefined, "beta", "gamma"])
    const person = `${link === undefined ? "own" : random.pick(["x", link])}${random.integer(1, 4)}`
    const others = leases.filter((lease) => lease.person !== person || lease.link !== link)
    const action = random.integer(1, 10)
    if (action <= 6) {
      expect(roster.renew({ person, device: "d", link }, now)).toBe(true)
      leases = [...others, { person, link, until: now + 30_000 }]
    } else if (action <= 8) {
      roster.leave({ person, device: "d", link }, now)
      leases = others
    } else if (link !== undefined) {
      roster.endLink(link, now)
      leases = leases.filter((lease) => lease.link !== link)
    }
    expect(new Set(names(roster))).toEqual(new Set(leases.map((lease) => lease.person)))
    for (const line of roster.pollLines()) see(line)
  }
  // After all links are back and everything was gathered, the reader knows who is there.
  for (const link of ["beta", "gamma"]) roster.beginLink(link, now)
  for (let end = now + 200_000; now < end;) {
    now = Math.max(now + 1, Math.min(roster.deadline, end))
    roster.handleTimeout(now)
    for (const line of roster.pollLines()) see(line)
  }
  expect([names(roster), Array.from(believed)]).toEqual([[], []])
}
