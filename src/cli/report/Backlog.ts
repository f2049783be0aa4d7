/** Admits frames to an output while its reader keeps up, and counts the frames that were left out. */
import { count } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { Output } from "./Output.ts"

export class Backlog {
  readonly #output: Pick<Output, "backlogBytes">
  #leftOut = 0

  constructor(output: Pick<Output, "backlogBytes">) {
    this.#output = output
  }

  /** Whether a frame may be written; if not, it is counted. */
  admits(): boolean {
    if (!this.#isFull) return true
    this.#leftOut++
    return false
  }

  /** The note with the number of omitted frames, returned once, as soon as the output has room; else undefined. */
  takeNote(): string | undefined {
    if (this.#leftOut === 0 || this.#isFull) return undefined
    const frames = count(this.#leftOut, "frame")
    this.#leftOut = 0
    return `${frames} not shown, because the reader of this output was too slow`
  }

  get #isFull(): boolean {
    return this.#output.backlogBytes() > TextLimits.untakenBytes
  }
}
