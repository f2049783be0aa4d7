import { describe, expect, it } from "vitest"
import { openState } from "../../../src/cli/room/ScreenState.ts"
import { answered } from "../../../src/cli/room/SendingLine.ts"
import type { Answer } from "../../../src/protocol/conversation/client/TypedLine.ts"
import { commandNamed } from "../../../src/protocol/conversation/CommandWords.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"
import { around, clientView, roomView, screenOf, shown, sketch, typed } from "./roomViews.ts"

const view = sketch()
const start = screenOf(view)
const answer = (given: Exclude<Answer, { readonly _tag: "File" | "Get" }>, state = start, line = "/x") =>
  answered(state, line, given, around(view)).state

describe("the answer to a line", () => {
  it("is shown, and a wrong line comes back unless another one was begun", () => {
    expect(shown(answer({ _tag: "Told", text: "you are away" }), view)).toContain("\n you are away\n #hall")
    const wrong = answer({ _tag: "Wrong", text: "there is no such person" })
    expect(openState(wrong).draft.text).toBe("/x")
    expect(shown(wrong, view)).toContain("\n there is no such person\n")
    const begun = answer({ _tag: "Wrong", text: "no" }, typed(start, view, "next").state)
    expect(openState(begun).draft.text).toBe("next")
  })

  it("opens a room when the client has it", () => {
    expect(answer({ _tag: "Enter", room: "words" }).open).toBe("words")
    const waiting = answer({ _tag: "Enter", room: "kitchen" })
    expect(waiting).toMatchObject({ open: "hall", wanted: "kitchen" })
  })

  it("is a list, help, or a search", () => {
    const who = answer({ _tag: "Show", what: "people" })
    expect(shown(who, view)).toContain("\n 7 people\n ala\n bo@beta\n")
    expect(shown(typed(who, view, "[Esc]").state, view)).toContain("the build is green")
    expect(shown(answer({ _tag: "Show", what: "links" }), view)).toContain(" beta   linked\n gamma  linked\n")
    const listed = clientView([roomView(new Scene("hall"))], {
      listed: [{ room: "words", access: "public", people: 3 }]
    })
    expect(shown(answer({ _tag: "Show", what: "rooms" }), listed)).toContain(" #words  3 here\n")
    expect(shown(answer({ _tag: "Help", about: commandNamed("me") }), view)).toContain(" /me TEXT: says what you do")
    const help = answer({ _tag: "Help", about: undefined })
    expect(shown(help, view)).toContain("more rows with PageDown; Esc closes")
    expect(shown(typed(help, view, "[PageDown][PageDown]").state, view)).toContain("F1 shows the keys")
    expect(answer({ _tag: "Search", text: "green" }).search?.draft.text).toBe("green")
    expect(answer({ _tag: "Done" })).toEqual(start)
  })
})
