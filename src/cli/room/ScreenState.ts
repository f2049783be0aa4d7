/** What the screen of rooms keeps beside the rooms themselves: what a person has typed, and where the person reads. */
import type { ClientView, RoomView } from "../../protocol/conversation/client/ClientView.ts"
import type { Divider } from "../../protocol/conversation/client/RoomEntries.ts"
import type { CommandWord } from "../../protocol/conversation/CommandWords.ts"
import { type Draft, emptyDraft } from "./Draft.ts"

/** The lowest row of the body: a row of an entry. */
export interface Anchor {
  readonly key: string
  readonly row: number
}

/** A room as this screen shows it. */
export interface RoomState {
  readonly draft: Draft
  /** Lines that were sent from here, the newest first. */
  readonly sent: ReadonlyArray<string>
  /** The index of the sent line that is shown instead of the draft, and the draft; undefined while it is the draft. */
  readonly recalled: { readonly at: number; readonly draft: Draft } | undefined
  /** Undefined: the newest line is shown. */
  readonly anchor: Anchor | undefined
  /** Where the new posts began when the person came to read them. */
  readonly divider: Divider | undefined
}

/** What stands in the place of the room. */
export type Panel =
  | { readonly _tag: "Help"; readonly about: CommandWord | undefined; readonly from: number }
  | { readonly _tag: "Who" | "Rooms" | "Links" | "Keys"; readonly from: number }

/** A search for posts of the open room: what it looks for, and the key of the found line that is shown. */
export interface Search {
  readonly draft: Draft
  readonly at: string | undefined
  /** Where the room was when the search began. */
  readonly before: Anchor | undefined
}

/** Tab was pressed: the draft before, and the candidates that replace its end one after the other. */
export interface Cycle {
  readonly before: Draft
  readonly from: number
  readonly candidates: ReadonlyArray<string>
  readonly at: number
}

export interface ScreenState {
  readonly width: number
  readonly height: number
  readonly zoneMinutes: number
  /** The name of the open room. */
  readonly open: string | undefined
  /** The room to be opened as soon as the client has it. */
  readonly wanted: string | undefined
  readonly rooms: ReadonlyMap<string, RoomState>
  readonly panel: Panel | undefined
  readonly search: Search | undefined
  readonly cycle: Cycle | undefined
  /** A sentence for the person, until the next key. */
  readonly message: string | undefined
  /** Whether the next Ctrl-C leaves, although posts were not sent. */
  readonly isLeaving: boolean
  /** Unix time of the last key, in milliseconds. */
  readonly activeAt: number
  /** The room in which others see that the person is typing. */
  readonly typingIn: string | undefined
}

/** What the shell has to do. */
export type Wish =
  /** A line that was typed, in a room or in none: `TypedLine.perform` does it, and \`answered\` shows the answer. */
  | { readonly _tag: "Line"; readonly room: string | undefined; readonly line: string }
  /** Earlier messages of a room. */
  | { readonly _tag: "Past"; readonly room: string }
  /** A post that may not be recorded is posted again, or taken back. */
  | { readonly _tag: "Again" | "TakeBack"; readonly room: string; readonly n: number }
  /** Everything in the room has been read. */
  | { readonly _tag: "Mark"; readonly room: string }
  | { readonly _tag: "Presence"; readonly room: string; readonly state: "here" | "typing" }
  | { readonly _tag: "Leave" | "Suspend" | "Redraw" }

export interface Step {
  readonly state: ScreenState
  readonly wishes: ReadonlyArray<Wish>
}

export const step = (state: ScreenState, ...wishes: ReadonlyArray<Wish>): Step => ({ state, wishes })

/** One step after another. */
export const andThen = ({ state, wishes }: Step, next: (state: ScreenState) => Step): Step => {
  const last = next(state)
  return { state: last.state, wishes: [...wishes, ...last.wishes] }
}

/** What a step depends on beside the state. */
export interface Around {
  readonly view: ClientView
  /** Unix time in milliseconds. */
  readonly now: number
  /** The completions of a path that is typed, as whole texts. */
  readonly pathsOf: (typed: string) => ReadonlyArray<string>
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** The screen before the first key. */
export const initial = ({ height, width }: Size, zoneMinutes: number, wanted: string | undefined): ScreenState => ({
  width,
  height,
  zoneMinutes,
  open: undefined,
  wanted,
  rooms: new Map(),
  panel: undefined,
  search: undefined,
  cycle: undefined,
  message: undefined,
  isLeaving: false,
  activeAt: -Infinity,
  typingIn: undefined
})

const newRoom: RoomState = { draft: emptyDraft, sent: [], recalled: undefined, anchor: undefined, divider: undefined }

/** The key of the draft that is typed while no room is open. */
const noRoom = ""

/** The state of the open room. */
export const openState = ({ open, rooms }: ScreenState): RoomState => rooms.get(open ?? noRoom) ?? newRoom

/** The state with changes of the open room. */
export const withOpen = (state: ScreenState, change: Partial<RoomState>): ScreenState => ({
  ...state,
  rooms: new Map(state.rooms).set(state.open ?? noRoom, { ...openState(state), ...change })
})

/** The open room, if the client has it. */
export const openRoom = ({ open }: ScreenState, { rooms }: ClientView): RoomView | undefined =>
  rooms.find(({ room }) => room === open)
