/** The graph of transitions between states. It detects endless runs and measures the longest run. */
import { doubled } from "./States.ts"

/** Transitions, added state by state. */
export class Graph {
  /** The number of transitions. */
  size = 0
  #targets = new Int32Array(4096)
  /** The index of each state's first transition; states are closed in the order of their numbers. */
  #begins = new Int32Array(1024)
  #closed = 0

  /** Adds a transition from the current state. */
  add(target: number): void {
    if (this.size === this.#targets.length) this.#targets = doubled(this.#targets)
    this.#targets[this.size++] = target
  }

  /** Completes the current state: it has the transitions that were added since the last call. */
  close(): void {
    if (++this.#closed === this.#begins.length) this.#begins = doubled(this.#begins)
    this.#begins[this.#closed] = this.size
  }

  /**
   * Follows every run from state 0, depth first. Returns the states of a cycle if there is one, otherwise the number of
   * transitions of the longest run. A state that is reached again while it is on the stack is part of a cycle.
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
