/** How a room is called on the page. */
import type { ClientView } from "../protocol/conversation/client/ClientView.ts"
import { peopleOfDirect } from "../protocol/conversation/DirectRoom.ts"

/** `#hall`, and `@bo` for the room of two people, whose name is made of theirs. */
export const titleOf = (room: string, author: string | undefined, server: string): string => {
  const other = peopleOfDirect(room)?.find((person) => person !== author)
  if (other === undefined) return `#${room}`
  return `@${other.endsWith(`@${server}`) ? other.slice(0, -server.length - 1) : other}`
}

/** The person's server and nick, as far as a server has said. */
export const selfOf = ({ connection }: ClientView) => {
  switch (connection._tag) {
    case "Connected":
      return { author: connection.author, nick: connection.nick, server: connection.server }
    case "Connecting":
    case "Lost":
      return { author: undefined, nick: "you", server: connection.server }
    case "Ended":
      return { author: undefined, nick: "you", server: "" }
  }
}
