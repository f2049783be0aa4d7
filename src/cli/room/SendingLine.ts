/** Enter: the line that was typed goes to the client of rooms, and the screen shows its answer. */
import type { Answer } from "../../protocol/conversation/client/TypedLine.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { draftOf, emptyDraft } from "./Draft.ts"
import { followed } from "./ReadingRooms.ts"
import { type Around, openState, type ScreenState, type Step, step, withOpen } from "./ScreenState.ts"
import { searchFor } from "./SearchKeys.ts"

/** The line is one of those that Up brings back, and the end of the room is shown. */
export const sendLine = (state: ScreenState): Step => {
  const { draft: { text }, sent } = openState(state)
  if (text.trim() === "") return step(withOpen({ ...state, panel: undefined }, { draft: emptyDraft }))
  const next = withOpen({ ...state, panel: undefined }, {
    draft: emptyDraft,
    recalled: undefined,
    sent: [text, ...sent.filter((line) => line !== text)].slice(0, TextLimits.rememberedLines),
    anchor: undefined,
    divider: undefined
  })
  return step(next, { _tag: "Line", room: state.open, line: text })
}

/** Shows what a line has done. One that was wrong comes back, to be corrected. Files are the shell's. */
export const answered = (
  state: ScreenState,
  line: string,
  answer: Exclude<Answer, { readonly _tag: "File" | "Get" }>,
  around: Around
): Step => {
  switch (answer._tag) {
    case "Done":
    case "Left":
      return followed(state, around)
    case "Told":
      return step({ ...state, message: answer.text })
    case "Wrong":
      return step(wrong(state, line, answer.text))
    case "Enter":
      return followed({ ...state, wanted: answer.room }, around)
    case "Show":
      return step({ ...state, panel: { _tag: panels[answer.what], from: 0 } })
    case "Help":
      return step({ ...state, panel: { _tag: "Help", about: answer.about, from: 0 } })
    case "Search":
      return step(searchFor(state, draftOf(answer.text), around.view))
  }
}

/** What was typed meanwhile is not replaced. */
export const wrong = (state: ScreenState, line: string, message: string): ScreenState => {
  const told = { ...state, message }
  return openState(state).draft.text === "" ? withOpen(told, { draft: draftOf(line) }) : told
}

const panels = { people: "Who", rooms: "Rooms", links: "Links" } as const
