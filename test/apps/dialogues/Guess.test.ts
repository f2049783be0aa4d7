import { describe, expect, it } from "@effect/vitest"
import { guess, texts } from "../../../src/apps/dialogues/Guess.ts"
import { languages } from "../../../src/apps/Language.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"
import { answers, hostile, ScriptedClient, together } from "./transcript.ts"

/** The app's number, from an answer. */
const ownOf = (seed: number): string => {
  const said = answers(guess, ["1"], { seed })[0] ?? ""
  return /^Wrong! I guessed ([2-5]) and you typed 1$/.exec(said)?.[1] ?? "1"
}

describe("guess", () => {
  it("answers a guess and ends", () => {
    for (let seed = 0; seed < 64; seed++) {
      const own = ownOf(seed)
      for (const number of ["1", "2", "3", "4", "5"]) {
        const answer = number === own
          ? "Nice! I guessed that number"
          : `Wrong! I guessed ${own} and you typed ${number}`
        expect(answers(guess, [number, "1"], { seed })).toEqual([answer, "closes: ended"])
      }
    }
  })

  it("has each of the five numbers about equally often", () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 256; seed++) {
      const own = ownOf(seed)
      counts.set(own, (counts.get(own) ?? 0) + 1)
    }
    expect([...counts.keys()].toSorted()).toEqual(["1", "2", "3", "4", "5"])
    // A fifth of 256 is 51; four standard deviations are 26.
    for (const count of counts.values()) expect(Math.abs(count - 51)).toBeLessThan(26)
  })

  it("asks first with prompt:true, and again for what does not count", () => {
    const said = answers(guess, ["6", " 3\r\n"], { config: { prompt: "true" } })
    expect(said.slice(0, 2)).toEqual(["Enter number: ", `${texts.en.range}\nEnter number: `])
    expect(said[2]).toMatch(/and you typed 3$|^Nice!/)
  })

  it.each(languages)("says in %s what does not count", (language) => {
    expect(answers(guess, ["0", "six", "1.0"], { language })).toEqual(Array(3).fill(texts[language].range))
  })

  it("takes hostile messages and goes on", () => {
    expect(answers(guess, [...hostile, "3"])).toEqual([
      ...hostile.map(() => texts.en.range),
      expect.stringMatching(/^(?:Nice|Wrong)!/),
      "closes: ended"
    ])
  })

  it("has texts in all languages", () => {
    expectSameInAllLanguages(texts)
  })
})

describe("the client of guess", () => {
  it.each(["false", "true"])("asks for a number until it counts, and shows the answer (prompt:%s)", (prompt) => {
    const seen = together(guess, ["6", "4"], { config: { prompt } })
    expect(seen.slice(0, 5)).toEqual(["? Enter number: ", "> 6", texts.en.range, "? Enter number: ", "> 4"])
    expect(seen.slice(5)).toEqual([expect.stringMatching(/^(?:Nice! I guessed that|Wrong! I guessed)/), "leaves"])
  })

  it.each([[["Enter number: ", "Nice! I guessed that number"]], [["Enter number: Nice! I guessed that number"]]])(
    "takes a prompt that comes after its line: %j",
    (messages) => {
      const client = new ScriptedClient(guess.client).open().typed("4").received(...messages)
      expect(client.outputs.slice(-2)).toEqual(["Nice! I guessed that number", "leaves"])
    }
  )

  it("takes an answer in parts", () => {
    const client = new ScriptedClient(guess.client).open().typed("4").received("Wrong! I gue", "ssed 1 and you typed 4")
    expect(client.outputs.slice(2)).toEqual(["Wrong! I guessed 1 and you typed 4", "leaves"])
  })
})
