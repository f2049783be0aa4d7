/** Rooms as lines, for a terminal without a whole screen, and for a pipe: each line is shown once, when it is recorded. */
import { changeOf, movedOf, nameOfPerson, type Shown, textOf } from "../../apps/chat/ChatLines.ts"
import type { ClientEvent, ClientView, Notice, RoomView } from "../../protocol/conversation/client/ClientView.ts"
import { dividerOf } from "../../protocol/conversation/client/RoomEntries.ts"
import type { Answer } from "../../protocol/conversation/client/TypedLine.ts"
import type { Event } from "../../protocol/conversation/Event.ts"
import { keyOfRef, type Line } from "../../protocol/conversation/TimelineLine.ts"
import { panelLines } from "./Panels.ts"
import { selfOf, titleOf } from "./RoomTitles.ts"
import { matchesOf } from "./ScreenSearch.ts"
import { clockOf } from "./ScreenTime.ts"

/** Posts that an answer to `/search` lists: the newest ones. */
const listedMatches = 20

/** What the lines depend on beside their rooms. */
export interface LinesAround {
  readonly view: ClientView
  /** Unix time in milliseconds. */
  readonly now: number
  readonly zoneMinutes: number
}

export class RoomLines {
  /** The room that typed lines are said in. */
  open: string | undefined
  readonly #begun = new Set<string>()
  readonly #notices = new WeakSet<Notice>()

  constructor(room: string | undefined) {
    this.open = room
  }

  /** What has happened, as texts of one or more lines. */
  textsOf(events: ReadonlyArray<ClientEvent>, around: LinesAround): ReadonlyArray<string> {
    const { rooms } = around.view
    const news = events.flatMap((event) => this.#textsOfEvent(event, around))
    const histories = rooms.flatMap((room) => this.#history(room, around))
    return [...news, ...histories, ...rooms.flatMap((room) => this.#noticesOf(room, around))]
  }

  /** What a typed line has done. */
  textsOfAnswer(
    answer: Exclude<Answer, { readonly _tag: "File" | "Get" }>,
    around: LinesAround
  ): ReadonlyArray<string> {
    const room = around.view.rooms.find((one) => one.room === this.open)
    const shown = { view: around.view, room, now: around.now }
    switch (answer._tag) {
      case "Done":
        return []
      case "Told":
      case "Wrong":
        return [`* ${answer.text}`]
      case "Enter":
        this.open = answer.room
        return [`* you are in ${titleOf(answer.room, selfOf(around.view))}`]
      case "Left":
        this.#begun.delete(answer.room)
        if (this.open === answer.room) this.open = around.view.rooms[0]?.room
        return [`* you have left ${titleOf(answer.room, selfOf(around.view))}`]
      case "Show":
        // The list of rooms comes later.
        return answer.what === "rooms"
          ? []
          : panelLines({ _tag: answer.what === "people" ? "Who" : "Links", from: 0 }, shown)
      case "Help":
        return panelLines({ _tag: "Help", about: answer.about, from: 0 }, shown)
      case "Search":
        return room === undefined ? [] : this.#found(answer.text, room, around)
    }
  }

  #textsOfEvent(event: ClientEvent, around: LinesAround): ReadonlyArray<string> {
    const { view } = around
    switch (event._tag) {
      case "Recorded": {
        const room = view.rooms.find((one) => one.room === event.event.room)
        return room === undefined || !this.#begun.has(room.room) ? [] : this.#recorded(room, event.event, around)
      }
      case "Listed":
        return panelLines({ _tag: "Rooms", from: 0 }, { view, room: undefined, now: around.now })
      case "Refused":
        return event.room === undefined ? [`* ${event.reason}`] : []
      default:
        return []
    }
  }

  /** What a room begins with, once all of it has come. */
  #history(room: RoomView, around: LinesAround): ReadonlyArray<string> {
    if (!room.isLive || this.#begun.has(room.room)) return []
    this.#begun.add(room.room)
    this.open ??= room.room
    const divider = dividerOf(room)
    return room.timeline.lines.flatMap((line) => [
      ...divider?.key === keyOfRef(line.ref) ? [`-- ${divider.count} new --`] : [],
      ...around.view.isIgnored(line.author) ? [] : [this.#text(line, room, around)]
    ])
  }

  /** A post of this person stands where it was typed. */
  #recorded(room: RoomView, event: Event, around: LinesAround): ReadonlyArray<string> {
    const isChange = event.kind === "edited" && event.re !== undefined
    const line = room.timeline.lineOf(isChange ? event.re : event)
    if (line === undefined || around.view.isIgnored(line.author)) return []
    return room.progressOf(line) !== undefined && line._tag === "Said" ? [] : [this.#text(line, room, around)]
  }

  #text(line: Line, room: RoomView, around: LinesAround): string {
    const shown = shownOf(room, around)
    const isPost = line._tag === "Said" || line._tag === "File"
    return this.#inRoom(room, line.time, isPost ? textOf(line, shown) : `* ${changeOf(line, shown)}`, around)
  }

  /** `12:01 [#words] ala: yes`; the room only where there are several. */
  #inRoom({ room }: RoomView, time: number, text: string, { view, zoneMinutes }: LinesAround): string {
    const start = `${clockOf(time, zoneMinutes)} ${view.rooms.length > 1 ? `[${titleOf(room, selfOf(view))}] ` : ""}`
    return text.split("\n").map((part) => start + part).join("\n")
  }

  #noticesOf(room: RoomView, around: LinesAround): ReadonlyArray<string> {
    return room.notices.flatMap((notice) => {
      if (this.#notices.has(notice)) return []
      this.#notices.add(notice)
      const text = noticeText(notice, shownOf(room, around))
      return text === "" ? [] : [this.#inRoom(room, notice.time, `* ${text}`, around)]
    })
  }

  #found(text: string, room: RoomView, around: LinesAround): ReadonlyArray<string> {
    const keys = new Set(matchesOf(text, room, around.view).slice(-listedMatches).map(({ key }) => key))
    if (keys.size === 0) return ["* no message here has it"]
    return room.timeline.lines.filter(({ ref }) => keys.has(keyOfRef(ref))).map((line) =>
      this.#text(line, room, around)
    )
  }
}

const shownOf = (room: RoomView, { view }: LinesAround): Shown => ({ view: room.timeline, server: selfOf(view).server })

const noticeText = (notice: Notice, shown: Shown): string => {
  const names = (people: ReadonlyArray<string>, server = shown.server) =>
    people.map((person) => nameOfPerson(person, { ...shown, server }))
  switch (notice.kind) {
    case "moved":
      return [
        movedOf(names(notice.joined), notice.joinedCount, "joined"),
        movedOf(names(notice.left), notice.leftCount, "left")
      ].filter((part) => part !== "").join("; ")
    case "away": {
      const people = movedOf(names(notice.left, notice.server), notice.leftCount, "")
      return `${notice.server} is away${people === "" ? "" : `: ${people}`}`
    }
    case "back":
      return `${notice.server} is back`
    case "lost":
      return `not connected to ${notice.server}: ${notice.text}`
    default:
      return notice.text ?? ""
  }
}
