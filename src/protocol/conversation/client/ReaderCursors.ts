/** What a reader has of rooms that it has not opened yet, in bounded memory. Pure. */
import { raise, type Vector } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"

export class ReaderCursors {
  readonly #cursors = new Map<string, Map<string, number>>()
  #entries = 0

  /** Adds a part of the cursor of a room. `kept` are the entries of open rooms. Returns why it is refused, as a sentence without a full stop. */
  add(room: string, vector: Vector, kept: number): string | undefined {
    const cursor = this.#cursors.get(room)
    if (cursor === undefined && this.#cursors.size >= Limits.rooms) {
      return `cursors of ${Limits.rooms} rooms wait for their open already`
    }
    if (this.#entries + kept + vector.size > Limits.cursorOrigins) {
      this.take(room)
      return `the cursors have more than ${Limits.cursorOrigins} origins together; open the room without one`
    }
    const target = cursor ?? new Map<string, number>()
    this.#entries -= target.size
    raise(target, vector)
    this.#entries += target.size
    this.#cursors.set(room, target)
    return undefined
  }

  /** Takes the cursor of a room; undefined if there is none. */
  take(room: string): Vector | undefined {
    const cursor = this.#cursors.get(room)
    this.#cursors.delete(room)
    this.#entries -= cursor?.size ?? 0
    return cursor
  }
}
