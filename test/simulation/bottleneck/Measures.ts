/** Measures of a run: a histogram of queue lengths, and the fairness of shares. */

/** A histogram with 1,000 equal steps, for percentiles. */
export class Histogram {
  readonly #counts: Float64Array
  readonly #step: number
  #total = 0

  constructor(maxValue: number) {
    this.#counts = new Float64Array(1001)
    this.#step = Math.max(1e-9, maxValue / 1000)
  }

  add(value: number): void {
    const index = Math.min(1000, Math.max(0, Math.round(value / this.#step)))
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#total++
  }

  /** The value below which the given share (0 to 1) of all values lies. */
  percentile(share: number): number {
    let seen = 0
    for (let index = 0; index <= 1000; index++) {
      seen += this.#counts[index] ?? 0
      if (seen >= share * this.#total) return index * this.#step
    }
    return 1000 * this.#step
  }
}

/** Jain's fairness index: 1 if all values are equal, 1/n if one flow has everything. */
export const jain = (values: ReadonlyArray<number>): number => {
  const sum = values.reduce((a, b) => a + b, 0)
  const squares = values.reduce((a, b) => a + b * b, 0)
  return squares === 0 ? 1 : sum * sum / (values.length * squares)
}
