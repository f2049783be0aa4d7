/** The steps between states as they were found, a graph; whether a run can be without end, and how long the longest is. */
import { doubled } from "./States.ts"

export class Graph {
  /** Number of steps. */
  size = 0
  #targets = new Int32Array(4096)
  /** Where the steps of each state begin; states are closed in the order of their numbers. */
  #begins = new Int32Array(1024)
  #closed = 0

  add(target: number): void {
    if (this.size === this.#targets.length) this.#targets = doubled(this.#targets)
    this.#targets[this.size++] = target
  }

  /** The steps that were added since the last call are all of the next state. */
  close(): void {
    if (++this.#closed === this.#begins.length) this.#begins = doubled(this.#begins)
    this.#begins[this.#closed] = this.size
  }

  /**
   * Follows every run from state 0, depth first: the states of a cycle, if there is one, else the steps of the longest run.
   * A state that was met again before its own runs were over is on a cycle.
   */
  walk(): { readonly cycle: ReadonlyArray<number> } | { readonly longest: number } {
    const begins = this.#begins
    const next = begins.slice(0, this.#closed)
    const longest = new Int32Array(this.#closed).fill(unseen)
    const stack = [0]
    longest[0] = onStack
    for (let state = 0;; state = stack.at(-1) ?? 0) {
      const at = next[state] ?? 0
      if (at < (begins[state + 1] ?? 0)) {
        next[state] = at + 1
        const target = this.#targets[at] ?? 0
        if (longest[target] === onStack) return { cycle: stack.slice(stack.indexOf(target)) }
        if (longest[target] !== unseen) continue
        longest[target] = onStack
        stack.push(target)
        continue
      }
      let length = 0
      for (let step = begins[state] ?? 0; step < at; step++) {
        length = Math.max(length, 1 + (longest[this.#targets[step] ?? 0] ?? 0))
      }
      longest[state] = length
      stack.pop()
      if (stack.length === 0) return { longest: length }
    }
  }
}

const unseen = -1
const onStack = -2
