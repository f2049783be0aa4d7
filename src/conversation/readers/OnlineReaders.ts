/** The readers of a server by their author: those of one person learn of its marks and of new rooms together. */
import type { Access } from "../../protocol/conversation/EventBody.ts"
import type { Vector } from "../../protocol/conversation/Vector.ts"

/** A connection, as others reach it. */
export interface OnlineReader {
  readonly onMark: (room: string, news: Vector) => void
  readonly invite: (room: string, access: Access, by: string) => void
}

export class OnlineReaders {
  readonly #readers = new Map<string, Set<OnlineReader>>()

  add(author: string, reader: OnlineReader): void {
    const all = this.#readers.get(author) ?? new Set()
    this.#readers.set(author, all.add(reader))
  }

  remove(author: string, reader: OnlineReader): void {
    const all = this.#readers.get(author)
    all?.delete(reader)
    if (all?.size === 0) this.#readers.delete(author)
  }

  /** A person has read more. The readers but this one learn of it. */
  mark(author: string, room: string, news: Vector, but: OnlineReader): void {
    for (const reader of this.#readers.get(author) ?? []) if (reader !== but) reader.onMark(room, news)
  }

  /** A person may open a room from now on. */
  invite(author: string, room: string, access: Access, by: string): void {
    for (const reader of this.#readers.get(author) ?? []) reader.invite(room, access, by)
  }
}
