/**
 * A vector: for each origin the number up to which a log has its events. It is the cursor of a reader, the mark of what was read, and what
 * servers compare (docs/PROTOCOL.md, conversations §4). A vector without an origin has none of its events.
 */
import * as Schema from "effect/Schema"
import * as Limits from "./ConversationLimits.ts"
import { Seq } from "./Event.ts"
import { Origin } from "./Origin.ts"

export type Vector = ReadonlyMap<string, number>

/** The vector of nothing. */
export const emptyVector: Vector = new Map()

/** A part of a vector as JSON: an object of at most `entries` members. */
export const vectorRecord = (entries: number) =>
  Schema.Record({ key: Schema.String, value: Seq }).pipe(Schema.filter((record) => {
    const origins = Object.keys(record)
    if (origins.length > entries) return `${origins.length} origins, over ${entries}`
    return origins.every(isOrigin) || "its members are named by origins"
  }))

const isOrigin = Schema.is(Origin)

/** The whole vector of a room as JSON, for cursors of clients and marks. */
export const VectorRecord = vectorRecord(Limits.roomOrigins)

/** The vector of an object whose form was checked. */
export const vectorOf = (record: Readonly<Record<string, number>>): Vector => new Map(Object.entries(record))

/** The object of a vector. */
export const recordOf = (vector: Vector): Readonly<Record<string, number>> => Object.fromEntries(vector)

/** Whether it has the event with this number of this origin. */
export const hasEvent = (vector: Vector, { origin, seq }: { readonly origin: string; readonly seq: number }): boolean =>
  seq <= (vector.get(origin) ?? 0)

/** Whether it has everything that `other` has. */
export const covers = (vector: Vector, other: Vector): boolean => {
  for (const [origin, seq] of other) if (seq > (vector.get(origin) ?? 0)) return false
  return true
}

export type VectorOrder = "equal" | "behind" | "ahead" | "apart"

/** How `one` stands to `other`: `apart` when each has what the other lacks. */
export const compareVectors = (one: Vector, other: Vector): VectorOrder => {
  const isAhead = covers(one, other)
  const isBehind = covers(other, one)
  if (isAhead) return isBehind ? "equal" : "ahead"
  return isBehind ? "behind" : "apart"
}

/** Raises `target` to the larger number of both for each origin; returns the entries that changed. */
export const raise = (target: Map<string, number>, other: Vector): Vector => {
  const changed = new Map<string, number>()
  for (const [origin, seq] of other) {
    if (seq <= (target.get(origin) ?? 0)) continue
    target.set(origin, seq)
    changed.set(origin, seq)
  }
  return changed
}

/** The larger number of both for each origin. */
export const merged = (one: Vector, other: Vector): Vector => {
  const both = new Map(one)
  raise(both, other)
  return both
}

/** How many events `vector` has that `other` lacks, above the floors: what is unread, when `other` is the mark of a reader. */
export const countBeyond = (vector: Vector, other: Vector, floors: Vector = emptyVector): number => {
  let count = 0
  for (const [origin, seq] of vector) {
    count += Math.max(0, seq - Math.max(other.get(origin) ?? 0, floors.get(origin) ?? 0))
  }
  return count
}

/** The number of events of a vector: with it a receiver checks that it has all parts. */
export const totalOf = (vector: Vector): number => countBeyond(vector, emptyVector)

/** Parts of at most `entries` members, at least one. */
export const partsOf = (vector: Vector, entries: number): ReadonlyArray<Vector> => {
  const all = [...vector]
  const parts = [new Map(all.slice(0, entries))]
  for (let at = entries; at < all.length; at += entries) parts.push(new Map(all.slice(at, at + entries)))
  return parts
}
