/** Which room is open, and what in it has been read. A room is read while it is shown to its end and the person types, or has typed a moment ago. */
import { dividerOf } from "../../protocol/conversation/client/RoomEntries.ts"
import { type Around, openRoom, openState, type ScreenState, type Step, step, withOpen } from "./ScreenState.ts"

/** A person who has typed so many milliseconds ago sees what comes. */
const attentiveMillis = 60_000

/** Others see that a person is typing until so many milliseconds after the last key. */
const typingMillis = 10_000

/** Opens a room; the posts that are new in it have a line above them until the person leaves it, or says something. */
export const opened = (state: ScreenState, room: string): ScreenState =>
  state.open === room
    ? { ...state, wanted: undefined, panel: undefined }
    : {
      ...withOpen(state, { divider: undefined }),
      open: room,
      wanted: undefined,
      panel: undefined,
      search: undefined,
      cycle: undefined
    }

/** The client has changed, or time has passed: the room that was asked for is opened, and one that is gone is left. */
export const followed = (state: ScreenState, around: Around): Step => {
  const { now, view } = around
  const names = view.rooms.map(({ room }) => room)
  const { open, wanted } = state
  const next = wanted !== undefined && names.includes(wanted)
    ? opened(state, wanted)
    : open !== undefined && names.includes(open)
    ? state
    : names[0] !== undefined
    ? opened(state, names[0])
    : { ...state, open: undefined }
  return now - state.activeAt < attentiveMillis ? marked(next, around) : silent(next, now)
}

const silent = (state: ScreenState, now: number): Step => {
  const { activeAt, typingIn } = state
  return typingIn === undefined || now - activeAt < typingMillis
    ? step(state)
    : step({ ...state, typingIn: undefined }, { _tag: "Presence", room: typingIn, state: "here" })
}

/** A key: what is shown has been read from now on, and the line above what was new stays. */
export const readNow = (state: ScreenState, around: Around): Step => {
  const room = openRoom(state, around.view)
  const divider = room === undefined || !isShownToEnd(state) ? undefined : dividerOf(room)
  return marked(divider === undefined ? state : withOpen(state, { divider }), around)
}

const marked = (state: ScreenState, { view }: Around): Step => {
  const room = openRoom(state, view)
  return room !== undefined && room.isLive && room.unread > 0 && isShownToEnd(state)
    ? step(state, { _tag: "Mark", room: room.room })
    : step(state)
}

const isShownToEnd = (state: ScreenState): boolean =>
  openState(state).anchor === undefined && state.panel === undefined && state.search === undefined

/** Tells others that the person has begun to type, or has stopped. A command is not typed for them. */
export const typingTold = (state: ScreenState): Step => {
  const { open, typingIn } = state
  const { text } = openState(state).draft
  const isTyping = open !== undefined && state.search === undefined && text.trim() !== "" && !/^\/(?!\/)/.test(text)
  const next = isTyping ? open : undefined
  if (next === typingIn) return step(state)
  return {
    state: { ...state, typingIn: next },
    wishes: [
      ...typingIn === undefined ? [] : [{ _tag: "Presence" as const, room: typingIn, state: "here" as const }],
      ...next === undefined ? [] : [{ _tag: "Presence" as const, room: next, state: "typing" as const }]
    ]
  }
}
