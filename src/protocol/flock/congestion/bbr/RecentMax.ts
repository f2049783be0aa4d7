/** The maximum of the current and the previous span; the caller defines the spans. */
export class RecentMax {
  #previous = 0
  #current = 0

  get value(): number {
    return this.#previous > this.#current ? this.#previous : this.#current
  }

  update(value: number): void {
    if (value > this.#current) this.#current = value
  }

  /** Begins a new span; the previous one is forgotten. */
  advance(): void {
    this.#previous = this.#current
    this.#current = 0
  }
}
