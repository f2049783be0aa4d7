/** What a reader is shown of a room: lines, each of which comes from an event, or from several that are folded into one. */
import type { Event, EventRef } from "./Event.ts"
import type { BodyOf } from "./EventBody.ts"

/** A person at a place of the room's order: the name in events, and the nick that it had there. */
export interface Author {
  readonly author: string
  readonly nick: string
}

export interface LineOrigin extends Author {
  readonly ref: EventRef
  /** With `ref` its place in the room's order. */
  readonly clock: number
  /** Unix time in milliseconds by the clock of its server. */
  readonly time: number
  /** It came after lines that stand behind it: it is new to the reader although it is not the last one. */
  readonly isLate: boolean
}

/** A sign, and the names of those who react with it, in the order in which they began. */
export interface Reaction {
  readonly sign: string
  readonly people: ReadonlyArray<string>
}

/** A line that others can answer, and react to. */
interface Post extends LineOrigin {
  readonly re: EventRef | undefined
  readonly reactions: ReadonlyArray<Reaction>
}

export interface SaidLine extends Post {
  readonly _tag: "Said"
  readonly text: string
  readonly isAction: boolean
  readonly isEdited: boolean
}

export interface FileLine extends Post {
  readonly _tag: "File"
  /** That of `/get`: given when the file became known here, and never changed. */
  readonly number: number
  readonly file: BodyOf<"file">
}

/** People who came and went, without another line between them. */
export interface MovedLine extends LineOrigin {
  readonly _tag: "Moved"
  readonly joined: ReadonlyArray<Author>
  readonly left: ReadonlyArray<Author>
  /** Those who came and went again, and those who went and came again. */
  readonly visited: ReadonlyArray<Author>
  readonly returned: ReadonlyArray<Author>
}

export type Line =
  | SaidLine
  | FileLine
  | MovedLine
  | LineOrigin & { readonly _tag: "Made" }
  | LineOrigin & { readonly _tag: "Topic"; readonly text: string }
  /** `nick` is the one before. */
  | LineOrigin & { readonly _tag: "Named"; readonly name: string }
  | LineOrigin & { readonly _tag: "Power" } & BodyOf<"power">
  | LineOrigin & { readonly _tag: "Barred" } & BodyOf<"barred">

/** The text of a reference, for tables. */
export const keyOfRef = ({ origin, seq }: Pick<Event, "origin" | "seq">): string => `${origin}/${seq}`

/** Adjacent moves as one line each. */
export const folded = (lines: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const result: Array<Line> = []
  for (const line of lines) {
    const last = result.at(-1)
    if (line._tag === "Moved" && last?._tag === "Moved") result[result.length - 1] = joinedMoves(last, line)
    else result.push(line)
  }
  return result.filter((line) => line._tag !== "Moved" || moversOf(line).length > 0)
}

const moversOf = ({ joined, left, returned, visited }: MovedLine): ReadonlyArray<Author> => [
  ...joined,
  ...left,
  ...visited,
  ...returned
]

/** Two lines as one: of each person, whether they were there before, and are there after. */
const joinedMoves = (one: MovedLine, other: MovedLine): MovedLine => {
  const moves = new Map<string, { readonly person: Author; readonly before: boolean; readonly after: boolean }>()
  for (const line of [one, other]) {
    const note = (people: ReadonlyArray<Author>, before: boolean, after: boolean) => {
      for (const person of people) {
        moves.set(person.author, { person, before: moves.get(person.author)?.before ?? before, after })
      }
    }
    note(line.joined, false, true)
    note(line.left, true, false)
    note(line.visited, false, false)
    note(line.returned, true, true)
  }
  const those = (before: boolean, after: boolean) =>
    Array.from(moves.values()).filter((move) => move.before === before && move.after === after).map(({ person }) =>
      person
    )
  return {
    ...one,
    isLate: one.isLate || other.isLate,
    joined: those(false, true),
    left: those(true, false),
    visited: those(false, false),
    returned: those(true, true)
  }
}
