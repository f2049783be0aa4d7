import { describe, expect, it } from "@effect/vitest"
import { numberTexts } from "../../../src/apps/dialogues/NumberTexts.ts"
import { sum, texts } from "../../../src/apps/dialogues/Sum.ts"
import { languages } from "../../../src/apps/Language.ts"
import { Random } from "../../simulation/Random.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"
import { agree, answers, hostile, onWire, rehearsal, ScriptedClient, together } from "./transcript.ts"

describe("sum", () => {
  it("adds until # and ends", () => {
    expect(answers(sum, ["2", "4", "15", "#", "7"])).toEqual(["21", "closes: ended"])
  })

  it.each([[["#"], "0"], [["1", ""], "1"], [["1", " \r\n"], "1"], [["0.1", "0.2", " # "], "0.3"]])(
    "of %j is %s",
    (script, answer) => {
      expect(answers(sum, script)).toEqual([answer, "closes: ended"])
    }
  )

  it("speaks to programs that end nothing, and to those that speak lines", () => {
    expect(onWire(sum, ["2", "4", "15", "#"])).toEqual(["21", "closed"])
    expect(onWire(sum, ["2\n4", "\n15\n#\n"])).toEqual(["21\n", "closed"])
    expect(onWire(sum, ["2", "\n4", "\n", "\n"])).toEqual(["6\n", "closed"])
  })

  it("ends by a whole # only", () => {
    const no = numberTexts.en.NotNumber
    expect(answers(sum, ["2#", "#4", "##", "1", "#"])).toEqual([no, no, no, "1", "closes: ended"])
  })

  it("takes lines that came in one read as if each had come alone", () => {
    expect(answers(sum, ["2\n4\r\n15\n#\n9"])).toEqual(["21", "closes: ended"])
    expect(answers(sum, ["2\n4\n", "x\n1,5\n1", "#"])).toEqual([numberTexts.en.NotNumber, "7", "closes: ended"])
  })

  it("adds for many clients at once, each its own", () => {
    const play = rehearsal(sum)
    const clients = Array.from({ length: 20 }, () => play.join())
    for (const round of [1, 2, 3]) for (const client of clients) play.say(client, String(client * round))
    for (const client of clients) play.say(client, "#")
    for (const client of clients) expect(play.told(client)).toEqual([String(client * 6)])
  })

  it.each(languages)("says in %s what does not count", (language) => {
    const { HasComma, NotNumber } = numberTexts[language]
    expect(answers(sum, ["dove", "1,5", "3", "#"], { language })).toEqual([NotNumber, HasComma, "3", "closes: ended"])
  })

  it("takes hostile messages, and answers each by one short text", () => {
    for (const message of [...hostile, "x\n".repeat(30_000)]) {
      const said = answers(sum, ["2", message, "#"])
      expect(said.at(-1)).toBe("closes: ended")
      expect(said.join("").length).toBeLessThan(200)
    }
  })

  it("agrees with a model in random play", () => {
    const random = new Random(41)
    const play = rehearsal(sum)
    const model = new Map<number, bigint>()
    let finished = 0
    for (let step = 0; step < 5000; step++) {
      play.happenings.length = 0
      if (model.size === 0 || random.integer(0, 19) === 0) model.set(play.join(), 0n)
      const clients = [...model.keys()]
      const client = clients[random.integer(0, clients.length - 1)] ?? 0
      switch (random.integer(0, 5)) {
        case 0: {
          play.say(client, "#")
          agree(play.told(client), [String(model.get(client))])
          model.delete(client)
          finished++
          break
        }
        case 1:
          play.say(client, random.pick(["x", "#1", "1 1"]))
          agree(play.told(client), [numberTexts.en.NotNumber])
          break
        default: {
          const number = BigInt(random.integer(0, 999_999)) * 10n ** BigInt(random.integer(0, 29)) - 5000n
          play.say(client, String(number))
          model.set(client, (model.get(client) ?? 0n) + number)
          agree(play.told(client), [])
        }
      }
    }
    expect(finished).toBeGreaterThan(200)
    expect(play.defects).toEqual([])
  })

  it("has texts in all languages", () => {
    expectSameInAllLanguages(texts)
  })
})

describe("the client of sum", () => {
  it("asks until # and shows the sum", () => {
    const ask = `? ${texts.en.prompt}`
    expect(together(sum, ["2", "x", "4", "#"])).toEqual(
      [ask, "> 2", ask, "> x", ask, numberTexts.en.NotNumber, "> 4", ask, "> #", "6", "leaves"]
    )
  })

  it("ends at an empty line too, and takes no more lines", () => {
    const client = new ScriptedClient(sum.client, "sk").open().typed("1", "", "2").received("1\n")
    expect(client.sent).toEqual(["1", "#"])
    expect(client.outputs.slice(-2)).toEqual(["1", "leaves"])
  })
})
