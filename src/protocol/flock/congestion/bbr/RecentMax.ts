/** The greatest value of the current span and the one before; what a span is, the caller knows. */
export class RecentMax {
  #before = 0
  #current = 0

  get value(): number {
    return this.#before > this.#current ? this.#before : this.#current
  }

  update(value: number): void {
    if (value > this.#current) this.#current = value
  }

  /** A new span begins; the one before the last is forgotten. */
  advance(): void {
    this.#before = this.#current
    this.#current = 0
  }
}
