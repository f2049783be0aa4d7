/** The whole screen of rooms: a pure function from what the client has and what the person does to rows and the place of the cursor. */
import type { ClientView, RoomView } from "../../protocol/conversation/client/ClientView.ts"
import { entriesOf, type Entry } from "../../protocol/conversation/client/RoomEntries.ts"
import { harmless } from "../text/Format.ts"
import { shortened } from "../text/Width.ts"
import { layOut } from "./Draft.ts"
import { type RowOptions, rowsOf } from "./EntryRows.ts"
import { panelRows, panelTitles } from "./Panels.ts"
import { selfOf } from "./RoomTitles.ts"
import { footer, header } from "./ScreenBars.ts"
import { emptyRow, row, rule, type ScreenRow, span, textRow } from "./ScreenRow.ts"
import { matchesOf } from "./ScreenSearch.ts"
import { openRoom, openState, type ScreenState } from "./ScreenState.ts"
import { type Scrolled, visible } from "./Scroll.ts"

export interface Layout {
  /** As many as the screen has. */
  readonly rows: ReadonlyArray<ScreenRow>
  readonly cursor: { readonly row: number; readonly column: number }
}

/** `now`: Unix time in milliseconds. */
export const layoutOf = (state: ScreenState, view: ClientView, now: number): Layout => {
  const { height, width } = state
  const room = openRoom(state, view)
  const parts = partsOf(state)
  const prompt = promptOf(state, parts.prompt)
  const body = bodyOf(state, view, room, parts.body, now)
  const top = parts.header ? [header(view, room, width)] : []
  const message = messageOf(state, view, room, body.below)
  // Without rules, a message stands in the place of the list of rooms.
  const middle = parts.rules
    ? [message ?? rule("", width), footer(view, room, width)]
    : parts.footer
    ? [message ?? footer(view, room, width)]
    : []
  const above = [...top, ...parts.rules ? [rule("", width)] : []]
  const filler = Array.from({ length: Math.max(0, parts.body - body.rows.length) }, () => emptyRow)
  const shown = state.panel === undefined ? [...filler, ...body.rows] : [...body.rows, ...filler]
  const rows = [...above, ...shown, ...middle, ...prompt.rows].slice(0, height)
  return {
    rows,
    cursor: { row: Math.min(rows.length - prompt.rows.length + prompt.row, height - 1), column: prompt.column }
  }
}

/** How the height is divided: a low screen goes without rules, then without the list of rooms, then without the header. */
const partsOf = (state: ScreenState) => {
  const { height } = state
  const rules = height >= 12
  const hasHeader = height >= 4
  const hasFooter = height >= 3
  const around = (hasHeader ? 1 : 0) + (hasFooter ? 1 : 0) + (rules ? 2 : 0)
  const most = Math.max(1, Math.min(Math.floor(height / 3), height - around - 1))
  const prompt = Math.min(most, draftRowsOf(state).rows.length)
  return { rules, header: hasHeader, footer: hasFooter, prompt, body: Math.max(0, height - around - prompt) }
}

/** The rows of the body of this screen. */
export const bodyHeightOf = (state: ScreenState): number => partsOf(state).body

const promptText = "> "

/** Columns for the text that is typed. */
export const draftColumnsOf = ({ width }: ScreenState): number => Math.max(2, width - promptText.length)

const draftRowsOf = (state: ScreenState) => layOut(state.search?.draft ?? openState(state).draft, draftColumnsOf(state))

/** The rows of the text that is typed, around the cursor. */
const promptOf = (state: ScreenState, height: number) => {
  const { column, row: cursor, rows } = draftRowsOf(state)
  const first = Math.max(0, Math.min(cursor - height + 1, rows.length - height))
  const start = Math.min(first, cursor)
  const look = state.search === undefined ? "strong" : "warning"
  const shown = rows.slice(start, start + height).map((text, at) =>
    row([span(start + at === 0 ? state.search === undefined ? promptText : "? " : "  ", look), span(text)])
  )
  return {
    rows: shown,
    row: cursor - start,
    column: Math.min(promptText.length + column, Math.max(0, state.width - 1))
  }
}

interface Body {
  readonly rows: ReadonlyArray<ScreenRow>
  readonly below: number
}

const bodyOf = (
  state: ScreenState,
  view: ClientView,
  room: RoomView | undefined,
  height: number,
  now: number
): Body => {
  const { panel, width } = state
  if (panel !== undefined) {
    const all = panelRows(panel, { view, room, width, now })
    const from = Math.max(0, Math.min(panel.from, all.length - height))
    return { rows: all.slice(from, from + height), below: Math.max(0, all.length - from - height) }
  }
  if (room === undefined) return { rows: [textRow(` ${withoutRoom(view)}`, "hint")].slice(0, height), below: 0 }
  if (room.refusal !== undefined && room.timeline.lines.length === 0) {
    return { rows: [textRow(` ${harmless(room.refusal)}`, "warning")].slice(0, height), below: 0 }
  }
  return visible(scrolledOf(state, view, room), openState(state).anchor)
}

const withoutRoom = ({ connection }: ClientView): string =>
  connection._tag === "Connected" ? "no room is open: /rooms lists them, /join ROOM enters one" : "no room is open"

/** The entries of the open room, and their rows on this screen. */
export const scrolledOf = (state: ScreenState, view: ClientView, room: RoomView): Scrolled => {
  const self = selfOf(view)
  const { width, zoneMinutes } = state
  const options: RowOptions = {
    width,
    room,
    server: self.server,
    nick: self.nick,
    zoneMinutes,
    found: state.search?.at
  }
  const { divider } = openState(state)
  const entries = entriesOf(room, { zoneMinutes, isIgnored: view.isIgnored, divider })
  const made = new Map<Entry, ReadonlyArray<ScreenRow>>()
  const rowsOnce = (entry: Entry): ReadonlyArray<ScreenRow> => {
    const rows = made.get(entry) ?? rowsOf(entry, options)
    made.set(entry, rows)
    return rows
  }
  return { entries, rowsOf: rowsOnce, height: bodyHeightOf(state) }
}

/** The row above the list of rooms, if there is something to tell. */
const messageOf = (
  state: ScreenState,
  view: ClientView,
  room: RoomView | undefined,
  below: number
): ScreenRow | undefined => {
  const { cycle, message, panel, search, width } = state
  if (message !== undefined) return textRow(` ${shortened(harmless(message), width - 2)}`, "warning")
  if (cycle !== undefined && cycle.candidates.length > 1) return candidatesRow(cycle, width)
  if (search !== undefined) return rule(room === undefined ? "" : searchText(state, view, room), width, "warning")
  if (panel !== undefined) {
    const more = below > 0 ? `, ${below} more rows with PageDown` : ""
    return rule(`${panelTitles[panel._tag]}${more}; Esc closes`, width)
  }
  if (openState(state).anchor !== undefined && below > 0) {
    return rule(`${below} newer below; Esc goes there`, width, "warning")
  }
  return room?.unrecorded.some((post) => post.state === "doubtful") === true
    ? rule("a message may not have arrived: Ctrl-R sends it again, Ctrl-X takes it back", width, "warning")
    : undefined
}

/** The candidates from the chosen one on. */
const candidatesRow = ({ at, candidates }: NonNullable<ScreenState["cycle"]>, width: number): ScreenRow => {
  const shown = candidates.slice(at).concat(candidates.slice(0, at))
  return row([
    span(` ${harmless(shown[0] ?? "")}`, "strong"),
    span(
      shortened(`  ${shown.slice(1).map(harmless).join("  ")}`, Math.max(0, width - (shown[0]?.length ?? 0) - 2)),
      "hint"
    )
  ])
}

const searchText = (state: ScreenState, view: ClientView, room: RoomView): string => {
  const { search } = state
  if (search === undefined || search.draft.text.trim() === "") return "type what to search for; Esc goes back"
  const matches = matchesOf(search.draft.text, room, view)
  const at = matches.findIndex(({ key }) => key === search.at)
  const earlier = room.isWhole ? "" : "; Up at the first one asks for earlier messages"
  if (matches.length === 0) return `no message here has it${room.isWhole ? "" : "; Up asks for earlier ones"}`
  return `${at + 1} of ${matches.length}${earlier}`
}
