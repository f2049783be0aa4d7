/**
 * A set of integers as ranges, each from its first up to but not including its end, in ascending order: bytes that arrived or
 * are to be sent again, packet numbers seen. Adding next to the last range, the common case, costs nothing.
 */
export class Ranges {
  /** First and end of each range, one range after another. */
  readonly #bounds: Array<number> = []

  /** How many ranges there are. */
  get count(): number {
    return this.#bounds.length / 2
  }

  get isEmpty(): boolean {
    return this.#bounds.length === 0
  }

  /** The first of the range `index`; NaN where there is none. */
  firstAt(index: number): number {
    return this.#bounds[2 * index] ?? NaN
  }

  /** The end of the range `index`; NaN where there is none. */
  endAt(index: number): number {
    return this.#bounds[2 * index + 1] ?? NaN
  }

  /** Adds [first, end), and tells whether any of it is new. */
  add(first: number, end: number): boolean {
    if (first >= end) return false
    const bounds = this.#bounds
    const last = bounds.length - 1
    if (last >= 0 && bounds[last] === first) {
      bounds[last] = end
      return true
    }
    // The ranges that touch [first, end) are those from `from` up to `to`; they become one.
    const from = this.#indexFrom(first)
    let to = from
    while (to < this.count && this.firstAt(to) <= end) to++
    if (from === to) {
      bounds.splice(2 * from, 0, first, end)
      return true
    }
    if (to === from + 1 && this.firstAt(from) <= first && this.endAt(from) >= end) return false
    bounds.splice(2 * from, 2 * (to - from), Math.min(first, this.firstAt(from)), Math.max(end, this.endAt(to - 1)))
    return true
  }

  /** Removes [first, end). */
  remove(first: number, end: number): void {
    if (first >= end) return
    const bounds = this.#bounds
    let index = this.#indexFrom(first + 1)
    while (index < this.count && this.firstAt(index) < end) {
      const itsFirst = this.firstAt(index)
      const itsEnd = this.endAt(index)
      const left = itsFirst < first ? [itsFirst, first] : []
      const right = itsEnd > end ? [end, itsEnd] : []
      bounds.splice(2 * index, 2, ...left, ...right)
      index += (left.length + right.length) / 2
    }
  }

  has(value: number): boolean {
    const index = this.#indexFrom(value + 1)
    return index < this.count && this.firstAt(index) <= value
  }

  /** The index of the first range that ends at `value` or later. Most questions are about the newest. */
  #indexFrom(value: number): number {
    const bounds = this.#bounds
    let low = 0
    let high = this.count
    if (high > 0 && (bounds[2 * high - 1] ?? 0) < value) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((bounds[2 * middle + 1] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
