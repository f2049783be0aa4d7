/** Applies writes to the tables of a database, within a transaction of the caller. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { StoreError } from "../../conversation/store/Store.ts"
import type { Turn, Write } from "../../conversation/store/StoreWrites.ts"
import { recordOf } from "../../protocol/conversation/Vector.ts"
import * as SqlAppend from "./SqlAppend.ts"

type Applied = Effect.Effect<unknown, StoreError | SqlError>

/** Applies the writes in their order; events that follow each other are inserted together. */
export const apply = (sql: SqlClient.SqlClient, turn: Turn): Applied =>
  Effect.gen(function*() {
    for (let at = 0; at < turn.length;) {
      const write = turn[at]
      if (write === undefined) return
      if (write._tag !== "Append") {
        yield* one(sql, write)
        at++
        continue
      }
      let end = at
      const events = []
      for (let next = turn[end]; next?._tag === "Append"; next = turn[++end]) events.push(next.event)
      yield* SqlAppend.append(sql, events)
      at = end
    }
  })

const one = (sql: SqlClient.SqlClient, write: Exclude<Write, { _tag: "Append" }>): Applied => {
  switch (write._tag) {
    case "PutRoom": {
      const { access, config, snapshot = null, ...room } = write.room
      const texts = {
        config: JSON.stringify(config),
        access: access === undefined ? null : JSON.stringify(access)
      }
      return sql`INSERT INTO holub_rooms ${sql.insert({ ...room, ...texts, snapshot })}
        ON CONFLICT (name) DO UPDATE SET app = excluded.app, config = excluded.config, access = excluded.access,
          snapshot = excluded.snapshot`
    }
    case "RemoveRoom":
      return Effect.forEach(
        ["holub_events", "holub_heads", "holub_seen", "holub_marks", "holub_references"],
        (table) => sql`DELETE FROM ${sql(table)} WHERE room = ${write.name}`
      ).pipe(Effect.zipRight(sql`DELETE FROM holub_rooms WHERE name = ${write.name}`))
    case "Erase": {
      const { origin, room, seq } = write
      const isThis = sql.and([sql`room = ${room}`, sql`origin = ${origin}`, sql`seq = ${seq}`])
      return Effect.zipRight(
        sql`DELETE FROM holub_references WHERE ${isThis}`,
        sql`UPDATE holub_events SET salt = NULL, body = NULL WHERE ${isThis}`
      )
    }
    case "EraseAuthor":
      return Effect.zipRight(
        sql`DELETE FROM holub_references WHERE (room, origin, seq) IN (
          SELECT room, origin, seq FROM holub_events WHERE author = ${write.author} AND kind = ${"file"})`,
        sql`UPDATE holub_events SET salt = NULL, body = NULL WHERE author = ${write.author}`
      )
    case "Purge": {
      const { floor, origin, room } = write
      const isGone = sql.and([sql`room = ${room}`, sql`origin = ${origin}`, sql`seq <= ${floor}`])
      return Effect.all([
        sql`DELETE FROM holub_references WHERE ${isGone}`,
        sql`DELETE FROM holub_events WHERE ${isGone}`,
        sql`INSERT INTO holub_heads ${sql.insert({ room, origin, seq: floor, clock: 0, floor })}
          ON CONFLICT (room, origin) DO UPDATE SET
            seq = CASE WHEN holub_heads.seq < excluded.seq THEN excluded.seq ELSE holub_heads.seq END,
            floor = CASE WHEN holub_heads.floor < excluded.floor THEN excluded.floor ELSE holub_heads.floor END`
      ])
    }
    case "AddAccount": {
      const { password = null, ...account } = write.account
      return sql`INSERT INTO holub_accounts ${sql.insert({ ...account, password })}`
    }
    case "SetPassword":
      return sql`UPDATE holub_accounts SET password = ${write.password ?? null} WHERE id = ${write.account}`
    case "RemoveAccount":
      return Effect.forEach(
        ["holub_keys", "holub_tokens", "holub_marks"],
        (table) => sql`DELETE FROM ${sql(table)} WHERE account = ${write.account}`
      ).pipe(Effect.zipRight(sql`DELETE FROM holub_accounts WHERE id = ${write.account}`))
    case "AddKey": {
      const { key, ...row } = write.key
      return sql`INSERT INTO holub_keys ${sql.insert({ ...row, public_key: key })}`
    }
    case "RemoveKey":
      return sql`DELETE FROM holub_keys WHERE public_key = ${write.key}`
    case "AddToken": {
      const { account = null, ...token } = write.token
      return sql`INSERT INTO holub_tokens ${sql.insert({ ...token, account })}`
    }
    case "TakeToken":
      return Effect.filterOrFail(
        sql`DELETE FROM holub_tokens WHERE hash = ${write.hash} RETURNING hash`,
        (taken) => taken.length === 1,
        () => new StoreError({ reason: "Conflict", message: "this token does not exist" })
      )
    case "RemoveToken":
      return sql`DELETE FROM holub_tokens WHERE hash = ${write.hash}`
    case "RevokeTokens":
      return sql`DELETE FROM holub_tokens WHERE account = ${write.account}`
    case "ExpireTokens":
      return sql`DELETE FROM holub_tokens WHERE expires <= ${write.now}`
    case "PutMark": {
      const { account, room, vector } = write.mark
      return sql`INSERT INTO holub_marks ${sql.insert({ account, room, vector: JSON.stringify(recordOf(vector)) })}
        ON CONFLICT (account, room) DO UPDATE SET vector = excluded.vector`
    }
    case "PutAttachment":
      return sql`INSERT INTO holub_attachments ${sql.insert({ ...write.attachment })}
        ON CONFLICT (hash) DO UPDATE SET size = excluded.size, added = excluded.added`
    case "RemoveAttachment":
      return sql`DELETE FROM holub_attachments WHERE hash = ${write.hash}`
    case "PutLink": {
      const { key, options, ...link } = write.link
      return sql`INSERT INTO holub_links ${
        sql.insert({ ...link, public_key: key, options: JSON.stringify(options) })
      } ON CONFLICT (peer) DO UPDATE SET public_key = excluded.public_key, options = excluded.options, added = excluded.added`
    }
    case "RemoveLink":
      return sql`DELETE FROM holub_links WHERE peer = ${write.peer}`
    case "See":
      return sql`INSERT INTO holub_seen ${sql.insert({ ...write.post })}
        ON CONFLICT (room, author, device) DO UPDATE SET
          n = excluded.n, origin = excluded.origin, seq = excluded.seq WHERE holub_seen.n < excluded.n`
    case "PutMeta":
      return sql`INSERT INTO holub_meta ${sql.insert({ name: write.key, value: write.value })}
        ON CONFLICT (name) DO UPDATE SET value = excluded.value`
    case "RequireMeta": {
      // The row is locked to the end of the transaction: a PutMeta of another process comes before it or after it.
      const locked = sql.literal(sql.onDialectOrElse({ pg: () => "FOR SHARE", orElse: () => "" }))
      return Effect.filterOrFail(
        sql`SELECT value FROM holub_meta WHERE name = ${write.key} AND value = ${write.value} ${locked}`,
        (found) => found.length === 1,
        () => new StoreError({ reason: "Conflict", message: `${write.key} has another value` })
      )
    }
  }
}
