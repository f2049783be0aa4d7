/** What a room shows, from the first entry to the last: its lines, with notices, new days, the mark of what is new, and posts not sent yet. */
import { comparePlaces } from "../RoomOrder.ts"
import { keyOfRef, type Line } from "../TimelineLine.ts"
import type { Notice, RoomView, Unrecorded } from "./ClientView.ts"

export type Entry =
  & (
    | {
      readonly _tag: "Line"
      readonly line: Line
      /** The post before it: an answer to it says no more. */
      readonly previous: Line | undefined
      /** Whether it stands right behind that one. */
      readonly isNext: boolean
    }
    | { readonly _tag: "Notice"; readonly notice: Notice }
    | { readonly _tag: "Day"; readonly time: number }
    | { readonly _tag: "New"; readonly count: number }
    | { readonly _tag: "Unrecorded"; readonly post: Unrecorded }
    /** Nothing is before it. */
    | { readonly _tag: "Start" }
    /** More is before it, or is being sent. */
    | { readonly _tag: "Earlier" | "Coming" }
  )
  & {
    /** Of its own among the entries of the room, and the same while it is shown. */
    readonly key: string
  }

/** Where what is new begins: the key of a line, and the number of posts. */
export interface Divider {
  readonly key: string
  readonly count: number
}

export interface EntryOptions {
  /** The time zone of the reader, in minutes east of UTC. */
  readonly zoneMinutes: number
  readonly isIgnored: (author: string) => boolean
  /** That of when the person began to read, while there is nothing newer. */
  readonly divider: Divider | undefined
}

const minuteMillis = 60_000
const minutesOfDay = 1440

export const entriesOf = (room: RoomView, options: EntryOptions): ReadonlyArray<Entry> => {
  const entries: Array<Entry> = [{ _tag: room.isWhole ? "Start" : "Earlier", key: "first" }]
  const divider = dividerOf(room) ?? options.divider
  const notices = room.notices.toSorted((one, other) => compareBehind(one, other))
  let atNotice = 0
  const addNotices = (before: Line | undefined): void => {
    for (; atNotice < notices.length; atNotice++) {
      const notice = notices[atNotice]
      if (notice === undefined || (before !== undefined && !isBefore(notice, before))) return
      entries.push({ _tag: "Notice", key: `notice ${atNotice}`, notice })
    }
  }
  let day: number | undefined
  let previous: Line | undefined
  for (const line of room.timeline.lines) {
    if (options.isIgnored(line.author) && isPost(line)) continue
    addNotices(line)
    const key = keyOfRef(line.ref)
    const itsDay = Math.floor((line.time / minuteMillis + options.zoneMinutes) / minutesOfDay)
    // A late line, and the clock of another server, do not begin a day again.
    if (!line.isLate && (day === undefined || itsDay > day)) {
      day = itsDay
      entries.push({ _tag: "Day", key: `day ${itsDay}`, time: line.time })
    }
    if (divider?.key === key) entries.push({ _tag: "New", key: "new", count: divider.count })
    const last = entries.at(-1)
    const isNext = last?._tag === "Line" && last.line === previous
    entries.push({ _tag: "Line", key, line, previous, isNext })
    if (isPost(line)) previous = line
  }
  addNotices(undefined)
  for (const post of room.unrecorded) {
    if (post.kind === "said" || post.kind === "file") entries.push({ _tag: "Unrecorded", key: `post ${post.n}`, post })
  }
  if (!room.isLive) entries.push({ _tag: "Coming", key: "coming" })
  return entries
}

/** The first post of another person that is not marked as read, and the number of these posts. */
export const dividerOf = (room: RoomView): Divider | undefined => {
  if (room.unread === 0) return undefined
  const first = room.timeline.lines.find((line) =>
    isPost(line) && room.progressOf(line) === undefined && !room.isRead(line)
  )
  return first && { key: keyOfRef(first.ref), count: room.unread }
}

export const isPost = ({ _tag }: Line): boolean => _tag === "Said" || _tag === "File"

const compareBehind = ({ behind: one }: Notice, { behind: other }: Notice): number => {
  if (one === undefined || other === undefined) return (one === undefined ? 0 : 1) - (other === undefined ? 0 : 1)
  return comparePlaces(one, other)
}

/** Whether a notice stands before a line: the event that it stands behind is an earlier one. */
const isBefore = ({ behind }: Notice, line: Line): boolean =>
  behind === undefined || comparePlaces(behind, { clock: line.clock, ...line.ref }) < 0
