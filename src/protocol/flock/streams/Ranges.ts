/**
 * A set of integers as ascending ranges [first, end): bytes that were acknowledged or lost, packet numbers that arrived. Extending
 * the last range, the common case, takes constant time.
 */
export class Ranges {
  /** First and end of each range, flat. */
  readonly #bounds: Array<number> = []

  /** Number of ranges. */
  get count(): number {
    return this.#bounds.length / 2
  }

  /** Whether the set is empty. */
  get isEmpty(): boolean {
    return this.#bounds.length === 0
  }

  /** First integer of range `index`; NaN when there is no such range. */
  firstAt(index: number): number {
    return this.#bounds[2 * index] ?? NaN
  }

  /** End (exclusive) of range `index`; NaN when there is no such range. */
  endAt(index: number): number {
    return this.#bounds[2 * index + 1] ?? NaN
  }

  /** Adds [first, end). Returns whether any of it is new. */
  add(first: number, end: number): boolean {
    if (first >= end) return false
    const bounds = this.#bounds
    const last = bounds.length - 1
    if (last >= 0 && bounds[last] === first) {
      bounds[last] = end
      return true
    }
    // The ranges [from, to) touch [first, end): they are merged into one.
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

  /** Whether the set contains `value`. */
  has(value: number): boolean {
    const index = this.#indexFrom(value + 1)
    return index < this.count && this.firstAt(index) <= value
  }

  /** Whether the set contains all of [first, end). */
  includes(first: number, end: number): boolean {
    const index = this.#indexFrom(first + 1)
    return first >= end || (index < this.count && this.firstAt(index) <= first && this.endAt(index) >= end)
  }

  /** Index of the first range that ends at `value` or later. The end is checked first, because most queries are about the newest. */
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
