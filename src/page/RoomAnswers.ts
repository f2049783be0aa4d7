/** What the page shows after a line that was typed in a room, and the lists beside it. */
import { nameOfAuthor, nameOfPerson } from "../apps/chat/ChatLines.ts"
import type { RoomView } from "../protocol/conversation/client/ClientView.ts"
import type { Answer } from "../protocol/conversation/client/TypedLine.ts"
import { helpOf } from "../protocol/conversation/CommandWords.ts"
import { powerOf } from "../protocol/conversation/Powers.ts"

export interface ShownAnswer {
  /** A sentence without a full stop. */
  readonly notice?: string
  /** The line was wrong: it stays where it was typed. */
  readonly isWrong?: boolean
  /** The room to show. */
  readonly room?: string
  /** Lines in the place of a part of the room. */
  readonly list?: { readonly title: string; readonly lines: ReadonlyArray<string> }
  /** Rooms, people and links, which a narrow page does not show always. */
  readonly isAside?: boolean
}

/** `room` is the open one, `server` that of the person. */
export const shownAfter = (answer: Answer, room: RoomView | undefined, server: string): ShownAnswer => {
  switch (answer._tag) {
    case "Done":
    case "Left":
      return {}
    case "Told":
      return { notice: answer.text }
    case "Wrong":
      return { notice: answer.text, isWrong: true }
    case "Enter":
      return { room: answer.room }
    case "Show":
      return { isAside: true }
    case "Help":
      return { list: { title: "Commands", lines: helpOf(answer.about) } }
    case "Search":
      return room === undefined ? {} : { list: foundIn(room, answer.text, server) }
    case "File":
    case "Get":
      return { notice: "a page has no paths: files are sent and fetched in a terminal, with holub join", isWrong: true }
  }
}

/** Posts that a search lists, at most: the newest. */
const mostFound = 50

const foundIn = ({ timeline }: RoomView, text: string, server: string): NonNullable<ShownAnswer["list"]> => {
  const wanted = text.toLowerCase()
  const found = timeline.lines.flatMap((line) =>
    line._tag === "Said" && line.text.toLowerCase().includes(wanted) ? [line] : []
  )
  return {
    title: `${found.length} found`,
    lines: found.slice(-mostFound).map((line) => `${nameOfAuthor(line, { view: timeline, server })}: ${line.text}`)
  }
}

/** The people of a room with their names, powers and states. */
export const peopleOf = ({ people, timeline }: RoomView, server: string) =>
  people.map(({ person, state }) => {
    const power = powerOf(timeline.powers, person)
    return {
      person,
      state,
      name: nameOfPerson(person, { view: timeline, server }),
      power: power === "speaker" ? undefined : power
    }
  })
