/** The part of a room that a screen shows: rows of entries, from the lowest row upwards, without the rows of entries that are not shown. */
import type { Entry } from "../../protocol/conversation/client/RoomEntries.ts"
import type { ScreenRow } from "./ScreenRow.ts"
import type { Anchor } from "./ScreenState.ts"

export interface Scrolled {
  readonly entries: ReadonlyArray<Entry>
  readonly rowsOf: (entry: Entry) => ReadonlyArray<ScreenRow>
  /** Rows of the screen. */
  readonly height: number
}

/** An entry by its index, and one of its rows. */
interface Position {
  readonly at: number
  readonly row: number
}

export interface Visible {
  /** At most `height` rows. */
  readonly rows: ReadonlyArray<ScreenRow>
  /** Whether the first row of the room is among them. */
  readonly hasFirst: boolean
  /** Entries below them. */
  readonly below: number
}

/** The rows with the anchor at the bottom; with the newest one there, if it is undefined or not in the room any more. */
export const visible = ({ entries, height, rowsOf }: Scrolled, anchor: Anchor | undefined): Visible => {
  const bottom = positionOf(entries, anchor)
  const rows: Array<ScreenRow> = []
  let at = bottom?.at ?? entries.length - 1
  const lowest = at
  for (; at >= 0 && rows.length < height; at--) {
    const entry = entries[at]
    const all = entry === undefined ? [] : rowsOf(entry)
    rows.unshift(...(at === bottom?.at ? all.slice(0, bottom.row + 1) : all))
  }
  const hasFirst = at < 0 && rows.length <= height
  return { rows: rows.slice(Math.max(0, rows.length - height)), hasFirst, below: entries.length - 1 - lowest }
}

/** The anchor so many rows further down, or up if negative: not above the first screen of the room; undefined at its end. */
export const scrolled = (shown: Scrolled, anchor: Anchor | undefined, by: number): Anchor | undefined => {
  const { entries, height } = shown
  const start = positionOf(entries, anchor) ?? lastPosition(shown)
  if (start === undefined) return undefined
  const wanted = walked(shown, start, by)
  const highest = walked(shown, { at: 0, row: 0 }, height - 1)
  const position = isBefore(wanted, highest) ? highest : wanted
  const last = lastPosition(shown)
  if (last !== undefined && !isBefore(position, last)) return undefined
  return anchorOf(entries, position)
}

/** The anchor that shows the last row of an entry in the middle of the screen. */
export const centred = (shown: Scrolled, key: string): Anchor | undefined => {
  const at = shown.entries.findIndex((entry) => entry.key === key)
  return at < 0 ? undefined : scrolled(shown, { key, row: 0 }, Math.floor(shown.height / 2))
}

const positionOf = (entries: ReadonlyArray<Entry>, anchor: Anchor | undefined): Position | undefined => {
  const at = anchor === undefined ? -1 : entries.findLastIndex(({ key }) => key === anchor.key)
  return at < 0 ? undefined : { at, row: anchor?.row ?? 0 }
}

const anchorOf = (entries: ReadonlyArray<Entry>, { at, row }: Position): Anchor | undefined => {
  const entry = entries[at]
  return entry && { key: entry.key, row }
}

const lastPosition = ({ entries, rowsOf }: Scrolled): Position | undefined => {
  const last = entries.at(-1)
  return last && { at: entries.length - 1, row: Math.max(0, rowsOf(last).length - 1) }
}

const isBefore = (one: Position, other: Position): boolean =>
  one.at < other.at || one.at === other.at && one.row < other.row

/** The position so many rows away, or the first or last one. */
const walked = ({ entries, rowsOf }: Scrolled, { at, row }: Position, by: number): Position => {
  let place = at
  let left = row + by
  const countAt = (index: number): number => {
    const entry = entries[index]
    return entry === undefined ? 0 : rowsOf(entry).length
  }
  while (left < 0 && place > 0) {
    place--
    left += countAt(place)
  }
  while (place < entries.length - 1 && left >= countAt(place)) {
    left -= countAt(place)
    place++
  }
  return { at: place, row: Math.max(0, Math.min(left, countAt(place) - 1)) }
}
