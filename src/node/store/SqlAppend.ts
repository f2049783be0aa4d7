/** Appends events to the logs of a database, many in one statement, and moves the heads of their origins. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as EventFile from "../../conversation/store/EventFile.ts"
import { StoreError } from "../../conversation/store/Store.ts"
import * as Limits from "../../conversation/store/StoreLimits.ts"
import type { Event } from "../../protocol/conversation/Event.ts"
import { rowOf } from "./EventRow.ts"

/** Events of one origin in one room that follow each other. */
interface Run {
  readonly room: string
  readonly origin: string
  readonly first: number
  last: number
  /** The clock of the last event. */
  clock: number
}

/** Conflicts unless each event is the next one of its origin. */
export const append = (
  sql: SqlClient.SqlClient,
  events: ReadonlyArray<Event>
): Effect.Effect<void, StoreError | SqlError> =>
  Effect.gen(function*() {
    for (const { clock, first, last, origin, room } of yield* runsOf(events)) {
      const moved = first === 1
        ? yield* sql`INSERT INTO holub_heads ${sql.insert({ room, origin, seq: last, clock, floor: 0 })}
            ON CONFLICT (room, origin) DO NOTHING RETURNING seq`
        : yield* sql`UPDATE holub_heads SET seq = ${last}, clock = ${clock}
            WHERE room = ${room} AND origin = ${origin} AND seq = ${first - 1} RETURNING seq`
      if (moved.length !== 1) return yield* notNext({ origin, seq: first })
    }
    for (const some of Arr.chunksOf(events, Limits.statementRows)) {
      yield* sql`INSERT INTO holub_events ${sql.insert(some.map(rowOf))}`
    }
    const references = events.flatMap((event) => {
      const hash = EventFile.hashOf(event)
      return hash === undefined ? [] : [{ hash, room: event.room, origin: event.origin, seq: event.seq }]
    })
    for (const some of Arr.chunksOf(references, Limits.statementRows)) {
      yield* sql`INSERT INTO holub_references ${sql.insert(some)}`
    }
  })

const runsOf = (events: ReadonlyArray<Event>): Effect.Effect<Iterable<Run>, StoreError> => {
  const runs = new Map<string, Run>()
  for (const { clock, origin, room, seq } of events) {
    const run = runs.get(`${room}\n${origin}`)
    if (run === undefined) runs.set(`${room}\n${origin}`, { room, origin, first: seq, last: seq, clock })
    else if (seq !== ++run.last) return notNext({ origin, seq })
    else run.clock = clock
  }
  return Effect.succeed(runs.values())
}

const notNext = ({ origin, seq }: Pick<Event, "origin" | "seq">) =>
  Effect.fail(new StoreError({ reason: "Conflict", message: `event ${seq} of ${origin} is not the next one` }))
