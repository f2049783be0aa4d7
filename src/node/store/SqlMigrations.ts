/**
 * The tables of a store in SQLite and in Postgres, made and changed step by step. A step that was released is never changed; a later one
 * changes what it made. Names begin with `holub_`, because a database may have other tables.
 */
import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { StoreError } from "../../conversation/store/Store.ts"

/** The table of the steps that were taken. */
const table = "holub_migrations"

const tables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Texts are compared by their bytes, everywhere: the order of origins is part of the protocol.
  const text = sql.literal(sql.onDialectOrElse({ pg: () => `text COLLATE "C"`, orElse: () => "text" }))
  const integer = sql.literal(sql.onDialectOrElse({ pg: () => "bigint", orElse: () => "integer" }))
  const kind = sql.literal(sql.onDialectOrElse({ pg: () => "", orElse: () => "STRICT, WITHOUT ROWID" }))

  yield* sql`CREATE TABLE holub_meta (name ${text} PRIMARY KEY, value ${text} NOT NULL) ${kind}`

  yield* sql`CREATE TABLE holub_rooms (
    name ${text} PRIMARY KEY,
    app ${text} NOT NULL,
    config ${text} NOT NULL,
    access ${text},
    snapshot ${text}
  ) ${kind}`

  yield* sql`CREATE TABLE holub_events (
    room ${text} NOT NULL,
    origin ${text} NOT NULL,
    seq ${integer} NOT NULL,
    clock ${integer} NOT NULL,
    version ${integer} NOT NULL,
    time ${integer} NOT NULL,
    author ${text} NOT NULL,
    device ${text} NOT NULL,
    n ${integer} NOT NULL,
    kind ${text} NOT NULL,
    re_origin ${text},
    re_seq ${integer},
    salt ${text},
    body ${text},
    digest ${text} NOT NULL,
    signer ${text} NOT NULL,
    hash ${text} NOT NULL,
    signature ${text} NOT NULL,
    PRIMARY KEY (room, origin, seq)
  ) ${kind}`
  yield* sql`CREATE UNIQUE INDEX holub_events_order ON holub_events (room, clock, origin, seq)`
  yield* sql`CREATE INDEX holub_events_about ON holub_events (room, re_origin, re_seq) WHERE re_origin IS NOT NULL`
  yield* sql`CREATE INDEX holub_events_author ON holub_events (author)`

  yield* sql`CREATE TABLE holub_heads (
    room ${text} NOT NULL,
    origin ${text} NOT NULL,
    seq ${integer} NOT NULL,
    clock ${integer} NOT NULL,
    floor ${integer} NOT NULL,
    PRIMARY KEY (room, origin)
  ) ${kind}`

  yield* sql`CREATE TABLE holub_seen (
    room ${text} NOT NULL,
    author ${text} NOT NULL,
    device ${text} NOT NULL,
    n ${integer} NOT NULL,
    origin ${text} NOT NULL,
    seq ${integer} NOT NULL,
    PRIMARY KEY (room, author, device)
  ) ${kind}`

  yield* sql`CREATE TABLE holub_accounts (
    id ${text} PRIMARY KEY,
    name ${text} NOT NULL,
    fold ${text} NOT NULL UNIQUE,
    look ${text} NOT NULL UNIQUE,
    password ${text},
    created ${integer} NOT NULL
  ) ${kind}`

  yield* sql`CREATE TABLE holub_keys (
    public_key ${text} PRIMARY KEY,
    account ${text} NOT NULL,
    created ${integer} NOT NULL
  ) ${kind}`
  yield* sql`CREATE INDEX holub_keys_account ON holub_keys (account)`

  yield* sql`CREATE TABLE holub_tokens (
    hash ${text} PRIMARY KEY,
    account ${text},
    created ${integer} NOT NULL,
    expires ${integer} NOT NULL
  ) ${kind}`
  yield* sql`CREATE INDEX holub_tokens_account ON holub_tokens (account)`

  yield* sql`CREATE TABLE holub_marks (
    account ${text} NOT NULL,
    room ${text} NOT NULL,
    vector ${text} NOT NULL,
    PRIMARY KEY (account, room)
  ) ${kind}`

  yield* sql`CREATE TABLE holub_attachments (
    hash ${text} PRIMARY KEY,
    size ${integer} NOT NULL,
    added ${integer} NOT NULL
  ) ${kind}`
  /** The events that bring a file. */
  yield* sql`CREATE TABLE holub_references (
    hash ${text} NOT NULL,
    room ${text} NOT NULL,
    origin ${text} NOT NULL,
    seq ${integer} NOT NULL,
    PRIMARY KEY (hash, room, origin, seq)
  ) ${kind}`
  yield* sql`CREATE INDEX holub_references_event ON holub_references (room, origin, seq)`

  yield* sql`CREATE TABLE holub_links (
    peer ${text} PRIMARY KEY,
    public_key ${text} NOT NULL,
    options ${text} NOT NULL,
    added ${integer} NOT NULL
  ) ${kind}`
})

const steps = { "0001_tables": tables }

/** The number of the last step that this version knows. */
const newest = Math.max(...Object.keys(steps).map((name) => Number.parseInt(name, 10)))

/** Takes the steps that are missing. Fails with `Newer` if a newer version of Holub has taken others. */
export const run: Effect.Effect<void, StoreError | SqlError, SqlClient.SqlClient> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* Migrator.make({})({ loader: Migrator.fromRecord(steps), table }).pipe(
    Effect.catchTag(
      "MigrationError",
      (cause) => new StoreError({ reason: "Io", message: "the tables of the store cannot be made", cause })
    ),
    // The library takes a failed step for a defect.
    Effect.catchAllDefect((cause) =>
      Effect.fail(new StoreError({ reason: "Io", message: "the tables of the store cannot be made", cause }))
    ),
    // Another process may be making the same tables of Postgres.
    Effect.retry({ times: 2 })
  )
  const [last] = yield* sql<{ step: number }>`SELECT max(migration_id) AS step FROM ${sql(table)}`
  if (Number(last?.step) > newest) {
    return yield* new StoreError({
      reason: "Newer",
      message:
        `a newer version of holub has written this store (step ${last?.step}, known is ${newest}): run that version`
    })
  }
})
