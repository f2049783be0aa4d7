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
export const textOf = (line: Line, shown: Shown): string => {
  const late = line.isLate ? ` (late, written ${clockOf(line.time)} at ${serverOf(line.ref.origin)})` : ""
  const who = nameOfAuthor(line, shown)
  switch (line._tag) {
    case "Said": {
      const answered = line.re === undefined ? undefined : shown.view.lineOf(line.re)
      const to = answered === undefined ? "" : `to ${nameOfAuthor(answered, shown)}, `
      const text = `${to}${line.text}${line.isEdited ? " (edited)" : ""}${late}`
      return line.isAction
        ? `* ${who} ${oneLineOf(text)}`
        : text.split("\n").map((part) => `${who}: ${part}`).join("\n")
    }
    case "File":
      return `* ${who} has sent the file ${line.number}: ${oneLineOf(line.file.name)}, ${line.file.bytes} bytes${late}`
    default:
      return `* ${changeOf(line, shown)}`
  }
}

/** What a line that is no post says has changed in the room, without a full stop: `bo@beta joined`. */
export const changeOf = (line: Exclude<Line, { readonly _tag: "Said" | "File" }>, shown: Shown): string => {
  const who = nameOfAuthor(line, shown)
  switch (line._tag) {
    case "Moved":
      return movesOf(line, (one) => nameOfAuthor(one, shown))
    case "Made":
      return `${who} has made the room`
    case "Topic":
      return `${who} has set the topic: ${oneLineOf(line.text)}`
    case "Named":
      return `${who} is ${line.name} now`
    case "Power":
      return `${who} has made ${nameOfPerson(line.person, shown)} ${line.power}`
    case "Barred":
      return `${who} has ${barWords[line.bar]} ${nameOfPerson(line.person, shown)}${reasonOf(line.reason)}`
  }
}

const barWords = { mute: "muted", kick: "removed", ban: "banned", none: "ended the bar of" } as const

export const reasonOf = (reason: string | undefined): string => reason === undefined ? "" : `: ${oneLineOf(reason)}`

const movesOf = ({ joined, left, returned, visited }: MovedLine, name: (one: Author) => string): string =>
  [
    movedOf(joined.map(name), joined.length, "joined"),
    movedOf(left.map(name), left.length, "left"),
    movedOf(visited.map(name), visited.length, "joined and left"),
    movedOf(returned.map(name), returned.length, "left and joined again")
  ].filter((words) => words !== "").join("; ")

/** `bo, cyr and 2 others left`, of the first names of so many people; empty for none. */
export const movedOf = (names: ReadonlyArray<string>, count: number, verb: string): string => {
  if (count === 0) return ""
  const first = names.slice(0, mostNames)
  const others = count - first.length
  const all = others > 0 ? [...first, others === 1 ? "1 other" : `${others} others`] : first
  const last = all.at(-1) ?? ""
  return `${all.length === 1 ? last : `${all.slice(0, -1).join(", ")} and ${last}`} ${verb}`.trimEnd()
}

/** Names in one line, before the number of the others. */
const mostNames = 5

/** `12:03 UTC`. */
export const clockOf = (time: number): string => {
  const minutes = Math.floor(time / 60_000)
  const digits = (number: number): string => String(number).padStart(2, "0")
  return `${digits(Math.floor(minutes / 60) % 24)}:${digits(minutes % 60)} UTC`
}

/** The name that a person had at a place of the room. */
export const nameOfAuthor = ({ author, nick }: Author, { server }: Shown): string => {
  const own = serverOfPerson(author)
  return own === server ? nick : `${nick}@${own}`
}

/** The name of a person now. */
export const nameOfPerson = (person: string, shown: Shown): string =>
  nameOfAuthor({ author: person, nick: shown.view.nickOf(person) }, shown)
