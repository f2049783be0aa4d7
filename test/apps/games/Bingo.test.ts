import { describe, expect, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { bingo, texts } from "../../../src/apps/games/Bingo.ts"
import { exampleOf, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { Random } from "../../simulation/Random.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"
import { checkedDrawOf } from "./checkedDraw.ts"

const roomOf = (config: Readonly<Record<string, string>> = {}, seed = 1): Rehearsal =>
  new Rehearsal(bingo, { crypto, config, seed })

/** The messages to a client as texts. */
const linesOf = (play: Rehearsal, client: number): ReadonlyArray<string> => play.told(client).map(String)

/** What a player can check after each round: the secrets by round fit what was promised and what was drawn. Returns the draws. */
const checked = (lines: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<number>> => {
  const promised = new Map<number, string>()
  const draws: Array<ReadonlyArray<number>> = []
  for (const line of lines) {
    const [, round, kind, hex = ""] = /^round (\d+) (sha256|secret) ([0-9a-f]{64})$/.exec(line) ?? []
    if (kind === "sha256") promised.set(Number(round), hex)
    if (line.startsWith("drawn ")) draws.push(line.slice(6).split(" ").map(Number))
    if (kind !== "secret") continue
    const secret = Buffer.from(hex, "hex")
    expect(createHash("sha256").update(secret).digest("hex")).toBe(promised.get(Number(round)))
    expect(checkedDrawOf(secret, Number(round))).toEqual(draws.at(-1))
  }
  return draws
}

describe("bingo", () => {
  it("draws each minute, and tells each ticket what it hits", () => {
    const play = roomOf()
    play.join()
    const [first = []] = (() => {
      const trial = roomOf()
      trial.join()
      trial.wait(60_000)
      return checked(linesOf(trial, 1))
    })()
    const others = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((number) => !first.includes(number))
    const tickets = [first, [...first.slice(0, 2), ...others.slice(0, 3)], others.slice(0, 5)]
    for (const ticket of tickets) play.say(play.join() - 1, ticket.toReversed().join(", "))
    play.wait(59_999)
    expect(play.told(4)).toHaveLength(1)
    play.wait(1)
    const [two, ...rest] = [1, 2, 3, 4].map((client) => linesOf(play, client).slice(-4))
    expect(two?.slice(0, 2)).toEqual([`drawn ${first.join(" ")}`, "BINGO"])
    expect(rest.map((lines) => lines.at(-3))).toEqual([
      `you hit 2: ${first.slice(0, 2).join(" ")}`,
      "you hit 0",
      `drawn ${first.join(" ")}`
    ])
    expect(play.logged).toEqual([`round 1: drawn ${first.join(" ")}, 3 tickets`])
  })

  it("takes a ticket with any separators, replaces it until the draw, and needs another one for the next round", () => {
    const play = roomOf({ every: "90s" })
    play.join()
    play.say(1, "1 2 3 4 5")
    play.wait(30_500)
    play.say(1, "47/46/45/44/43\r\n")
    play.say(1, "1 1 2 3 4")
    play.say(1, Uint8Array.of(0xff))
    expect(play.told(1).slice(1)).toEqual([
      "Your ticket: 1 2 3 4 5. Seconds to the draw: 90",
      "Your ticket: 43 44 45 46 47. Seconds to the draw: 60",
      "A ticket is five different numbers from 1 to 47, such as 3 9 14 40 41",
      "A ticket is five different numbers from 1 to 47, such as 3 9 14 40 41"
    ])
    play.wait(59_500)
    play.wait(90_000)
    const kinds = linesOf(play, 1).slice(5).map((line) => line.replace(/ .*/, ""))
    expect(kinds).toEqual(["drawn", "you", "round", "round", "drawn", "round", "round"])
  })

  it("promises each draw before the tickets, to newcomers too, and reveals the secret after it", () => {
    const play = roomOf({ every: "1" })
    play.join()
    for (let round = 0; round < 50; round++) {
      if (round === 20) play.join()
      play.wait(1000)
    }
    expect(checked(linesOf(play, 1))).toHaveLength(50)
    expect(checked(linesOf(play, 2))).toHaveLength(30)
    expect(new Set(linesOf(play, 1)).size).toBe(151)
  })

  it("has other secrets with another seed", () => {
    const first = [1, 2].map((seed) => {
      const play = roomOf({}, seed)
      play.join()
      return play.told(1)[0]
    })
    expect(first[0]).not.toBe(first[1])
  })

  it("sleeps while no client is there, and opens another round for the next one", () => {
    const play = roomOf()
    play.wait(600_000)
    play.join()
    play.say(1, "1 2 3 4 5")
    play.wait(30_000)
    play.leave(1)
    play.wait(600_000)
    expect(play.logged).toEqual([])
    play.join()
    play.wait(59_999)
    expect(linesOf(play, 2)).toEqual([expect.stringMatching(/^round 2 sha256 /)])
    play.wait(1)
    expect(play.logged).toEqual([expect.stringMatching(/^round 2: drawn .*, 0 tickets$/)])
  })

  it("follows a model of its rules in random play", () => {
    for (let seed = 1; seed <= 3; seed++) {
      const random = new Random(seed)
      const play = roomOf({ every: "10" }, seed)
      const tickets = new Map<number, ReadonlyArray<number> | undefined>()
      const expected = new Map<number, Array<string>>()
      let millis = 0
      for (let step = 0; step < 100; step++) {
        const client = random.pick([0, ...tickets.keys()])
        if (client === 0) {
          if (tickets.size === 0) millis = 0
          const joined = play.join()
          tickets.set(joined, undefined)
          expected.set(joined, [])
        } else if (random.chance(0.15)) {
          play.leave(client, "reset")
          tickets.delete(client)
        } else {
          const numbers = Array.from({ length: 5 }, () => random.integer(1, 47)).toSorted((one, other) => one - other)
          play.say(client, numbers.join(random.pick([" ", ",", ";"])))
          if (new Set(numbers).size === 5) tickets.set(client, numbers)
        }
        const waited = random.integer(0, 3000)
        play.wait(waited)
        millis += waited
        if (tickets.size === 0 || millis < 10_000) continue
        millis -= 10_000
        const last = play.logged.at(-1) ?? ""
        const drawn = (/drawn ([\d ]+),/.exec(last)?.[1] ?? "").split(" ").map(Number)
        for (const [present, ticket] of tickets) {
          const hit = drawn.filter((number) => ticket?.includes(number))
          expected.get(present)?.push(`drawn ${drawn.join(" ")}`)
          const line = hit.length === 5
            ? "BINGO"
            : hit.length === 0
            ? "you hit 0"
            : `you hit ${hit.length}: ${hit.join(" ")}`
          if (ticket !== undefined) expected.get(present)?.push(line)
          tickets.set(present, undefined)
        }
      }
      checked(linesOf(play, 1))
      for (const [client, lines] of expected) {
        expect(linesOf(play, client).filter((line) => /^(?:drawn|you hit|BINGO)/.test(line))).toEqual(lines)
      }
      expect(play.defects).toEqual([])
    }
  })

  it.each([[{ every: "0" }], [{ every: "25h" }], [{ every: "soon" }], [{ often: "1" }]])("refuses %j", (config) => {
    expect(() => roomOf(config)).toThrow(/every: expected a duration from 1s to 24h|often/)
  })

  it("has its texts in all languages, and an example", () => {
    expectSameInAllLanguages(texts)
    expect(exampleOf(bingo, { crypto }).filter(({ _tag }) => _tag === "Told").length).toBeGreaterThan(8)
  })
})

describe("the client of bingo", () => {
  it("asks for numbers, at the beginning and after each draw", () => {
    const run = bingo.client?.start("en")
    const prompt = { _tag: "Ask", prompt: "Five different numbers from 1 to 47: " }
    expect(run?.on({ _tag: "Opened" })[1]).toEqual([prompt])
    expect(run?.on({ _tag: "Typed", line: "1 2 3 4 5" })[1]).toEqual([{ _tag: "Send", message: "1 2 3 4 5" }])
    expect(run?.on({ _tag: "Typed", line: "" })[1]).toEqual([])
    expect(run?.on({ _tag: "Received", bytes: new Uint8Array(5), text: "BINGO" })[1])
      .toEqual([{ _tag: "Show", text: "BINGO" }])
    expect(run?.on({ _tag: "Received", bytes: new Uint8Array(9), text: "drawn 1 2" })[1])
      .toEqual([{ _tag: "Show", text: "drawn 1 2" }, prompt])
    expect(run?.on({ _tag: "Received", bytes: new Uint8Array(9), text: undefined })[1])
      .toEqual([{ _tag: "Show", text: "9 bytes" }])
    expect(run?.on({ _tag: "Ended" })[1]).toEqual([])
  })
})
