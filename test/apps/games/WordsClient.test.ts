import { describe, expect, it } from "@effect/vitest"
import type { ClientInput, ClientRun } from "../../../src/apps/AppClient.ts"
import { wordsClient } from "../../../src/apps/games/WordsClient.ts"

/** The outputs for inputs: `> TEXT` for what is shown, `? PROMPT`, `< MESSAGE` for what is sent, `x` at the end. */
const outputsOf = (inputs: ReadonlyArray<ClientInput>): ReadonlyArray<string> => {
  let run: ClientRun = wordsClient.start("en")
  return inputs.flatMap((input) => {
    const [next, outputs] = run.on(input)
    run = next
    return outputs.map((output) => {
      switch (output._tag) {
        case "Show":
          return `> ${output.text}`
        case "Ask":
          return `? ${output.prompt}`
        case "Send":
          return `< ${String(output.message)}`
        case "Leave":
          return "x"
      }
    })
  })
}

const opened: ClientInput = { _tag: "Opened" }
const typed = (line: string): ClientInput => ({ _tag: "Typed", line })
const received = (text: string): ClientInput => ({ _tag: "Received", bytes: new TextEncoder().encode(text), text })

describe("the client of words", () => {
  it("asks for a name, and for another one that is typed after a refusal", () => {
    expect(outputsOf([opened, typed("ala"), received("The name ala is taken"), typed("bo")])).toEqual([
      "? Your name: ",
      "< ala",
      "> The name ala is taken",
      "< bo"
    ])
  })

  it("asks for a move at /turn: one letter names it, more are a word, commands pass", () => {
    const lines = ["g", " Ö ", "o\u0308", "pigeon", "/letter x", "ab cd", " "]
    expect(outputsOf([received("/turn\n"), ...lines.map(typed)])).toEqual([
      "? A letter or the whole word: ",
      "< /letter g",
      "< /letter ö",
      "< /letter ö",
      "< /word pigeon",
      "< /letter x",
      "< /word ab cd"
    ])
  })

  it("prints texts as they are, several in one message too, and ignores commands that it does not know", () => {
    expect(outputsOf([received("Word: **g***\n"), received("a\r\n/later\n\nOn turn: ala\n/turn\n")])).toEqual([
      "> Word: **g***",
      "> a",
      "> ",
      "> On turn: ala",
      "? A letter or the whole word: "
    ])
  })

  it("leaves at /quit, and at the end of the connection", () => {
    expect(outputsOf([received("The game is over\n/quit\nmore")])).toEqual(["> The game is over", "x"])
    expect(outputsOf([{ _tag: "Ended" }])).toEqual(["x"])
    expect(outputsOf([received("/quitter"), received("/turning")])).toEqual([])
  })

  it("survives bytes that are no text", () => {
    expect(outputsOf([{ _tag: "Received", bytes: Uint8Array.of(255), text: undefined }])).toEqual(["> "])
  })
})
