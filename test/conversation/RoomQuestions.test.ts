import { describe, expect, it } from "@effect/vitest"
import type { Answer, Ask } from "../../src/apps/App.ts"
import { RoomQuestions } from "../../src/conversation/RoomQuestions.ts"

const question = (member: number): Ask => ({ _tag: "Ask", member, question: { _tag: "Token", token: "t" } })
const from = { host: "192.0.2.1", port: 1 }

describe("the questions of an app", () => {
  it("are answered once, one of each client at a time", () => {
    const pending: Array<(answer: Answer) => void> = []
    const questions = new RoomQuestions((_, address, answered) => {
      expect(address).toBe(from)
      pending.push(answered)
    })
    const got: Array<string> = []
    for (const member of [1, 1, 2]) questions.ask(question(member), from, ({ _tag }) => got.push(`${member} ${_tag}`))
    expect([got, pending.length]).toEqual([["1 Busy"], 2])
    for (const answered of pending) answered({ _tag: "Wrong" })
    questions.ask(question(1), from, () => {})
    expect([got, pending.length]).toEqual([["1 Busy", "1 Wrong", "2 Wrong"], 3])
  })

  it("have the answer Busy without accounts", () => {
    const got: Array<Answer> = []
    new RoomQuestions(undefined).ask(question(1), from, (answer) => got.push(answer))
    expect(got).toEqual([{ _tag: "Busy" }])
  })
})
