/** How far the log of each origin is known in a room. */

/** The last event of an origin in a room, and how many of the first ones were purged. */
export interface Head {
  readonly seq: number
  /** Events up to this number are gone for good. */
  readonly floor: number
}

/** The last number of each origin. */
export type Vector = Readonly<Record<string, number>>

/** The number of an origin in a vector, 0 for one that it does not name. */
export const seqIn = (vector: Vector, origin: string): number => Object.hasOwn(vector, origin) ? vector[origin] ?? 0 : 0

/** The vector of the heads of a room. */
export const vectorOf = (heads: ReadonlyMap<string, Head>): Vector =>
  Object.fromEntries(Array.from(heads, ([origin, { seq }]) => [origin, seq]))
