import { describe, expect, it } from "@effect/vitest"
import { choiceOf, menu, outcome, texts } from "../../../src/apps/dialogues/PaperStoneScissorsWords.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"
import { hostile } from "./transcript.ts"

describe("the words of paper, stone, scissors", () => {
  it("have the menu of existing clients", () => {
    expect(menu).toBe("Choose object:\n1 = Paper\n2 = Stone\n3 = Scissors\n\n")
  })

  it.each(
    [
      ["Paper", "Paper", "Nobody won"],
      ["Paper", "Stone", "You won"],
      ["Paper", "Scissors", "I won"],
      ["Stone", "Paper", "I won"],
      ["Stone", "Stone", "Nobody won"],
      ["Stone", "Scissors", "You won"],
      ["Scissors", "Paper", "You won"],
      ["Scissors", "Stone", "I won"],
      ["Scissors", "Scissors", "Nobody won"]
    ] as const
  )("of %s against %s are %s", (own, other, result) => {
    expect(outcome(own, other)).toBe(`You selected ${own}\nI select ${other}\n${result}`)
  })

  it("name a choice by its number or word", () => {
    expect(["1", " 2\n", "3", "PAPER", "stone\r\n", "Scissors"].map(choiceOf)).toEqual(
      ["Paper", "Stone", "Scissors", "Paper", "Stone", "Scissors"]
    )
    const others = ["0", "4", "11", "1 2", "", "stones", ...hostile.filter((one) => typeof one === "string")]
    expect(others.map(choiceOf).filter((choice) => choice !== undefined)).toEqual([])
  })

  it("are there in all languages", () => {
    expectSameInAllLanguages(texts)
  })
})
