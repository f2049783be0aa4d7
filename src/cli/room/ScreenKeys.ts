/** What each key of the terminal does to the screen of rooms: the next state, and what the shell has to do. */
import { complete } from "../../protocol/conversation/Completion.ts"
import { peopleOfDirect } from "../../protocol/conversation/DirectRoom.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { type Draft, draftOf, erased, insert, type Motion, moved, movedByRow } from "./Draft.ts"
import { opened, readNow, typingTold } from "./ReadingRooms.ts"
import { namesIn, selfOf } from "./RoomTitles.ts"
import { draftColumnsOf, scrolledOf } from "./ScreenLayout.ts"
import {
  andThen,
  type Around,
  openRoom,
  openState,
  type ScreenState,
  type Step,
  step,
  withOpen
} from "./ScreenState.ts"
import { scrolled, visible } from "./Scroll.ts"
import { endSearch, searchFor, searchOn, startSearch } from "./SearchKeys.ts"
import { sendLine } from "./SendingLine.ts"

/** A key of a terminal, with the names of Node's `readline`. */
export interface Key {
  /** `return`, `up`, `a`; undefined for one without a name. */
  readonly name: string | undefined
  /** What it types; undefined for a key that types nothing. */
  readonly text: string | undefined
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

export const handleKey = (state: ScreenState, key: Key, around: Around): Step => {
  const read = readNow({ ...state, activeAt: around.now, message: undefined }, around)
  const isTab = key.name === "tab"
  const done = andThen(read, (next) => perform(isTab ? next : { ...next, cycle: undefined }, key, around))
  const isLeaving = done.wishes.some(({ _tag }) => _tag === "Leave")
  const kept = done.state.isLeaving && state.isLeaving ? { ...done.state, isLeaving: false } : done.state
  return isLeaving ? done : andThen({ ...done, state: kept }, typingTold)
}

/** A text that was pasted: its lines are one text, which Enter sends. `length`: of the whole, of which `text` may be the beginning. */
export const handlePaste = (
  state: ScreenState,
  { length, text }: { readonly text: string; readonly length: number },
  around: Around
): Step => {
  if (length > text.length || length > TextLimits.pastedCharacters) {
    const most = TextLimits.pastedCharacters
    return step({
      ...state,
      message:
        `the pasted text is not used: it has ${length} characters, at most ${most}; send it as a file: /file PATH`
    })
  }
  const read = readNow({ ...state, activeAt: around.now, message: undefined, cycle: undefined }, around)
  return andThen(andThen(read, (next) => edited(next, (draft) => insert(draft, text), around)), typingTold)
}

const perform = (state: ScreenState, key: Key, around: Around): Step => {
  const { alt, ctrl, name, text } = key
  if (ctrl && !alt) return performControl(state, key, around)
  if (alt && name !== undefined && /^[1-9]$/.test(name)) return roomAt(state, Number(name) - 1, around)
  const motion = motionOf(key)
  if (motion !== undefined) return edited(state, (draft) => moved(draft, motion), around)
  switch (name) {
    case "return":
    case "enter":
      if (alt || name === "enter") return edited(state, (draft) => insert(draft, "\n"), around)
      return state.search === undefined ? sendLine(state) : step(endSearch(state, true))
    case "backspace":
      return edited(state, (draft) => erased(draft, alt ? "wordLeft" : "left"), around)
    case "delete":
      return edited(state, (draft) => erased(draft, "right"), around)
    case "tab":
      return state.search === undefined ? completed(state, key.shift ? -1 : 1, around) : step(state)
    case "up":
      return vertical(state, -1, around)
    case "down":
      return vertical(state, 1, around)
    case "pageup":
      return paged(state, -1, around)
    case "pagedown":
      return paged(state, 1, around)
    case "escape":
      return step(back(state))
    case "f1":
      return step({ ...state, panel: { _tag: "Keys", from: 0 } })
  }
  return text === undefined || alt ? step(state) : edited(state, (draft) => insert(draft, text), around)
}

const performControl = (state: ScreenState, key: Key, around: Around): Step => {
  const motion = motionOf(key)
  if (motion !== undefined) return edited(state, (draft) => moved(draft, motion), around)
  switch (key.name) {
    case "c":
      return leave(state, around)
    case "d":
      return openState(state).draft.text === "" && state.search === undefined
        ? leave(state, around)
        : edited(state, (draft) => erased(draft, "right"), around)
    case "w":
      return edited(state, (draft) => erased(draft, "wordLeft"), around)
    case "u":
      return edited(state, (draft) => erased(draft, "lineStart"), around)
    case "k":
      return edited(state, (draft) => erased(draft, "lineEnd"), around)
    case "h":
      return edited(state, (draft) => erased(draft, "left"), around)
    case "n":
      return roomBeside(state, 1, around)
    case "p":
      return roomBeside(state, -1, around)
    case "f":
      return step(startSearch(state, around.view))
    case "r":
      return again(state, around)
    case "x":
      return takeBack(state, around)
    case "l":
      return step(state, { _tag: "Redraw" })
    case "z":
      return step(state, { _tag: "Suspend" })
    default:
      return step(state)
  }
}

const motionOf = ({ alt, ctrl, name }: Key): Motion | undefined => {
  const isWord = alt || ctrl
  switch (name) {
    case "left":
      return isWord ? "wordLeft" : "left"
    case "right":
      return isWord ? "wordRight" : "right"
    case "home":
      return "lineStart"
    case "end":
      return "lineEnd"
    case "a":
      return ctrl ? "lineStart" : undefined
    case "e":
      return ctrl ? "lineEnd" : undefined
    case "b":
      return alt ? "wordLeft" : undefined
    case "f":
      return alt ? "wordRight" : undefined
  }
  return undefined
}

/** Changes what is typed: the text of a search, or the draft of the open room. */
const edited = (state: ScreenState, change: (draft: Draft) => Draft, around: Around): Step => {
  if (state.search !== undefined) {
    const draft = change(state.search.draft)
    const isSame = draft.text === state.search.draft.text
    return step(isSame ? { ...state, search: { ...state.search, draft } } : searchFor(state, draft, around.view))
  }
  const before = openState(state).draft
  const draft = change(before)
  if (draft.text.length > TextLimits.pastedCharacters && draft.text.length > before.text.length) {
    return step({
      ...state,
      message: `a text has at most ${TextLimits.pastedCharacters} characters; send it as a file: /file PATH`
    })
  }
  return step(withOpen(state, { draft }))
}

/** Leaves the rooms; posts that were not sent yet are lost then, so that a second key has to confirm it. */
const leave = (state: ScreenState, { view }: Around): Step => {
  const unsent = view.rooms.reduce((sum, { unrecorded }) => sum + unrecorded.length, 0)
  if (unsent === 0 || state.isLeaving) return step(state, { _tag: "Leave" })
  const what = unsent === 1 ? "1 message is" : `${unsent} messages are`
  return step({ ...state, isLeaving: true, message: `${what} not sent yet; the same key again leaves without sending` })
}

/** Posts of the open room that may not be recorded are posted again: the person has decided. */
const again = (state: ScreenState, { view }: Around): Step => {
  const room = openRoom(state, view)
  const doubtful = room?.unrecorded.filter((post) => post.state === "doubtful") ?? []
  return step(state, ...doubtful.map(({ n }) => ({ _tag: "Again" as const, room: room?.room ?? "", n })))
}

/** The last post of the open room that is not recorded and not on its way comes back into the draft. */
const takeBack = (state: ScreenState, { view }: Around): Step => {
  const room = openRoom(state, view)
  const post = room?.unrecorded.findLast((one) => one.state === "doubtful" || one.state === "waiting")
  const text = post?.body["text"]
  if (room === undefined || post === undefined) return step(state)
  const { draft } = openState(state)
  const isFree = typeof text === "string" && draft.text.trim() === ""
  return step(
    isFree ? withOpen(state, { draft: draftOf(text) }) : state,
    { _tag: "TakeBack", room: room.room, n: post.n }
  )
}

const back = (state: ScreenState): ScreenState => {
  if (state.search !== undefined) return endSearch(state, false)
  if (state.panel !== undefined) return { ...state, panel: undefined }
  return withOpen(state, { anchor: undefined })
}

const roomAt = (state: ScreenState, at: number, around: Around): Step => {
  const room = around.view.rooms[at]
  return room === undefined ? step(state) : readNow(opened(state, room.room), around)
}

const roomBeside = (state: ScreenState, by: -1 | 1, around: Around): Step => {
  const { rooms } = around.view
  const at = rooms.findIndex(({ room }) => room === state.open)
  return roomAt(state, (at + by + rooms.length) % Math.max(1, rooms.length), around)
}

/** Up and Down: in a search to the next match, in a draft of several rows by a row, else to another line that was sent. */
const vertical = (state: ScreenState, by: -1 | 1, around: Around): Step => {
  if (state.search !== undefined) return searchOn(state, by, around.view)
  const { draft, recalled, sent } = openState(state)
  const beside = movedByRow(draft, by, draftColumnsOf(state))
  if (beside !== undefined) return step(withOpen(state, { draft: beside }))
  const at = (recalled?.at ?? -1) - by
  if (at < 0) {
    return step(recalled === undefined ? state : withOpen(state, { draft: recalled.draft, recalled: undefined }))
  }
  const line = sent[at]
  if (line === undefined) return step(state)
  return step(withOpen(state, { draft: draftOf(line), recalled: { at, draft: recalled?.draft ?? draft } }))
}

const paged = (state: ScreenState, by: -1 | 1, around: Around): Step => {
  const { panel } = state
  const room = openRoom(state, around.view)
  if (panel !== undefined) {
    return step({ ...state, panel: { ...panel, from: Math.max(0, panel.from + by * Math.max(1, state.height - 6)) } })
  }
  if (room === undefined) return step(state)
  const shown = scrolledOf(state, around.view, room)
  const anchor = scrolled(shown, openState(state).anchor, by * Math.max(1, shown.height - 1))
  const next = withOpen(state, { anchor })
  return by < 0 && !room.isWhole && visible(shown, anchor).hasFirst
    ? step(next, { _tag: "Past", room: room.room })
    : step(next)
}

const completed = (state: ScreenState, by: -1 | 1, around: Around): Step => {
  const cycle = state.cycle ?? newCycle(state, around)
  if (cycle === undefined) return step(state)
  const { before, candidates, from } = cycle
  const at = state.cycle === undefined ? cycle.at : (cycle.at + by + candidates.length) % candidates.length
  const candidate = candidates[at] ?? ""
  const start = before.text.slice(0, from) + candidate + (candidate.endsWith("/") ? "" : " ")
  const draft = { text: start + before.text.slice(before.cursor), cursor: start.length }
  return step(withOpen({ ...state, cycle: { ...cycle, at } }, { draft }))
}

const newCycle = (state: ScreenState, { pathsOf, view }: Around): ScreenState["cycle"] => {
  const { draft } = openState(state)
  const typed = draft.text.slice(0, draft.cursor)
  const room = openRoom(state, view)
  const files = room?.timeline.lines.reduce(
    (most, line) => line._tag === "File" ? Math.max(most, line.number) : most,
    0
  )
  const rooms = new Set(
    [...view.rooms, ...view.listed].map((one) => one.room).filter((one) => peopleOfDirect(one) === undefined)
  )
  const { candidates, from, isPath } = complete(typed, {
    rooms: [...rooms],
    people: room === undefined ? [] : namesIn(room, selfOf(view)),
    files: files ?? 0
  })
  const found = isPath ? pathsOf(typed.slice(from)) : candidates
  return found.length === 0 ? undefined : { before: draft, from, candidates: found, at: 0 }
}
