import { describe, expect, it } from "@effect/vitest"
import { paperStoneScissors } from "../../../src/apps/dialogues/PaperStoneScissors.ts"
import { choices, menu, prompt, texts } from "../../../src/apps/dialogues/PaperStoneScissorsWords.ts"
import { languages } from "../../../src/apps/Language.ts"
import type { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { Random } from "../../simulation/Random.ts"
import { agree, answers, hostile, onWire, rehearsal, ScriptedClient, together, transcript } from "./transcript.ts"

/** From the rules: paper wraps stone, stone blunts scissors, scissors cut paper. */
const winners: Readonly<Record<string, string>> = { Paper: "Stone", Stone: "Scissors", Scissors: "Paper" }
const expected = (own: string, other: string): string =>
  `You selected ${own}\nI select ${other}\n${
    own === other ? "Nobody won" : winners[own] === other ? "You won" : "I won"
  }`

describe("paper-stone-scissors", () => {
  it("answers round after round by the rules, with each choice about equally often", () => {
    const play = rehearsal(paperStoneScissors)
    const client = play.join()
    const counts = new Map<string, number>()
    for (let round = 0; round < 3000; round++) {
      play.say(client, String(1 + round % 3))
      const answer = String(play.told(client).at(-1))
      const other = /\nI select (\w+)\n/.exec(answer)?.[1] ?? ""
      agree(answer, expected(choices[round % 3] ?? "", other))
      counts.set(other, (counts.get(other) ?? 0) + 1)
      play.happenings.length = 0
    }
    // A third of 3,000 is 1,000; four standard deviations are 103.
    for (const choice of choices) expect(Math.abs((counts.get(choice) ?? 0) - 1000)).toBeLessThan(103)
  })

  it("sends no menu of its own; with menu:true it does, before each round", () => {
    expect(answers(paperStoneScissors, [])).toEqual([])
    const said = answers(paperStoneScissors, ["3", "paper", "x"], { config: { menu: "true" } })
    expect(said.filter((_, at) => at % 2 === 0 && at < 6)).toEqual([
      `${menu}${prompt}`,
      `\n${menu}${prompt}`,
      `\n${menu}${prompt}`
    ])
    expect(said[1]).toMatch(/^You selected Scissors\nI select /)
    expect(said[3]).toMatch(/^You selected Paper\nI select /)
    expect(said[5]).toBe(`${texts.en.choose}\n${prompt}`)
  })

  it("shows a terminal that speaks lines the menu, the answer and the menu", () => {
    const [first, answer, second] = onWire(paperStoneScissors, ["2\n"], { config: { menu: "true" } })
    expect(first).toBe(`${menu}${prompt}`)
    expect(answer).toMatch(/^You selected Stone\nI select \w+\n\w+ won\n$/)
    expect(second).toBe(`\n${menu}${prompt}\n`)
  })

  it.each(languages)("says in %s what to choose", (language) => {
    expect(answers(paperStoneScissors, ["4"], { language })).toEqual([texts[language].choose])
  })

  it("takes hostile messages and goes on", () => {
    const said = answers(paperStoneScissors, [...hostile, "2"])
    expect(said.slice(0, -1)).toEqual(hostile.map(() => texts.en.choose))
    expect(said.at(-1)).toMatch(/^You selected Stone\n/)
  })
})

describe("paper-stone-scissors with players:2", () => {
  const pair = (config = {}): Rehearsal => rehearsal(paperStoneScissors, { config: { players: "2", ...config } })

  it("hides both choices until both have chosen, and the last choice before that counts", () => {
    const play = pair()
    play.join()
    play.join()
    play.say(1, "1")
    play.say(1, "3")
    expect([play.told(1), play.told(2)]).toEqual([[], []])
    play.say(2, "stone")
    expect(transcript(play).slice(-2)).toEqual([
      "S2 You selected Stone\nI select Scissors\nYou won",
      "S1 You selected Scissors\nI select Stone\nI won"
    ])
    play.say(2, "1")
    play.say(1, "1")
    expect(play.told(2).at(-1)).toBe("You selected Paper\nI select Paper\nNobody won")
  })

  it("gives a player whose opponent has left another one, and the choice stands", () => {
    const play = pair({ menu: "true" })
    for (let client = 1; client <= 3; client++) play.join()
    expect(play.told(3).at(-1)).toBe(`\n${texts.en.waiting}`)
    play.say(1, "2")
    play.say(3, "3")
    play.leave(2)
    expect(play.told(1).slice(-2)).toEqual(["You selected Stone\nI select Scissors\nYou won", `\n${menu}${prompt}`])
    expect(play.told(3).slice(-2)).toEqual(["You selected Scissors\nI select Stone\nI won", `\n${menu}${prompt}`])
    play.leave(3)
    play.leave(1)
    play.join()
    expect(play.told(4)).toEqual([`${menu}${prompt}`, `\n${texts.en.waiting}`])
  })

  it("agrees with a model in random play with joins and leaves", () => {
    const random = new Random(42)
    const play = pair()
    const model = new Map<number, { choice: string | undefined; opponent: number | undefined }>()
    let rounds = 0
    const seat = (client: number): ReadonlyArray<number> => {
      const [other] = [...model].find(([one, { opponent }]) => opponent === undefined && one !== client) ?? []
      const [own, others] = [model.get(client), model.get(other ?? 0)]
      if (own === undefined) return []
      own.opponent = other
      if (others !== undefined) others.opponent = client
      return settle(client)
    }
    /** The clients that get an answer. */
    const settle = (client: number): ReadonlyArray<number> => {
      const own = model.get(client)
      const other = model.get(own?.opponent ?? 0)
      return own?.choice === undefined || other?.choice === undefined ? [] : [client, own.opponent ?? 0]
    }
    const check = (answered: ReadonlyArray<number>): void => {
      const told = play.happenings.flatMap((one) => one._tag === "Told" ? [[one.client, one.message]] : [])
      const choiceOf = (client: number | undefined) => model.get(client ?? 0)?.choice ?? ""
      agree(
        told,
        answered.map((client) => [client, expected(choiceOf(client), choiceOf(model.get(client)?.opponent))])
      )
      for (const client of answered) model.set(client, { choice: undefined, opponent: model.get(client)?.opponent })
      if (answered.length > 0) rounds++
      play.happenings.length = 0
    }
    for (let step = 0; step < 5000; step++) {
      const clients = [...model.keys()]
      const client = clients[random.integer(0, clients.length - 1)] ?? 0
      if (clients.length === 0 || (clients.length < 12 && random.chance(0.15))) {
        const joined = play.join()
        model.set(joined, { choice: undefined, opponent: undefined })
        check(seat(joined))
      } else if (random.chance(0.12)) {
        const opponent = model.get(client)?.opponent
        model.delete(client)
        const left = model.get(opponent ?? 0)
        if (left !== undefined) left.opponent = undefined
        play.leave(client)
        check(opponent === undefined ? [] : seat(opponent))
      } else {
        const choice = random.pick(choices)
        const player = model.get(client)
        if (player !== undefined) player.choice = choice
        play.say(client, choice)
        check(settle(client))
      }
    }
    expect(rounds).toBeGreaterThan(500)
    expect(play.defects).toEqual([])
  })
})

describe("the client of paper-stone-scissors", () => {
  it.each(["false", "true"])("shows the menu, asks until a choice counts, shows the answer (menu:%s)", (own) => {
    const seen = together(paperStoneScissors, ["4", "3"], { config: { menu: own } })
    expect(seen).toEqual([
      menu,
      `? ${prompt}`,
      "> 4",
      texts.en.choose,
      `? ${prompt}`,
      "> 3",
      expect.stringMatching(/^You selected Scissors\nI select \w+\n\w+ won$/),
      "leaves"
    ])
  })

  it("takes an answer, and the menu of a server, in parts", () => {
    const client = new ScriptedClient(paperStoneScissors.client).open().received("Choose object:\n1 = Pa")
    client.received(`per\n2 = Stone\n3 = Scissors\n\n${prompt}`).typed("1")
    client.received("You selected Paper\nI sel", "ect Stone\nYou won\n")
    expect(client.outputs.slice(3)).toEqual(["You selected Paper\nI select Stone\nYou won", "leaves"])
  })
})
