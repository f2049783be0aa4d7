/** Reads the tables of a database. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { type Shape, type Stored, type StoreError } from "../../conversation/store/Store.ts"
import type {
  SeenPost,
  StoredAccount,
  StoredAttachment,
  StoredKey,
  StoredLink,
  StoredRoom,
  StoredToken
} from "../../conversation/store/StoredRows.ts"
import * as Limits from "../../conversation/store/StoreLimits.ts"
import { vectorOf } from "../../protocol/conversation/Vector.ts"
import * as SqlLog from "./SqlLog.ts"

/** A row as the database has it: null in place of undefined. */
type Row<A> = { readonly [key in keyof A]: undefined extends A[key] ? Exclude<A[key], undefined> | null : A[key] }

export const readsOf = (
  sql: SqlClient.SqlClient,
  errorOf: (error: SqlError) => StoreError
): Omit<Shape, "commit"> => {
  const read = <A>(effect: Effect.Effect<A, SqlError>): Stored<A> => Effect.mapError(effect, errorOf)
  const rows = <R, A>(effect: Effect.Effect<ReadonlyArray<R>, SqlError>, of: (row: R) => A): Stored<ReadonlyArray<A>> =>
    read(Effect.map(effect, (found) => found.map(of)))
  const first = <R, A>(effect: Effect.Effect<ReadonlyArray<R>, SqlError>, of: (row: R) => A): Stored<A | undefined> =>
    read(Effect.map(effect, ([row]) => row === undefined ? undefined : of(row)))
  return {
    rooms: rows(sql<RoomRow>`SELECT * FROM holub_rooms ORDER BY name`, roomOf),
    room: (name) => first(sql<RoomRow>`SELECT * FROM holub_rooms WHERE name = ${name}`, roomOf),
    heads: (room) => read(SqlLog.heads(sql, room)),
    after: (room, vector, limit, behind) => read(SqlLog.after(sql, room, vector, limit, behind)),
    before: (room, place, limit) => read(SqlLog.before(sql, room, place, limit)),
    event: (room, ref) => read(SqlLog.event(sql, room, ref)),
    about: (room, ref) => read(SqlLog.about(sql, room, ref)),
    seen: (room, { author, device } = { author: "", device: "" }) =>
      read(sql<SeenPost>`SELECT room, author, device, n, origin, seq FROM holub_seen
        WHERE room = ${room} AND (author, device) > (${author}, ${device})
        ORDER BY author, device LIMIT ${Limits.pageRows}`),

    account: (id) => first(sql<AccountRow>`SELECT * FROM holub_accounts WHERE id = ${id}`, accountOf),
    accountNamed: (fold) => first(sql<AccountRow>`SELECT * FROM holub_accounts WHERE fold = ${fold}`, accountOf),
    accountLike: ({ fold, look }) =>
      first(sql<AccountRow>`SELECT * FROM holub_accounts WHERE fold = ${fold} OR look = ${look} LIMIT 1`, accountOf),
    accountOfKey: (key) =>
      first(
        sql<AccountRow>`SELECT holub_accounts.* FROM holub_accounts
          JOIN holub_keys ON holub_keys.account = holub_accounts.id WHERE holub_keys.public_key = ${key}`,
        accountOf
      ),
    accounts: (afterFold) =>
      rows(
        sql<AccountRow>`SELECT * FROM holub_accounts WHERE fold > ${
          afterFold ?? ""
        } ORDER BY fold LIMIT ${Limits.pageRows}`,
        accountOf
      ),
    accountCount: read(Effect.map(
      sql<{ readonly count: number }>`SELECT count(*) AS count FROM holub_accounts`,
      ([row]) => row?.count ?? 0
    )),
    keys: (account) =>
      rows(
        sql<StoredKey>`SELECT public_key AS key, account, created FROM holub_keys
          WHERE account = ${account} ORDER BY public_key`,
        (row) => row
      ),
    token: (hash) => first(sql<Row<StoredToken>>`SELECT * FROM holub_tokens WHERE hash = ${hash}`, tokenOf),
    tokens: (account) =>
      rows(
        sql<Row<StoredToken>>`SELECT * FROM holub_tokens WHERE account = ${account} ORDER BY created, hash`,
        tokenOf
      ),
    marks: (account) =>
      rows(
        sql<{ readonly room: string; readonly vector: string }>`SELECT room, vector FROM holub_marks
          WHERE account = ${account} ORDER BY room`,
        ({ room, vector }) => ({ account, room, vector: vectorOf(JSON.parse(vector)) })
      ),

    attachment: (hash) =>
      first(sql<StoredAttachment>`SELECT hash, size, added FROM holub_attachments WHERE hash = ${hash}`, (row) => row),
    refersTo: (room, hash) =>
      read(Effect.map(
        sql`SELECT hash FROM holub_references WHERE hash = ${hash} AND room = ${room} LIMIT 1`,
        (found) => found.length > 0
      )),
    orphans: read(sql<StoredAttachment>`SELECT hash, size, added FROM holub_attachments
      WHERE NOT EXISTS (SELECT 1 FROM holub_references WHERE holub_references.hash = holub_attachments.hash)
      ORDER BY hash LIMIT ${Limits.pageRows}`),
    links: rows(
      sql<Omit<StoredLink, "options"> & { readonly options: string }>`SELECT peer, public_key AS key, options, added
        FROM holub_links ORDER BY peer`,
      ({ options, ...link }) => ({ ...link, options: JSON.parse(options) })
    ),
    meta: (key) =>
      first(sql<{ readonly value: string }>`SELECT value FROM holub_meta WHERE name = ${key}`, ({ value }) => value)
  }
}

type RoomRow = Row<Omit<StoredRoom, "config" | "access">> & { readonly config: string; readonly access: string | null }
type AccountRow = Row<StoredAccount>

const roomOf = ({ access, config, snapshot, ...room }: RoomRow): StoredRoom => ({
  ...room,
  config: JSON.parse(config),
  ...(access === null ? {} : { access: JSON.parse(access) }),
  snapshot: snapshot ?? undefined
})

const accountOf = ({ password, ...account }: AccountRow): StoredAccount => ({
  ...account,
  password: password ?? undefined
})

const tokenOf = ({ account, ...token }: Row<StoredToken>): StoredToken => ({ ...token, account: account ?? undefined })
