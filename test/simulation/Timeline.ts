/** Virtual time: what is to happen, and when. Of the same moment, what was planned first comes first. */

interface Entry {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export class Timeline {
  #now = 0
  #planned = 0
  #events = 0
  /** A binary heap. */
  readonly #heap: Array<Entry> = []

  /** Milliseconds. */
  get now(): number {
    return this.#now
  }

  /** How many have happened. */
  get events(): number {
    return this.#events
  }

  /** Plans `run`; what lies in the past happens now. */
  at(millis: number, run: () => void): void {
    const entry = { at: Math.max(this.#now, millis), order: this.#planned++, run }
    const heap = this.#heap
    let place = heap.length
    heap.push(entry)
    while (place > 0) {
      const above = (place - 1) >>> 1
      const parent = heap[above]
      if (parent === undefined || !isBefore(entry, parent)) break
      heap[place] = parent
      place = above
    }
    heap[place] = entry
  }

  after(millis: number, run: () => void): void {
    this.at(this.#now + millis, run)
  }

  /** Lets the next thing happen; false when nothing is planned. */
  step(): boolean {
    const next = this.#take()
    if (next === undefined) return false
    this.#now = next.at
    this.#events++
    next.run()
    return true
  }

  #take(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      const left = heap[below]
      if (left === undefined) break
      const right = heap[below + 1]
      const least = right !== undefined && isBefore(right, left) ? right : left
      if (least === right) below++
      if (!isBefore(least, last)) break
      heap[place] = least
      place = below
    }
    heap[place] = last
    return first
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
