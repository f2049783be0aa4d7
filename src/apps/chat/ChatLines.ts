/**
 * The lines of a room for plain programs. A post begins with its author and a colon, every line of it; what the server says begins with a
 * star, so that no post can pass for it.
 */
import { serverOfPerson } from "../../protocol/conversation/EventBody.ts"
import { serverOf } from "../../protocol/conversation/Origin.ts"
import { oneLineOf } from "../../protocol/conversation/PostText.ts"
import type { Timeline } from "../../protocol/conversation/Timeline.ts"
import type { Author, Line, MovedLine } from "../../protocol/conversation/TimelineLine.ts"

/** What the lines are shown in. */
export interface Shown {
  readonly view: Timeline
  /** The name of this server. */
  readonly server: string
}

/** The text of a line. People of other servers have theirs beside their nick. */
export const textOf = (line: Line, { server, view }: Shown): string => {
  const name = ({ author, nick }: Author): string => {
    const own = serverOfPerson(author)
    return own === server ? nick : `${nick}@${own}`
  }
  const named = (person: string): string => name({ author: person, nick: view.nickOf(person) })
  const late = line.isLate ? ` (late, written ${clockOf(line.time)} at ${serverOf(line.ref.origin)})` : ""
  const who = name(line)
  switch (line._tag) {
    case "Said": {
      const answered = line.re === undefined ? undefined : view.lineOf(line.re)
      const to = answered === undefined ? "" : `to ${name(answered)}, `
      const text = `${to}${line.text}${line.isEdited ? " (edited)" : ""}${late}`
      return line.isAction
        ? `* ${who} ${oneLineOf(text)}`
        : text.split("\n").map((part) => `${who}: ${part}`).join("\n")
    }
    case "File":
      return `* ${who} has sent the file ${line.number}: ${oneLineOf(line.file.name)}, ${line.file.bytes} bytes${late}`
    case "Moved":
      return `* ${movesOf(line, name)}`
    case "Made":
      return `* ${who} has made the room`
    case "Topic":
      return `* ${who} has set the topic: ${oneLineOf(line.text)}`
    case "Named":
      return `* ${who} is ${line.name} now`
    case "Power":
      return `* ${who} has made ${named(line.person)} ${line.power}`
    case "Barred":
      return `* ${who} has ${barWords[line.bar]} ${named(line.person)}${reasonOf(line.reason)}`
  }
}

const barWords = { mute: "muted", kick: "removed", ban: "banned", none: "ended the bar of" } as const

export const reasonOf = (reason: string | undefined): string => reason === undefined ? "" : `: ${oneLineOf(reason)}`

const movesOf = ({ joined, left, returned, visited }: MovedLine, name: (one: Author) => string): string =>
  [
    wordsOf(joined, name, "joined"),
    wordsOf(left, name, "left"),
    wordsOf(visited, name, "joined and left"),
    wordsOf(returned, name, "left and joined again")
  ].filter((words) => words !== "").join("; ")

const wordsOf = (people: ReadonlyArray<Author>, name: (one: Author) => string, verb: string): string => {
  if (people.length === 0) return ""
  const names = people.slice(0, mostNames).map(name)
  const others = people.length - names.length
  const all = others > 0 ? [...names, others === 1 ? "1 other" : `${others} others`] : names
  const last = all.at(-1) ?? ""
  return `${all.length === 1 ? last : `${all.slice(0, -1).join(", ")} and ${last}`} ${verb}`
}

/** Names in one line, before the number of the others. */
const mostNames = 5

/** `12:03 UTC`. */
export const clockOf = (time: number): string => {
  const minutes = Math.floor(time / 60_000)
  const digits = (number: number): string => String(number).padStart(2, "0")
  return `${digits(Math.floor(minutes / 60) % 24)}:${digits(minutes % 60)} UTC`
}

/** The name of a person now. */
export const nameOfPerson = (person: string, { server, view }: Shown): string => {
  const own = serverOfPerson(person)
  return own === server ? view.nickOf(person) : `${view.nickOf(person)}@${own}`
}
