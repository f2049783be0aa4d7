/** Reads the logs of rooms in a database. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type { Head } from "../../conversation/store/Heads.ts"
import * as Limits from "../../conversation/store/StoreLimits.ts"
import type { Event, EventRef } from "../../protocol/conversation/Event.ts"
import { comparePlaces, type Place } from "../../protocol/conversation/RoomOrder.ts"
import type { Vector } from "../../protocol/conversation/Vector.ts"
import { eventOf, type EventRow } from "./EventRow.ts"

type Read<A> = Effect.Effect<A, SqlError>

export const heads = (sql: SqlClient.SqlClient, room: string): Read<ReadonlyMap<string, Head>> =>
  Effect.map(
    sql<Head & { readonly origin: string }>`SELECT origin, seq, clock, floor FROM holub_heads WHERE room = ${room}`,
    (rows) => new Map(rows.map(({ origin, ...head }) => [origin, head]))
  )

/**
 * The events that a vector lacks. The index by order is read from the smallest clock of these events on: clocks of one origin grow, so the
 * first lacking event of each origin has it. What the vector has in between is read and left out.
 */
export const after = (
  sql: SqlClient.SqlClient,
  room: string,
  vector: Vector,
  limit: number,
  behind: Place | undefined
): Read<ReadonlyArray<Event>> =>
  Effect.gen(function*() {
    const most = pageOf(limit)
    const lacking = Array.from(yield* heads(sql, room), ([origin, head]) => ({
      origin,
      head,
      first: Math.max(vector.get(origin) ?? 0, head.floor) + 1
    })).filter(({ first, head }) => first <= head.seq)
    const found: Array<Event> = []
    let place = laterOf(yield* firstPlace(sql, room, lacking), behind)
    while (place !== undefined && found.length < most) {
      const rows: ReadonlyArray<EventRow> = yield* sql<EventRow>`SELECT * FROM holub_events
        WHERE room = ${room} AND (clock, origin, seq) >= (${place.clock}, ${place.origin}, ${place.seq})
        ORDER BY clock, origin, seq LIMIT ${most + 1}`
      const wanted = rows.slice(0, most).filter(({ origin, seq }) => seq > (vector.get(origin) ?? 0))
      found.push(...wanted.slice(0, most - found.length).map(eventOf))
      place = rows[most]
    }
    return found
  })

/** The first place to read; undefined if nothing is lacking. */
const laterOf = (first: Place | undefined, behind: Place | undefined): Place | undefined => {
  if (first === undefined || behind === undefined || comparePlaces(first, behind) > 0) return first
  return { ...behind, seq: behind.seq + 1 }
}

const firstPlace = (
  sql: SqlClient.SqlClient,
  room: string,
  lacking: ReadonlyArray<{ readonly origin: string; readonly first: number }>
): Read<Place | undefined> =>
  Effect.map(
    Effect.forEach(Arr.chunksOf(lacking, Limits.statementRows), (some) =>
      sql<{ readonly clock: number | null }>`SELECT min(clock) AS clock FROM holub_events WHERE room = ${room} AND ${
        sql.or(some.map(({ first, origin }) =>
          sql`(origin = ${origin} AND seq = ${first})`
        ))
      }`),
    (rows) => {
      const clocks = rows.flat().flatMap(({ clock }) => clock ?? [])
      return clocks.length === 0 ? undefined : { clock: Math.min(...clocks), origin: "", seq: 0 }
    }
  )

export const before = (
  sql: SqlClient.SqlClient,
  room: string,
  place: Place | undefined,
  limit: number
): Read<ReadonlyArray<Event>> => {
  const isEarlier = place === undefined
    ? sql`clock >= 0`
    : sql`(clock, origin, seq) < (${place.clock}, ${place.origin}, ${place.seq})`
  return Effect.map(
    sql<EventRow>`SELECT * FROM holub_events WHERE room = ${room} AND ${isEarlier}
      ORDER BY clock DESC, origin DESC, seq DESC LIMIT ${pageOf(limit)}`,
    (rows) => rows.map(eventOf).toReversed()
  )
}

export const event = (
  sql: SqlClient.SqlClient,
  room: string,
  { origin, seq }: EventRef
): Read<Event | undefined> =>
  Effect.map(
    sql<EventRow>`SELECT * FROM holub_events WHERE room = ${room} AND origin = ${origin} AND seq = ${seq}`,
    ([row]) => row === undefined ? undefined : eventOf(row)
  )

export const about = (
  sql: SqlClient.SqlClient,
  room: string,
  { origin, seq }: EventRef
): Read<ReadonlyArray<Event>> =>
  Effect.map(
    sql<EventRow>`SELECT * FROM holub_events WHERE room = ${room} AND re_origin = ${origin} AND re_seq = ${seq}
      ORDER BY clock, origin, seq LIMIT ${Limits.pageEvents}`,
    (rows) => rows.map(eventOf)
  )

const pageOf = (limit: number): number => Math.max(0, Math.min(limit, Limits.pageEvents))
