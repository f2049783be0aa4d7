/** What can stand in the place of a room on the screen: lists that a command or a key asks for. */
import { nameOfPerson } from "../../apps/chat/ChatLines.ts"
import type { ClientView, RoomView } from "../../protocol/conversation/client/ClientView.ts"
import { helpOf } from "../../protocol/conversation/CommandWords.ts"
import { barOf, powerOf } from "../../protocol/conversation/Powers.ts"
import { broken } from "../text/Columns.ts"
import { count, harmless } from "../text/Format.ts"
import { selfOf, titleOf } from "./RoomTitles.ts"
import { keyRows } from "./ScreenKeyTable.ts"
import { type ScreenRow, textRow } from "./ScreenRow.ts"
import type { Panel } from "./ScreenState.ts"

/** What a panel is about. */
export interface PanelContent {
  readonly view: ClientView
  readonly room: RoomView | undefined
  /** Unix time in milliseconds. */
  readonly now: number
}

export interface PanelView extends PanelContent {
  readonly width: number
}

export const panelTitles: Readonly<Record<Panel["_tag"], string>> = {
  Help: "commands",
  Keys: "keys",
  Who: "people",
  Rooms: "rooms of the server",
  Links: "linked servers"
}

/** All rows of a panel, however many. */
export const panelRows = (panel: Panel, shown: PanelView): ReadonlyArray<ScreenRow> =>
  panelLines(panel, shown).flatMap((line) => {
    const indent = /^\S.*? {2,}/.exec(line)?.[0].length ?? 0
    const isTable = indent > 0 && indent < shown.width / 2
    const [first = "", ...others] = broken(line, Math.max(1, shown.width - 1))
    if (others.length === 0 || !isTable) return [first, ...others].map((part) => textRow(` ${part}`))
    const rest = broken(line.slice(indent), Math.max(1, shown.width - 1 - indent))
    return rest.map((part, at) => textRow(` ${at === 0 ? line.slice(0, indent) : " ".repeat(indent)}${part}`))
  })

/** The lines of a panel, in two columns where it is a table. */
export const panelLines = (panel: Panel, { now, room, view }: PanelContent): ReadonlyArray<string> => {
  switch (panel._tag) {
    case "Help":
      return panel.about === undefined ? [...helpOf(), "", "F1 shows the keys"] : helpOf(panel.about)
    case "Keys":
      return keyRows
    case "Who":
      return room === undefined ? ["no room is open"] : peopleOf(room, view, now)
    case "Rooms":
      return view.listed.length === 0 ? ["the server has sent no list of rooms"] : table(view.listed.map((one) => [
        titleOf(one.room, selfOf(view)),
        `${one.access === "public" ? "" : `${one.access}, `}${one.people} here`
      ]))
    case "Links":
      return view.links.length === 0 ? ["the server has no links to others"] : table(view.links.map((link) => [
        harmless(link.server),
        link.isLinked ? "linked" : "not linked now"
      ]))
  }
}

const peopleOf = ({ people, timeline }: RoomView, view: ClientView, now: number): ReadonlyArray<string> => {
  const shown = { view: timeline, server: selfOf(view).server }
  const rows = people.map(({ person, state }) => {
    const power = powerOf(timeline.powers, person)
    const bar = barOf(timeline.powers, person, now)
    const about = [
      ...power === "speaker" ? [] : [power],
      ...bar === undefined ? [] : [bar === "mute" ? "muted" : "banned"],
      ...state === "here" ? [] : [state],
      ...view.isIgnored(person) ? ["ignored by you"] : []
    ]
    return [harmless(nameOfPerson(person, shown)), about.join(", ")]
  })
  return [count(people.length, "person", "people"), ...table(rows)]
}

/** Two columns. */
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const width = Math.max(...rows.map(([first = ""]) => first.length))
  return rows.map(([first = "", second = ""]) => `${first.padEnd(width)}  ${second}`.trimEnd())
}
