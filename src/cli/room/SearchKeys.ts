/** The search of the screen: its beginning and end, and the way from one match to the next. */
import type { ClientView } from "../../protocol/conversation/client/ClientView.ts"
import { type Draft, emptyDraft } from "./Draft.ts"
import { scrolledOf } from "./ScreenLayout.ts"
import { matchBeside, matchesOf } from "./ScreenSearch.ts"
import { openRoom, openState, type ScreenState, type Step, step, withOpen } from "./ScreenState.ts"
import { centred } from "./Scroll.ts"

/** Searches for a text; the newest match is shown. */
export const searchFor = (state: ScreenState, draft: Draft, view: ClientView): ScreenState => {
  const before = state.search === undefined ? openState(state).anchor : state.search.before
  const searching = { ...state, panel: undefined, search: { draft, at: undefined, before } }
  const room = openRoom(state, view)
  const last = room === undefined ? undefined : matchesOf(draft.text, room, view).at(-1)
  return last === undefined ? withOpen(searching, { anchor: before }) : shownAt(searching, last.key, view)
}

export const startSearch = (state: ScreenState, view: ClientView): ScreenState => searchFor(state, emptyDraft, view)

/** Goes to the next match; at the first one it asks for earlier messages. */
export const searchOn = (state: ScreenState, by: -1 | 1, view: ClientView): Step => {
  const { search } = state
  const room = openRoom(state, view)
  if (search === undefined || room === undefined) return step(state)
  const match = matchBeside(matchesOf(search.draft.text, room, view), search.at, by)
  if (match !== undefined) return step(shownAt(state, match.key, view))
  return by < 0 && !room.isWhole && search.draft.text.trim() !== ""
    ? step(state, { _tag: "Past", room: room.room })
    : step(state)
}

/** Ends the search, at the match or where the room was before. */
export const endSearch = (state: ScreenState, stays: boolean): ScreenState => {
  const { search } = state
  const ended = { ...state, search: undefined }
  return search === undefined || stays ? ended : withOpen(ended, { anchor: search.before })
}

const shownAt = (state: ScreenState, key: string, view: ClientView): ScreenState => {
  const room = openRoom(state, view)
  if (state.search === undefined || room === undefined) return state
  const found = { ...state, search: { ...state.search, at: key } }
  return withOpen(found, { anchor: centred(scrolledOf(found, view, room), key) })
}
