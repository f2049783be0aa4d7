/** What a reader has read of one room and is not stored yet: while one mark is being written, later ones are joined. Pure. */
import { raise, type Vector } from "../Vector.ts"

export class ReaderMarks {
  #news = new Map<string, number>()
  #isWriting = false

  add(vector: Vector): void {
    raise(this.#news, vector)
  }

  /** What to write now; undefined if there is nothing, or a write has not ended. */
  next(): Vector | undefined {
    if (this.#isWriting || this.#news.size === 0) return undefined
    const news = this.#news
    this.#news = new Map()
    this.#isWriting = true
    return news
  }

  onMarked(): void {
    this.#isWriting = false
  }
}
