/** The rows of an entry of a room: a column of times, one of names, one of texts, and the marks of own posts at the right edge. */
import { changeOf, movedOf, nameOfAuthor, nameOfPerson, type Shown } from "../../apps/chat/ChatLines.ts"
import type { Notice, Progress, RoomView, Unrecorded } from "../../protocol/conversation/client/ClientView.ts"
import type { Entry } from "../../protocol/conversation/client/RoomEntries.ts"
import type { FileLine, Line, Reaction, SaidLine } from "../../protocol/conversation/TimelineLine.ts"
import { broken, filled } from "../text/Columns.ts"
import { harmless, size } from "../text/Format.ts"
import { shortened, widthOf } from "../text/Width.ts"
import { type Look, row, rule, type ScreenRow, type Span, span, textRow, widthOfSpans } from "./ScreenRow.ts"
import { clockOf, dayOf } from "./ScreenTime.ts"

export interface RowOptions {
  readonly width: number
  readonly room: RoomView
  /** The person's server, and the person's nick there. */
  readonly server: string
  readonly nick: string
  readonly zoneMinutes: number
  /** The key of an entry that a search has found. */
  readonly found: string | undefined
}

export const rowsOf = (entry: Entry, options: RowOptions): ReadonlyArray<ScreenRow> => {
  const rows = plainRowsOf(entry, options)
  return entry.key === options.found ? rows.map((one, at) => highlighted(one, at === 0)) : rows
}

const plainRowsOf = (entry: Entry, options: RowOptions): ReadonlyArray<ScreenRow> => {
  const { width } = options
  switch (entry._tag) {
    case "Line":
      return lineRows(entry.line, entry.previous, options)
    case "Notice":
      return noticeRows(entry.notice, options)
    case "Day":
      return [rule(dayOf(entry.time, options.zoneMinutes), width)]
    case "New":
      return [rule(`${entry.count} new`, width, "warning")]
    case "Unrecorded":
      return unrecordedRows(entry.post, options)
    case "Start":
      return [textRow(" this is the beginning of the room", "hint")]
    case "Earlier":
      return [
        textRow(
          ` ${options.room.isReadingPast ? "earlier messages are coming …" : "PageUp shows earlier messages"}`,
          "hint"
        )
      ]
    case "Coming":
      return [textRow(" the messages of this room are coming …", "hint")]
  }
}

/** The columns of a screen: a narrow one has no times, and names in the same column as texts. */
const columnsOf = (width: number) => {
  const name = width >= 100 ? 16 : width >= 72 ? 12 : width >= 45 ? 8 : 0
  const before = name === 0 ? 0 : timeColumns + name + 1
  return { name, before, text: Math.max(1, width - before - markColumns) }
}

/** ` 12:01  `. */
const timeColumns = 8
/** ` ✓✓`. */
const markColumns = 3

const marks: Readonly<Record<Progress | Unrecorded["state"], Span>> = {
  waiting: span("… ", "hint"),
  sent: span("… ", "hint"),
  recorded: span("✓ ", "hint"),
  everywhere: span("✓✓", "success"),
  doubtful: span("? ", "warning")
}

const lineRows = (line: Line, previous: Line | undefined, options: RowOptions): ReadonlyArray<ScreenRow> => {
  const shown = shownOf(options)
  const progress = options.room.progressOf(line)
  const late = line.isLate ? `late, written ${clockOf(line.time, options.zoneMinutes)} there` : undefined
  const right = late !== undefined ? [span(late, "hint")] : progress === undefined ? [] : [marks[progress]]
  const who: Span = span(harmless(nameOfAuthor(line, shown)), progress === undefined ? "received" : "sent")
  switch (line._tag) {
    case "Said": {
      const texts = [...quote(line, previous, options), ...saidTexts(line, previous, who.text)]
      const all = [...texts, ...reactions(line.reactions, shown)]
      return posted({ time: line.time, who: line.isAction ? span("*", who.look) : who, texts: all, right }, options)
    }
    case "File": {
      const { file, number } = line
      const about = `${answerSign(line, previous)}${harmless(file.name)}  ${size(file.bytes)}   /get ${number}`
      const texts = [...quote(line, previous, options), plain(about), ...textsOf(file.text)]
      return posted({ time: line.time, who, texts: [...texts, ...reactions(line.reactions, shown)], right }, options)
    }
    default:
      return changed(line.time, harmless(changeOf(line, shown)), options)
  }
}

const saidTexts = (line: SaidLine, previous: Line | undefined, name: string): ReadonlyArray<Text> => {
  const [first = plain(""), ...others] = textsOf(line.text)
  const start = answerSign(line, previous) + (line.isAction ? `${name} ` : "")
  const texts = [{ ...first, text: start + first.text }, ...others]
  const last = texts.at(-1)
  return line.isEdited && last !== undefined ? [...texts.slice(0, -1), { ...last, behind: " (edited)" }] : texts
}

/** A line of a post, before it is broken into rows; `behind` is a hint at its end. */
interface Text {
  readonly text: string
  readonly look: Look
  readonly behind?: string
}

const plain = (text: string): Text => ({ text, look: "plain" })
const hint = (text: string): Text => ({ text, look: "hint" })

const textsOf = (text: string | undefined): ReadonlyArray<Text> =>
  text === undefined || text === "" ? [] : text.split("\n").map((one) => plain(harmless(one.replaceAll("\t", "    "))))

/** An answer that stands under what it answers has a sign only. */
const answerSign = ({ re }: SaidLine | FileLine, previous: Line | undefined): string =>
  re !== undefined && isSame(re, previous) ? "↳ " : ""

/** What an answer is about, unless it stands just above. */
const quote = (
  { re }: SaidLine | FileLine,
  previous: Line | undefined,
  options: RowOptions
): ReadonlyArray<Text> => {
  if (re === undefined || isSame(re, previous)) return []
  const answered = options.room.timeline.lineOf(re)
  if (answered === undefined) return [hint("↳ an earlier message")]
  const about = answered._tag === "Said" ? answered.text : answered._tag === "File" ? answered.file.name : ""
  const text = `↳ ${nameOfAuthor(answered, shownOf(options))}: ${harmless(about.split("\n", 1)[0] ?? "")}`
  return [hint(shortened(harmless(text), columnsOf(options.width).text))]
}

const isSame = (re: { readonly origin: string; readonly seq: number }, line: Line | undefined): boolean =>
  line?.ref.origin === re.origin && line.ref.seq === re.seq

/** People of a reaction that are named. */
const namedPeople = 3

const reactions = (given: ReadonlyArray<Reaction>, shown: Shown): ReadonlyArray<Text> => {
  if (given.length === 0) return []
  const each = given.map(({ people, sign }) => {
    const names = people.slice(0, namedPeople).map((person) => nameOfPerson(person, shown))
    return `${harmless(sign.replaceAll("\n", " "))} ${harmless(movedOf(names, people.length, ""))}`
  })
  return [hint(each.join("   "))]
}

interface Posted {
  readonly time: number
  readonly who: Span
  readonly texts: ReadonlyArray<Text>
  readonly right: ReadonlyArray<Span>
}

/** The rows of a post; what stands at the right edge is in the last row with room for it. */
const posted = ({ right, texts, time, who }: Posted, options: RowOptions): ReadonlyArray<ScreenRow> => {
  const { before, name, text } = columnsOf(options.width)
  const inline = name === 0 ? shortened(who.text, Math.max(1, options.width - 6)) : ""
  const lines = inline === "" ? texts : withName(texts, inline)
  const margin = span(" ".repeat(before))
  const rows = lines.flatMap(({ behind = "", look, text: line }) => {
    const parts = broken(line, text)
    const last = parts.at(-1) ?? ""
    const fits = widthOf(last + behind) <= text
    const shown = parts.map((part, at) => [
      margin,
      span(part, look),
      ...fits && at === parts.length - 1 && behind !== "" ? [span(behind, "hint")] : []
    ])
    return fits ? shown : [...shown, [margin, span(shortened(behind.trim(), text), "hint")]]
  })
  const [first = [], ...others] = rows
  const start = name === 0
    ? first.flatMap((one, at) => at === 1 ? named(one, inline, who.look) : [one])
    : [
      span(` ${clockOf(time, options.zoneMinutes)}  `, "hint"),
      span(`${filled(who.text, name)} `, who.look),
      ...first.slice(1)
    ]
  return withEdge([start, ...others], right, options.width)
}

const withName = ([first = plain(""), ...others]: ReadonlyArray<Text>, name: string): ReadonlyArray<Text> => [
  { ...first, text: `${name}${name === "*" ? "" : ":"} ${first.text}` },
  ...others
]

/** The name at the beginning of a row in its colour. */
const named = (whole: Span, name: string, look: Look): ReadonlyArray<Span> =>
  whole.text.startsWith(name) ? [span(name, look), span(whole.text.slice(name.length), whole.look)] : [whole]

const withEdge = (
  rows: ReadonlyArray<ReadonlyArray<Span>>,
  right: ReadonlyArray<Span>,
  width: number
): ReadonlyArray<ScreenRow> => {
  const last = rows.at(-1) ?? []
  const fits = right.length === 0 || widthOfSpans(last) + widthOfSpans(right) < width
  const shown = rows.map((one, at) => row(one, fits && at === rows.length - 1 ? right : []))
  return fits ? shown : [...shown, row([], right)]
}

/** A line that is no post: in the column of names. */
const changed = (time: number, text: string, options: RowOptions, look: Look = "hint"): ReadonlyArray<ScreenRow> => {
  const { name } = columnsOf(options.width)
  const columns = name === 0 ? 0 : timeColumns
  return broken(text, Math.max(1, options.width - columns - 1)).map((part, at) => {
    const start = at === 0 && columns > 0 ? ` ${clockOf(time, options.zoneMinutes)}  ` : " ".repeat(columns)
    return row([span(start, "hint"), span(part, look)])
  })
}

const noticeRows = (notice: Notice, options: RowOptions): ReadonlyArray<ScreenRow> => {
  const { width, zoneMinutes } = options
  const names = (people: ReadonlyArray<string>) => people.map((person) => nameAt(person, notice.server, options))
  const server = harmless(notice.server ?? "")
  switch (notice.kind) {
    case "moved": {
      const parts = [
        movedOf(names(notice.joined), notice.joinedCount, "joined"),
        movedOf(names(notice.left), notice.leftCount, "left")
      ]
      return changed(notice.time, harmless(parts.filter((part) => part !== "").join("; ")), options)
    }
    case "away": {
      const people = movedOf(names(notice.left), notice.leftCount, "")
      const since = `${server} is away since ${clockOf(notice.time, zoneMinutes)}`
      return ruled(people === "" ? since : `${since}: ${harmless(people)}`, width, "warning")
    }
    case "back":
      return ruled(`${server} is back`, width, "hint")
    case "lost":
      return ruled(
        harmless(`not connected to ${server}: ${notice.text ?? "the connection was lost"}`),
        width,
        "warning"
      )
    case "resumed":
      return ruled(harmless(notice.text ?? "the connection is back"), width, "hint")
    case "refused":
      return changed(notice.time, harmless(notice.text ?? ""), options, "warning")
    case "told":
      return changed(notice.time, harmless(notice.text ?? ""), options, "plain")
  }
}

/** In a line about a server, its people have no server beside their nick. */
const nameAt = (person: string, server: string | undefined, options: RowOptions): string =>
  nameOfPerson(person, server === undefined ? shownOf(options) : { ...shownOf(options), server })

/** A text within a rule; a long one takes more rows. */
const ruled = (text: string, width: number, look: Look): ReadonlyArray<ScreenRow> => {
  if (widthOf(text) + 4 <= width) return [rule(text, width, look)]
  return broken(text, Math.max(1, width - 3)).map((part, at) => textRow(`${at === 0 ? "── " : "   "}${part}`, look))
}

const unrecordedRows = ({ body, kind, state, time }: Unrecorded, options: RowOptions): ReadonlyArray<ScreenRow> => {
  const text = kind === "file" ? body["name"] : body["text"]
  const texts = typeof text === "string" ? textsOf(text) : []
  const who = span(harmless(options.nick), "sent")
  return posted({ time, who, texts: texts.map((one) => hint(one.text)), right: [marks[state]] }, options)
}

const highlighted = (shown: ScreenRow, isFirst: boolean): ScreenRow => {
  const left = shown.left.map(({ text }) => span(text, "warning"))
  const [start = span(""), ...others] = left
  return row(
    isFirst && start.text.startsWith(" ") ? [span(`>${start.text.slice(1)}`, "warning"), ...others] : left,
    shown.right
  )
}

const shownOf = ({ room, server }: RowOptions): Shown => ({ view: room.timeline, server })
