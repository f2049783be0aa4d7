/** A binary heap of deadlines, one for each owner, which can be changed and removed. Times are milliseconds. */
export class Deadlines<A extends object> {
  readonly #heap: Array<{ readonly whose: A; at: number }> = []
  readonly #places = new Map<A, number>()

  /** The earliest deadline; Infinity if there is none. */
  get first(): number {
    return this.#heap[0]?.at ?? Infinity
  }

  /** Sets the deadline of `whose`; Infinity removes it. */
  set(whose: A, at: number): void {
    const place = this.#places.get(whose)
    if (at === Infinity) {
      if (place !== undefined) this.#remove(place)
    } else if (place === undefined) {
      this.#places.set(whose, this.#heap.length)
      this.#heap.push({ whose, at })
      this.#up(this.#heap.length - 1)
    } else {
      const entry = this.#heap[place]
      if (entry === undefined || entry.at === at) return
      const isEarlier = at < entry.at
      entry.at = at
      if (isEarlier) this.#up(place)
      else this.#down(place)
    }
  }

  /** Removes and returns an owner whose deadline is `now` or earlier; undefined if there is none. */
  takeDue(now: number): A | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.at > now) return undefined
    this.#remove(0)
    return first.whose
  }

  #remove(place: number): void {
    const last = this.#heap.length - 1
    const removed = this.#heap[place]
    if (place !== last) this.#swap(place, last)
    this.#heap.pop()
    if (removed !== undefined) this.#places.delete(removed.whose)
    if (place === last) return
    this.#up(place)
    this.#down(place)
  }

  #up(from: number): void {
    for (let place = from; place > 0;) {
      const above = (place - 1) >>> 1
      if (this.#at(above) <= this.#at(place)) return
      this.#swap(above, place)
      place = above
    }
  }

  #down(from: number): void {
    for (let place = from;;) {
      const left = 2 * place + 1
      const least = this.#at(left + 1) < this.#at(left) ? left + 1 : left
      if (this.#at(least) >= this.#at(place)) return
      this.#swap(least, place)
      place = least
    }
  }

  #at(place: number): number {
    return this.#heap[place]?.at ?? Infinity
  }

  #swap(one: number, other: number): void {
    const first = this.#heap[one]
    const second = this.#heap[other]
    if (first === undefined || second === undefined) return
    this.#heap[one] = second
    this.#heap[other] = first
    this.#places.set(second.whose, one)
    this.#places.set(first.whose, other)
  }
}
