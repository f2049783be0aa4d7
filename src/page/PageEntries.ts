/** What a room shows on the page, from the first entry to the last: its lines, with notices, new days, where the new ones begin, and posts not sent yet. */
import type { Notice, RoomView, Unrecorded } from "../protocol/conversation/client/ClientView.ts"
import { comparePlaces } from "../protocol/conversation/RoomOrder.ts"
import { keyOfRef, type Line } from "../protocol/conversation/TimelineLine.ts"

export type PageEntry =
  & (
    | {
      readonly _tag: "Line"
      readonly line: Line
      /** It follows a line of the same person soon after: the name is not shown again. */
      readonly isContinued: boolean
    }
    | { readonly _tag: "Notice"; readonly notice: Notice }
    | { readonly _tag: "Day"; readonly time: number }
    | { readonly _tag: "New"; readonly count: number }
    | { readonly _tag: "Unrecorded"; readonly post: Unrecorded }
  )
  & {
    /** Of its own among the entries of the room, and the same while it is shown. */
    readonly key: string
  }

/** Where what is new begins: the key of a line, and the number of posts. */
export interface NewFrom {
  readonly key: string
  readonly count: number
}

export interface EntryOptions {
  /** East of UTC. */
  readonly zoneMinutes: number
  readonly isIgnored: (author: string) => boolean
  /** That of when the person began to read, while there is nothing newer. */
  readonly newFrom: NewFrom | undefined
}

export const entriesOf = (
  room: RoomView,
  { isIgnored, newFrom, zoneMinutes }: EntryOptions
): ReadonlyArray<PageEntry> => {
  const entries: Array<PageEntry> = []
  const start = newFromOf(room) ?? newFrom
  const notices = room.notices.toSorted(compareBehind)
  let shown = 0
  const addNotices = (before: Line | undefined): boolean => {
    const first = shown
    for (; shown < notices.length; shown++) {
      const notice = notices[shown]
      if (notice === undefined || (before !== undefined && !isBefore(notice, before))) break
      entries.push({ _tag: "Notice", key: `notice ${shown} ${notice.time}`, notice })
    }
    return shown > first
  }
  let day: number | undefined
  let previous: Line | undefined
  for (const line of room.timeline.lines) {
    if (isPost(line) && isIgnored(line.author)) continue
    if (addNotices(line)) previous = undefined
    const key = keyOfRef(line.ref)
    const itsDay = Math.floor((line.time / 60_000 + zoneMinutes) / 1440)
    // A late line, and the clock of another server, do not begin a day again.
    if (!line.isLate && (day === undefined || itsDay > day)) {
      day = itsDay
      previous = undefined
      entries.push({ _tag: "Day", key: `day ${itsDay}`, time: line.time })
    }
    if (start?.key === key) {
      previous = undefined
      entries.push({ _tag: "New", key: "new", count: start.count })
    }
    entries.push({ _tag: "Line", key, line, isContinued: isContinued(previous, line) })
    previous = line
  }
  addNotices(undefined)
  for (const post of room.unrecorded) {
    if (post.kind === "said" || post.kind === "file") entries.push({ _tag: "Unrecorded", key: `post ${post.n}`, post })
  }
  return entries
}

/** The first post of another person that is not marked as read, and the number of these posts. */
export const newFromOf = (room: RoomView): NewFrom | undefined => {
  if (room.unread === 0) return undefined
  const first = room.timeline.lines.find((line) =>
    isPost(line) && room.progressOf(line) === undefined && !room.isRead(line)
  )
  return first && { key: keyOfRef(first.ref), count: room.unread }
}

export const isPost = ({ _tag }: Line): boolean => _tag === "Said" || _tag === "File"

/** Milliseconds after which a name is shown again. */
const longestPause = 5 * 60_000

const isContinued = (previous: Line | undefined, line: Line): boolean =>
  previous?._tag === "Said" && line._tag === "Said" && previous.author === line.author &&
  previous.nick === line.nick && !line.isAction && !previous.isAction && !line.isLate && line.re === undefined &&
  line.time >= previous.time && line.time - previous.time < longestPause

const compareBehind = ({ behind: one }: Notice, { behind: other }: Notice): number => {
  if (one === undefined || other === undefined) return (one === undefined ? 0 : 1) - (other === undefined ? 0 : 1)
  return comparePlaces(one, other)
}

/** Whether a notice stands before a line: the event that it stands behind is an earlier one. */
const isBefore = ({ behind }: Notice, line: Line): boolean =>
  behind === undefined || comparePlaces(behind, { clock: line.clock, ...line.ref }) < 0
