/** The greatest value of the current span and the one before; what a span is, the caller knows. */
export class RecentMax {
  #previous = 0
  #current = 0

  get value(): number {
    return this.#previous > this.#current ? this.#previous : this.#current
  }

  update(value: number): void {
    if (value > this.#current) this.#current = value
  }

  /** A new span begins; the one before the last is forgotten. */
  advance(): void {
    this.#previous = this.#current
    this.#current = 0
  }
}
