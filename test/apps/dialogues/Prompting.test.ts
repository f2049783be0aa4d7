import { describe, expect, it } from "@effect/vitest"
import { ask, send, show } from "../../../src/apps/AppClient.ts"
import * as Prompting from "../../../src/apps/dialogues/Prompting.ts"

const typed = (state: Prompting.Prompting, line: string) => Prompting.typed(state, { _tag: "Typed", line })

describe("a client that is prompted", () => {
  it("asks the last line and shows those before", () => {
    const [, outputs] = Prompting.question(Prompting.received(Prompting.initial, "Good day\nto you\r\nName: "))
    expect(outputs).toEqual([show("Good day\nto you"), ask("Name: ")])
  })

  it("asks a question once, and again when more of it has come", () => {
    const [first, outputs] = Prompting.question(Prompting.received(Prompting.initial, "x\nNa"))
    expect(outputs).toEqual([show("x"), ask("Na")])
    expect(Prompting.question(first)[1]).toEqual([])
    expect(Prompting.question(Prompting.received(first, "me: "))[1]).toEqual([ask("Name: ")])
  })

  it("sends an answer to a question, and keeps a line that was typed before it", () => {
    const [early, nothing] = typed(Prompting.initial, "ala")
    expect(nothing).toEqual([])
    const [answered, outputs] = Prompting.asking(early, "Name: ")
    expect(outputs).toEqual([send("ala")])
    const [asked] = Prompting.asking(answered, "Age: ")
    expect(typed(asked, "7")[1]).toEqual([send("7")])
  })

  it("keeps a bounded number of lines and of characters", () => {
    let state = Prompting.initial
    for (let line = 0; line < 100; line++) state = typed(state, String(line))[0]
    expect(state.typed).toHaveLength(Prompting.mostTyped)
    for (let part = 0; part < 20; part++) state = Prompting.received(state, "x".repeat(10_000))
    expect(state.seen).toHaveLength(65_536)
  })

  it("asks what ends as a question, and shows all else", () => {
    const received = (text: string) => ({ _tag: "Received", text, bytes: new TextEncoder().encode(text) }) as const
    const [greeted, greeting] = Prompting.clientOf(/: $/).start("en").on(received("Good day\n"))
    const [asked, question] = greeted.on(received("Name: "))
    expect([greeting, question]).toEqual([[show("Good day")], [ask("Name: ")]])
    expect(asked.on({ _tag: "Typed", line: "ala" })[1]).toEqual([send("ala")])
  })
})
