/** How rooms and people are called on the screen. */
import { nameOfAuthor, nameOfPerson } from "../../apps/chat/ChatLines.ts"
import type { ClientView, RoomView } from "../../protocol/conversation/client/ClientView.ts"
import { isPost } from "../../protocol/conversation/client/RoomEntries.ts"
import { peopleOfDirect } from "../../protocol/conversation/DirectRoom.ts"
import { harmless } from "../text/Format.ts"

/** The person of this program, as far as a server has said. */
export interface Self {
  readonly author: string | undefined
  readonly nick: string
  readonly server: string
}

export const selfOf = ({ connection }: ClientView): Self => {
  switch (connection._tag) {
    case "Connected":
      return connection
    case "Connecting":
    case "Lost":
      return { author: undefined, nick: "you", server: connection.server }
    case "Ended":
      return { author: undefined, nick: "you", server: "" }
  }
}

/** `#hall`, and `@bo` for the room of two people. */
export const titleOf = (room: string, self: Self): string => {
  const other = peopleOfDirect(room)?.find((person) => person !== self.author)
  if (other === undefined) return `#${harmless(room)}`
  const [nick, server] = [other.slice(0, other.lastIndexOf("@")), other.slice(other.lastIndexOf("@") + 1)]
  return harmless(`@${server === self.server ? nick : other}`)
}

/** People who can be named in a room, those who have spoken last first. */
export const namesIn = ({ people, timeline }: RoomView, self: Self): ReadonlyArray<string> => {
  const shown = { view: timeline, server: self.server }
  const names = new Set<string>()
  for (const line of timeline.lines.toReversed()) {
    if (isPost(line) && line.author !== self.author) names.add(nameOfAuthor(line, shown))
  }
  for (const { person } of people) if (person !== self.author) names.add(nameOfPerson(person, shown))
  return [...names]
}
