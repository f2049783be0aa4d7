import { describe, expect, it } from "@effect/vitest"
import type { AccountQuestion, Answer } from "../../../src/apps/App.ts"
import { authenticate } from "../../../src/apps/dialogues/Authenticate.ts"
import { texts } from "../../../src/apps/dialogues/LogInTexts.ts"
import { languages } from "../../../src/apps/Language.ts"
import { answers, hostile, rehearsal, together, transcript } from "./transcript.ts"

/** A host with one account, and what it was asked. */
const host = () => {
  const asked: Array<AccountQuestion> = []
  const ask = (question: AccountQuestion): Answer => {
    asked.push(question)
    if (question._tag === "Token") {
      return question.token === "ht1x" ? { _tag: "Welcome", name: "Ala", token: undefined } : { _tag: "Wrong" }
    }
    return question.name === "ala" && question.password === " pass word "
      ? { _tag: "Welcome", name: "Ala", token: "ht1new" }
      : { _tag: "Wrong" }
  }
  return { ask, asked }
}

describe("authenticate", () => {
  it("asks for name and password, and greets with a token", () => {
    const { ask, asked } = host()
    const play = rehearsal(authenticate, { ask })
    play.join()
    play.say(1, "ala\r\n")
    play.say(1, " pass word \n")
    expect(transcript(play)).toEqual([
      "C1 joins",
      "S1 Name: ",
      "C1 ala\r\n",
      "S1 Password: ",
      "C1  pass word \n",
      "S1 Welcome, Ala. Token: ht1new",
      "S1 closes: ended"
    ])
    expect(asked).toEqual([{ _tag: "Password", name: "ala", password: " pass word " }])
    expect(play.logged).toEqual(["Ala has logged in"])
  })

  it("takes a token as the first message, and only there", () => {
    const { ask, asked } = host()
    expect(answers(authenticate, ["token ht1x\n"], { ask })).toEqual(["Name: ", "Welcome, Ala.", "closes: ended"])
    expect(answers(authenticate, ["TOKEN   wrong"], { ask })).toEqual([
      "Name: ",
      "Wrong name or password",
      "closes: ended"
    ])
    expect(answers(authenticate, ["ala", "token ht1x"], { ask }).at(-2)).toBe("Wrong name or password")
    expect(asked.map(({ _tag }) => _tag)).toEqual(["Token", "Token", "Password"])
  })

  it("has one answer to a wrong name and to a wrong password, and ends the connection", () => {
    const { ask } = host()
    const wrong = ["Name: ", "Password: ", "Wrong name or password", "closes: ended"]
    expect(answers(authenticate, ["ala", "wrong"], { ask })).toEqual(wrong)
    expect(answers(authenticate, ["bo", " pass word "], { ask })).toEqual(wrong)
  })

  it.each(languages)("says in %s how long to wait, and that the host cannot tell", (language) => {
    const wait = (): Answer => ({ _tag: "Wait", seconds: 16 })
    expect(answers(authenticate, ["ala", "x"], { language, ask: wait })[2]).toContain("16")
    expect(answers(authenticate, ["ala", "x"], { language })[2]).toBe(texts[language].busy)
  })

  it("passes hostile messages on as texts of bounded length, and fails for none", () => {
    for (const message of [...hostile, "x".repeat(1e6), new Uint8Array([0xff, 0xfe])]) {
      const { ask, asked } = host()
      const play = rehearsal(authenticate, { ask })
      play.join()
      play.say(1, message)
      play.say(1, message)
      expect(play.told(1).at(-1)).toBe("Wrong name or password")
      expect(play.defects).toEqual([])
      expect(JSON.stringify(asked).length).toBeLessThan(50_000)
      // Nothing that a client says gets into a log.
      expect(play.logged).toEqual(["a log-in was refused"])
    }
  })
})

describe("the client of authenticate", () => {
  it("asks what the app asks, and shows the greeting with the token", () => {
    const { ask } = host()
    expect(together(authenticate, ["ala", " pass word "], { ask })).toEqual([
      "? Name: ",
      "> ala",
      "? Password: ",
      ">  pass word ",
      "Welcome, Ala. Token: ht1new"
    ])
    expect(together(authenticate, ["token ht1x"], { ask })).toEqual(["? Name: ", "> token ht1x", "Welcome, Ala."])
    expect(together(authenticate, ["bo", "x"], { ask }).at(-1)).toBe("Wrong name or password")
  })
})
