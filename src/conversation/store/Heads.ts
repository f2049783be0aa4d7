/** The vector of a room: how far each origin's log is known. */
import type { Head } from "./StoredRows.ts"

/** The last number of each origin. */
export type Vector = Readonly<Record<string, number>>

/** The number of an origin in a vector, 0 for one that it does not name. */
export const seqIn = (vector: Vector, origin: string): number => Object.hasOwn(vector, origin) ? vector[origin] ?? 0 : 0

/** The vector of the heads of a room. */
export const vectorOf = (heads: ReadonlyMap<string, Head>): Vector =>
  Object.fromEntries(Array.from(heads, ([origin, { seq }]) => [origin, seq]))
