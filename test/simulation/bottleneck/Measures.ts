/** What is read off a run: queues as packets met them, shares of the path over time, how fair they are. */

/** Counts values in steps, for percentiles. */
export class Histogram {
  readonly #counts: Float64Array
  readonly #step: number
  #total = 0

  constructor(most: number) {
    this.#counts = new Float64Array(1001)
    this.#step = Math.max(1e-9, most / 1000)
  }

  add(value: number): void {
    const index = Math.min(1000, Math.max(0, Math.round(value / this.#step)))
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#total++
  }

  percentile(share: number): number {
    let seen = 0
    for (let index = 0; index <= 1000; index++) {
      seen += this.#counts[index] ?? 0
      if (seen >= share * this.#total) return index * this.#step
    }
    return 1000 * this.#step
  }
}

/** Jain's index: 1 when all have the same, 1/n when one has all. */
export const jain = (values: ReadonlyArray<number>): number => {
  const sum = values.reduce((a, b) => a + b, 0)
  const squares = values.reduce((a, b) => a + b * b, 0)
  return squares === 0 ? 1 : sum * sum / (values.length * squares)
}
