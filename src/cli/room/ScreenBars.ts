/** The rows around a room on the screen: the header, the list of rooms, and the news at the right edge of that. */
import { nameOfPerson } from "../../apps/chat/ChatLines.ts"
import type { ClientView, RoomView } from "../../protocol/conversation/client/ClientView.ts"
import { harmless, listed } from "../text/Format.ts"
import { cut, shortened, widthOf } from "../text/Width.ts"
import { selfOf, titleOf } from "./RoomTitles.ts"
import { row, type ScreenRow, type Span, span, widthOfSpans } from "./ScreenRow.ts"

/** ` hall@alpha · 7 here · alpha ⇄ beta          topic: release on Friday`. */
export const header = (view: ClientView, room: RoomView | undefined, width: number): ScreenRow => {
  const self = selfOf(view)
  const server = harmless(self.server)
  const title = room === undefined ? server : `${titleOf(room.room, self).replace(/^#/, "")}@${server}`
  const name = room !== undefined && room.access === "direct" ? titleOf(room.room, self) : title
  const parts = [
    span(` ${shortened(name, width - 2)}`, "strong"),
    ...stateOf(view, room).map(({ look, text }) => span(` · ${text}`, look))
  ]
  const shown = parts.filter((_, at) => widthOfSpans(parts.slice(0, at + 1)) < width)
  const topic = room?.timeline.topic
  const rest = width - widthOfSpans(shown) - 4
  if (topic === undefined || topic === "" || rest < leastTopic) return row(shown)
  return row(shown, [span(`${shortened(`topic: ${harmless(topic.replaceAll(/\s+/g, " "))}`, rest)} `)])
}

/** Columns of a topic that is worth showing. */
const leastTopic = 12

const stateOf = (view: ClientView, room: RoomView | undefined): ReadonlyArray<Span> => {
  const { connection, links } = view
  switch (connection._tag) {
    case "Connecting":
      return [span("connecting …", "warning")]
    case "Lost":
      return [span(`not connected: ${harmless(connection.reason)}; trying again`, "warning")]
    case "Ended":
      return [span(harmless(connection.reason), "error")]
    case "Connected": {
      const linked = links.filter(({ isLinked }) => isLinked).map(({ server }) => harmless(server))
      const others = links.filter(({ isLinked }) => !isLinked).map(({ server }) => harmless(server))
      return [
        ...room === undefined ? [] : [span(`${room.people.length} here`)],
        ...links.length === 0 ? [] : [span([harmless(connection.server), ...linked].join(" ⇄ "))],
        ...others.length === 0 ? [] : [span(`without ${listed(others)}`, "warning")]
      ]
    }
  }
}

/** ` #hall  #words·3  @bo·1`, and at the right edge what the person waits for. */
export const footer = (view: ClientView, room: RoomView | undefined, width: number): ScreenRow => {
  const right = waitingOf(view, room)
  const edge = right === "" || width < leastFooter ? [] : [span(` ${shortened(right, Math.floor(width / 2))} `, "hint")]
  return row(roomsRow(view, room, width - widthOfSpans(edge)), edge)
}

/** Columns of a screen with more than the rooms in this row. */
const leastFooter = 40

/** The list of rooms around the open one. */
const roomsRow = (view: ClientView, open: RoomView | undefined, width: number): ReadonlyArray<Span> => {
  const self = selfOf(view)
  const items = view.rooms.map((one) => {
    const count = one === open || one.unread === 0 ? "" : `·${one.unread}`
    const look = one === open ? "strong" as const : count === "" ? "plain" as const : "warning" as const
    return span(cut(`${titleOf(one.room, self)}${count}`, Math.max(1, width - 4)), look)
  })
  let first = 0
  const at = open === undefined ? 0 : view.rooms.indexOf(open)
  const widthTo = (from: number): number =>
    items.slice(from, at + 1).reduce((sum, { text }) => sum + widthOf(text) + 2, 2)
  while (first < at && widthTo(first) > width - 2) first++
  return [span(first > 0 ? "…" : " "), ...items.slice(first).flatMap((one) => [one, span("  ")])]
}

/** `ala, gamma does not have your last message yet`, or who is typing. */
const waitingOf = (view: ClientView, room: RoomView | undefined): string => {
  const self = selfOf(view)
  const nick = harmless(self.nick)
  if (room === undefined) return nick
  const unsent = room.unrecorded.length
  if (unsent > 0) return `${nick}, ${unsent} not sent yet`
  const last = room.timeline.lines.findLast((line) => room.progressOf(line) !== undefined)
  const behind = view.links.filter(({ isLinked }) => !isLinked).map(({ server }) => harmless(server))
  if (last !== undefined && room.progressOf(last) === "recorded" && behind.length > 0) {
    return `${nick}, ✓✓ waits for ${listed(behind)}`
  }
  const shown = { view: room.timeline, server: self.server }
  const typing = room.people.filter(({ person, state }) => state === "typing" && person !== self.author)
  if (typing.length === 0) return nick
  const [one] = typing
  return one !== undefined && typing.length === 1
    ? `${harmless(nameOfPerson(one.person, shown))} is typing`
    : `${typing.length} are typing`
}
