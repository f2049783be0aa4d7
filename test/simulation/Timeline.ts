/** Virtual time: a queue of planned actions. Actions for the same time run in the order in which they were planned. */

interface Entry {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** The clock and the queue of a world. */
export class Timeline {
  #now = 0
  #planned = 0
  #events = 0
  /** A binary heap. */
  readonly #heap: Array<Entry> = []

  /** The virtual time in milliseconds. */
  get now(): number {
    return this.#now
  }

  /** The number of actions that have run. */
  get events(): number {
    return this.#events
  }

  /** Plans `run` for a time; a time in the past counts as now. */
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

  /** Plans `run` for `millis` from now. */
  after(millis: number, run: () => void): void {
    this.at(this.#now + millis, run)
  }

  /** Runs the next action; false if none is planned. */
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
