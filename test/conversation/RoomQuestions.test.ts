import { describe, expect, it } from "@effect/vitest"
import type { Answer, Ask } from "../../src/apps/App.ts"
import * as Identities from "../../src/conversation/Identities.ts"
import { RoomQuestions } from "../../src/conversation/RoomQuestions.ts"

const question = (member: number): Ask => ({ _tag: "Ask", member, question: { _tag: "Token", token: "t" } })
const from = { key: "echo 1", address: { host: "192.0.2.1", port: 1 } }

const tagOf = (input: { readonly _tag: string; readonly answer?: Answer }): string => input.answer?._tag ?? input._tag

describe("the questions of an app", () => {
  it("are answered once, one of each client at a time", () => {
    const pending: Array<(answer: Answer) => void> = []
    const questions = new RoomQuestions((_, address, answered) => {
      expect(address).toBe(from.address)
      pending.push(answered)
    })
    const got: Array<string> = []
    for (const member of [1, 1, 2]) {
      questions.ask(question(member), from, (input) => got.push(`${member} ${tagOf(input)}`))
    }
    expect([got, pending.length]).toEqual([["1 Busy"], 2])
    for (const answered of pending) answered({ _tag: "Wrong" })
    questions.ask(question(1), from, () => {})
    expect([got, pending.length]).toEqual([["1 Busy", "1 Wrong", "2 Wrong"], 3])
  })

  it("have the answer Busy without accounts", () => {
    const got: Array<string> = []
    new RoomQuestions(undefined).ask(question(1), from, (input) => got.push(tagOf(input)))
    expect(got).toEqual(["Busy"])
  })

  it("about a nick are answered by the identities, until the connection is over", () => {
    const questions = new RoomQuestions(undefined, Identities.guests("alpha", () => "d1"))
    const nick = (member: number): Ask => ({ _tag: "Ask", member, question: { _tag: "Nick", nick: "ala" } })
    const got: Array<string> = []
    const note = ({ _tag }: { readonly _tag: string }) => void got.push(_tag)
    questions.ask(nick(1), from, note)
    questions.ask(nick(2), { ...from, key: "echo 2" }, note)
    questions.release(from.key)
    questions.ask(nick(2), { ...from, key: "echo 2" }, note)
    expect(got).toEqual(["Attached", "Denied", "Attached"])
    expect(() => new RoomQuestions(undefined).ask(nick(1), from, note)).toThrow("cannot know")
  })

  it("tell the log who is in the room: one person for a client, until it has another nick or is gone", () => {
    const moves: Array<readonly [person: string, isPresent: boolean]> = []
    const identities = Identities.guests("alpha", () => "d1")
    const questions = new RoomQuestions(undefined, identities, (...move) => moves.push(move))
    const asker = { key: "hall 1", address: { host: "127.0.0.1", port: 1 } }
    const nick = (wanted: string) =>
      questions.ask({ _tag: "Ask", member: 1, question: { _tag: "Nick", nick: wanted } }, asker, () => undefined)
    for (const wanted of ["ala", "ala", "", "bo"]) nick(wanted)
    questions.release(asker.key)
    expect(moves).toEqual([["~ala@alpha", true], ["~ala@alpha", false], ["~bo@alpha", true], ["~bo@alpha", false]])
  })
})
