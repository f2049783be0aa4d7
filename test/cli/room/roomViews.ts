/** Rooms as a client has them, made of events, and the screen that shows them. */
import { followed } from "../../../src/cli/room/ReadingRooms.ts"
import { handleKey, type Key } from "../../../src/cli/room/ScreenKeys.ts"
import { layoutOf } from "../../../src/cli/room/ScreenLayout.ts"
import { textOf } from "../../../src/cli/room/ScreenRow.ts"
import { type Around, initial, type ScreenState, type Size, type Step } from "../../../src/cli/room/ScreenState.ts"
import type { ClientView, Notice, Progress, RoomView } from "../../../src/protocol/conversation/client/ClientView.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { comparePlaces } from "../../../src/protocol/conversation/RoomOrder.ts"
import { Timeline } from "../../../src/protocol/conversation/Timeline.ts"
import { keyOfRef } from "../../../src/protocol/conversation/TimelineLine.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"

/** Unix time of a clock on 1 December 2026, in UTC. */
export const at = (clock: string): number => Date.parse(`2026-12-01T${clock}:00Z`)

export const me = "ala@alpha"

/** A room whose events were all seen by this person, except those that are named as unread. */
export const roomView = (scene: Scene, more: Partial<RoomView> & {
  readonly unreadEvents?: ReadonlyArray<Event>
  readonly progress?: (seq: number) => Progress
  readonly batches?: ReadonlyArray<ReadonlyArray<Event>>
} = {}): RoomView => {
  const { batches = [scene.events], progress = () => "everywhere", unreadEvents = [], ...rest } = more
  const timeline = new Timeline(scene.room)
  for (const batch of batches) timeline.add(batch)
  const unread = new Set(unreadEvents.map(keyOfRef))
  return {
    room: scene.room,
    access: "public",
    timeline,
    notices: [],
    unrecorded: [],
    isLive: true,
    isReadingPast: false,
    refusal: undefined,
    isWhole: true,
    unread: unread.size,
    people: [],
    progressOf: (line) => line.author === me ? progress(line.ref.seq) : undefined,
    isRead: (line) => !unread.has(keyOfRef(line.ref)),
    ...rest
  }
}

export const clientView = (rooms: ReadonlyArray<RoomView>, more: Partial<ClientView> = {}): ClientView => ({
  connection: { _tag: "Connected", server: "alpha", author: me, nick: "ala", isGuest: false },
  rooms,
  links: [],
  listed: [],
  isIgnored: () => false,
  ...more
})

export const notice = (kind: Notice["kind"], behind: Event | undefined, more: Partial<Notice> = {}): Notice => ({
  behind,
  time: 0,
  kind,
  server: undefined,
  joined: [],
  left: [],
  joinedCount: more.joined?.length ?? 0,
  leftCount: more.left?.length ?? 0,
  text: undefined,
  ...more
})

/** The situation of the design's sketch: an afternoon in the hall, with two more rooms. */
export const sketch = (): ClientView => {
  const scene = new Scene("hall")
  scene.add("operator@alpha", "topic", { text: "release on Friday" }, { time: at("12:00") })
  scene.add(me, "said", { text: "the build is green" }, { time: at("12:01") })
  const which = scene.add("bo@beta", "said", { text: "which one?" }, { time: at("12:02") })
  const main = scene.add(me, "said", { text: "main" }, {
    time: at("12:02"),
    re: { origin: which.origin, seq: which.seq }
  })
  const wait = scene.add(me, "said", { text: "shall we wait?" }, { time: at("12:04"), clock: 10 })
  const late = scene.add("bo@beta", "said", { text: "yes, five minutes" }, { time: at("12:03"), clock: 9 })
  const file = scene.add("~guest-7@alpha", "file", { name: "plan.pdf", bytes: 2_202_010, sha256: "0".repeat(64) }, {
    time: at("12:09"),
    clock: 20
  })
  const [first = []] = [scene.events.filter((event) => comparePlaces(event, late) < 0)]
  const people = ["ala@alpha", "bo@beta", "cyr@beta", "dana@beta", "eva@gamma", "fil@gamma", "~guest-7@alpha"]
  const hall = roomView(scene, {
    batches: [first, [wait], [late], [file]],
    progress: (seq) => seq === wait.seq ? "recorded" : "everywhere",
    people: people.map((person) => ({ person, state: "here" })),
    notices: [
      notice("away", main, {
        time: at("12:03"),
        server: "beta",
        left: ["bo@beta", "cyr@beta"],
        leftCount: 4
      }),
      notice("back", wait, { time: at("12:09"), server: "beta" })
    ]
  })
  const words = new Scene("words")
  const unread = ["one", "two", "three"].map((text) => words.add("bo@beta", "said", { text }, { time: at("11:00") }))
  const direct = new Scene("ala@alpha:bo@alpha")
  const private1 = direct.add("bo@alpha", "said", { text: "psst" }, { time: at("11:30") })
  return clientView([
    hall,
    roomView(words, { unreadEvents: unread }),
    roomView(direct, { access: "direct", unreadEvents: [private1] })
  ], {
    links: [{ server: "beta", isLinked: true }, { server: "gamma", isLinked: true }]
  })
}

export const now = at("12:10")

export const around = (view: ClientView, more: Partial<Around> = {}): Around => ({
  view,
  now,
  pathsOf: () => [],
  ...more
})

/** The screen after its first look at the rooms. */
export const screenOf = (view: ClientView, size: Size = { width: 80, height: 24 }): ScreenState =>
  followed(initial(size, 0, undefined), around(view)).state

/** The rows without the spaces behind them, as tests show them. */
export const shownRows = (state: ScreenState, view: ClientView): ReadonlyArray<string> =>
  layoutOf(state, view, now).rows.map((row) => textOf(row, state.width))

export const shown = (state: ScreenState, view: ClientView): string =>
  `\n${shownRows(state, view).map((row) => row.trimEnd()).join("\n")}\n`

const keyNames: Readonly<Record<string, Partial<Key>>> = {
  Enter: { name: "return" },
  "Alt-Enter": { name: "return", alt: true },
  Tab: { name: "tab" },
  "Shift-Tab": { name: "tab", shift: true },
  Esc: { name: "escape" },
  Up: { name: "up" },
  Down: { name: "down" },
  Left: { name: "left" },
  Right: { name: "right" },
  Home: { name: "home" },
  End: { name: "end" },
  PageUp: { name: "pageup" },
  PageDown: { name: "pagedown" },
  Backspace: { name: "backspace" },
  Delete: { name: "delete" },
  F1: { name: "f1" }
}

const plainKey: Key = { name: undefined, text: undefined, ctrl: false, alt: false, shift: false }

export const keyOf = (name: string): Key => {
  const [, modifier, letter] = /^(Ctrl|Alt)-(\w)$/.exec(name) ?? []
  if (letter !== undefined) {
    return { ...plainKey, name: letter.toLowerCase(), ctrl: modifier === "Ctrl", alt: modifier === "Alt" }
  }
  const known = keyNames[name]
  if (known === undefined) throw new Error(`there is no key ${name}`)
  return { ...plainKey, ...known }
}

/** The screen after keys: names in brackets, as in `hello[Enter]`, and characters. */
export const typed = (state: ScreenState, view: ClientView, keys: string, more: Partial<Around> = {}): Step => {
  let last: Step = { state, wishes: [] }
  for (const [, name, character] of keys.matchAll(/\[([^\]]+)\]|(.)/gsu)) {
    const key = name === undefined ? { ...plainKey, name: character, text: character } : keyOf(name)
    const next = handleKey(last.state, key, around(view, more))
    last = { state: next.state, wishes: [...last.wishes, ...next.wishes] }
  }
  return last
}
