import { describe, expect, it } from "@effect/vitest"
import { calculator } from "../../../src/apps/dialogues/Calculator.ts"
import { numberTexts } from "../../../src/apps/dialogues/NumberTexts.ts"
import { languages } from "../../../src/apps/Language.ts"
import { Random } from "../../simulation/Random.ts"
import { answers, hostile, onWire, rehearsal, ScriptedClient, together, transcript } from "./transcript.ts"

describe("calculator", () => {
  it("asks for two numbers, answers their sum and ends", () => {
    const play = rehearsal(calculator)
    play.join()
    play.say(1, "125")
    play.say(1, "351")
    expect(transcript(play)).toEqual([
      "C1 joins",
      "S1 Enter number 1: ",
      "C1 125",
      "S1 Enter number 2: ",
      "C1 351",
      "S1 476",
      "S1 closes: ended"
    ])
  })

  it("speaks to programs that end nothing, and to those that speak lines", () => {
    const prompts = ["Enter number 1: ", "Enter number 2: "]
    expect(onWire(calculator, ["125", "351"])).toEqual([...prompts, "476", "closed"])
    expect(onWire(calculator, ["125", "\n351"])).toEqual([...prompts, "476", "closed"])
    expect(onWire(calculator, ["125\r\n", "351\r\n"])).toEqual([prompts[0], `${prompts[1]}\n`, "476\n", "closed"])
    expect(onWire(calculator, ["125\n351\n"])).toEqual([prompts[0], `${prompts[1]}\n`, "476\n", "closed"])
  })

  it.each([
    ["0.1", "0.2", "0.3"],
    ["-1", "1", "0"],
    ["1.50", "+1.5 ", "3"],
    [".5", "5.", "5.5"],
    ["99999999999999999999999999", "1", "100000000000000000000000000"],
    ["1\n", "2\r\n", "3"]
  ])("adds %j and %j to %s", (one, other, sum) => {
    expect(answers(calculator, [one, other]).slice(-2)).toEqual([sum, "closes: ended"])
  })

  it.each(languages)("asks again in %s for what is no number", (language) => {
    const texts = numberTexts[language]
    const script = ["pigeon", "1", "1,5", "9".repeat(1001), "2"]
    expect(answers(calculator, script, { language })).toEqual([
      "Enter number 1: ",
      `${texts.NotNumber}\nEnter number 1: `,
      "Enter number 2: ",
      `${texts.HasComma}\nEnter number 2: `,
      `${texts.TooLong}\nEnter number 2: `,
      "3",
      "closes: ended"
    ])
  })

  it("takes hostile messages and goes on", () => {
    const said = answers(calculator, [...hostile, "1", ...hostile, "2"])
    expect(said.slice(-2)).toEqual(["3", "closes: ended"])
    expect(said).toHaveLength(2 * hostile.length + 4)
    expect(said.filter((line) => line.length > 200)).toEqual([])
  })

  it("agrees with a model in random play: a number is counted, anything else is asked for again", () => {
    const random = new Random(40)
    for (let game = 0; game < 300; game++) {
      const script = Array.from(
        { length: 12 },
        () =>
          random.integer(0, 2) === 0
            ? random.pick(["", "x", "1,0", "--3"])
            : String(random.integer(-1_000_000, 1_000_000))
      )
      const numbers = script.map(Number).filter((_, at) => /^-?\d+$/.test(script[at] ?? "")).slice(0, 2)
      const said = answers(calculator, script)
      expect(said.filter((line) => line.endsWith("Enter number 1: ")).length).toBe(
        1 + (numbers.length > 0 ? script.findIndex((line) => /^-?\d+$/.test(line)) : script.length)
      )
      if (numbers.length < 2) expect(said).not.toContain("closes: ended")
      else expect(said.slice(-2)).toEqual([String((numbers[0] ?? 0) + (numbers[1] ?? 0)), "closes: ended"])
    }
  })
})

describe("the client of calculator", () => {
  it("asks what the app asks and shows the result", () => {
    expect(together(calculator, ["125", "dove", "351"])).toEqual([
      "? Enter number 1: ",
      "> 125",
      "? Enter number 2: ",
      "> dove",
      numberTexts.en.NotNumber,
      "? Enter number 2: ",
      "> 351",
      "Result is: 476",
      "leaves"
    ])
  })

  it("takes prompts in parts, lines typed ahead, and a result with a line end", () => {
    const client = new ScriptedClient(calculator.client).open()
    client.received("Enter num", "ber 1: ").typed("1", "2").received("Enter number 2: ").received("3\r\n")
    expect(client.outputs).toEqual(["? Enter num", "? Enter number 1: ", "> 1", "> 2", "Result is: 3", "leaves"])
  })
})
