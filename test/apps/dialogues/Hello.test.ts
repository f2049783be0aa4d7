import { describe, expect, it } from "@effect/vitest"
import { hello } from "../../../src/apps/dialogues/Hello.ts"
import { answers, hostile, ScriptedClient, together } from "./transcript.ts"

describe("hello", () => {
  it("greets, thanks for the first message, whatever it is, and ends", () => {
    for (const message of ["Good morning", "", ...hostile]) {
      expect(answers(hello, [message, "more"])).toEqual(["Hello and welcome", "Thank you", "closes: ended"])
    }
  })

  it("has a client that shows both lines", () => {
    expect(together(hello, [])).toEqual(["Hello and welcome", "> Hello", "Thank you", "leaves"])
  })

  it("has a client that answers once, also a greeting in parts", () => {
    const client = new ScriptedClient(hello.client).open().received("Hello and", " welcome", "Thank", " you\n").ended()
    expect(client.outputs).toEqual(["Hello and", "> Hello", " welcome", "Thank", " you", "leaves"])
  })
})
