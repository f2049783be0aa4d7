import { describe, expect, it } from "@effect/vitest"
import { palindrome, texts } from "../../../src/apps/dialogues/Palindrome.ts"
import { languages } from "../../../src/apps/Language.ts"
import { Random } from "../../simulation/Random.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"
import { agree, answers, hostile, onWire, rehearsal, ScriptedClient, together } from "./transcript.ts"

const yes = "\0\n"
const no = "\n"

describe("palindrome", () => {
  it.each([
    ["abba", yes],
    ["Abba\r\n", yes],
    ["Never odd or even!", yes],
    ["A man, a plan, a canal: Panama", yes],
    ["Madam, I'm Adam.", yes],
    ["(a-b) \"B;A\"", yes],
    ["!!!", yes],
    ["x", yes],
    ["Kobyła ma mały bok", yes],
    ["Ана воли Милована", yes],
    ["Ана воли Марка", no],
    ["А роза упала на лапу Азора", yes],
    ["e\u0301 \u00e9", yes],
    ["\u{1f54a}a\u{1f54a}", yes],
    ["\u{1f54a}\u{1f426}", no],
    ["pigeon", no],
    ["ab\tba", yes],
    ["a\tb", no],
    ["a_b a", no],
    ["12 21", yes]
  ])("answers %j by %j", (text, answer) => {
    expect(answers(palindrome, [text])).toEqual([answer])
  })

  it("sends 00 0A or 0A, whether a client ends its messages or not", () => {
    expect(onWire(palindrome, ["abba", "pigeon"])).toEqual(["\0\n", "\n"])
    expect(onWire(palindrome, ["abba\n", "pig", "eon\r\nabb", "a\n!!!\n\n"])).toEqual(
      ["\0\n", "\n", "\0\n", "\0\n", "closed"]
    )
    expect(onWire(palindrome, ["abba", "\n", "ab\n"])).toEqual(["\0\n", "\n"])
  })

  it("answers by 1 and a line end with answers:1", () => {
    const config = { answers: "1" }
    expect(answers(palindrome, ["abba", "ab"], { config })).toEqual(["1\n", "\n"])
    expect(() => answers(palindrome, [], { config: { answers: "2" } })).toThrow(/answers/)
  })

  it.each(["", " ", "\r\n", "\t \n"])("ends by the empty line %j without an answer", (line) => {
    expect(answers(palindrome, ["abba", line, "abba"])).toEqual([yes, "closes: ended"])
  })

  it("answers bytes that are no text by no, and one byte to each hostile message", () => {
    expect(answers(palindrome, [Uint8Array.of(0xff), Uint8Array.of(0xff, 0xfe)])).toEqual([no, no])
    const messages = hostile.filter((one) => typeof one !== "string" || one.trim() !== "")
    const said = answers(palindrome, messages)
    expect(said).toHaveLength(messages.length)
    expect(said.filter((answer) => answer !== yes && answer !== no)).toEqual([])
  })

  it("agrees with a model from the rule in random play", () => {
    const random = new Random(44)
    const alphabet = [..."abAB !?.,+:;\"'()-\u00e9\u0416\u0436\u{1f54a}_\t"]
    const removed = new Set(" !?.,+:;\"'()-")
    const play = rehearsal(palindrome)
    play.join()
    let found = 0
    for (let step = 0; step < 4000; step++) {
      const half = Array.from({ length: random.integer(1, 4) }, () => alphabet[random.integer(0, alphabet.length - 1)])
      const text = random.chance(0.5) ? half.join("") : [...half, ...half.toReversed()].join("")
      if (text.trim() === "") continue
      const kept = [...text.toLowerCase()].filter((one) => !removed.has(one))
      const isPalindrome = kept.join("") === kept.toReversed().join("")
      if (isPalindrome) found++
      play.say(1, text)
      agree(play.told(1), [isPalindrome ? yes : no])
      play.happenings.length = 0
    }
    expect(found).toBeGreaterThan(1000)
    expect(found).toBeLessThan(3900)
  })

  it("has texts in all languages", () => {
    expectSameInAllLanguages(texts)
  })
})

describe("the client of palindrome", () => {
  it.each(languages)("asks for texts and shows yes or no in %s, until an empty line", (language) => {
    const { no: shownNo, prompt, yes: shownYes } = texts[language]
    const ask = `? ${prompt}`
    for (const config of [{}, { answers: "1" }]) {
      expect(together(palindrome, ["abba", "ab", ""], { config, language })).toEqual(
        [ask, "> abba\n", shownYes, ask, "> ab\n", shownNo, ask, "> \n", "leaves"]
      )
    }
  })

  it("shows each of several answers, whatever stands before the line end", () => {
    const client = new ScriptedClient(palindrome.client).open().received("1\n\n\0\n", "", "True")
    const { no: shownNo, yes: shownYes } = texts.en
    expect(client.outputs.filter((one) => !one.startsWith("?"))).toEqual(
      [shownYes, shownNo, shownYes, shownNo, shownYes]
    )
  })
})
