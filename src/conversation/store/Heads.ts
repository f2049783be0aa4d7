/** How far the log of each origin is known in a room. */
import type { Vector } from "../../protocol/conversation/Vector.ts"

/** The last event of an origin in a room, and how many of the first ones were purged. */
export interface Head {
  readonly seq: number
  /** The clock of this event; 0 if it was purged before it was known here. */
  readonly clock: number
  /** Events up to this number are gone for good. */
  readonly floor: number
}

/** The vector of the heads of a room. */
export const vectorOfHeads = (heads: ReadonlyMap<string, Head>): Vector =>
  new Map(Array.from(heads, ([origin, { seq }]) => [origin, seq]))
