/**
 * What rooms and accounts keep, as a service. `StoreMemory` keeps it in memory, `node/store/SqlStore` in SQLite or Postgres; test/suites/store has
 * the tests that all of them pass.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Event, EventRef } from "../../protocol/conversation/Event.ts"
import type { Place } from "../../protocol/conversation/RoomOrder.ts"
import type { Vector } from "../../protocol/conversation/Vector.ts"
import type { Head } from "./Heads.ts"
import type {
  SeenPost,
  StoredAccount,
  StoredAttachment,
  StoredKey,
  StoredLink,
  StoredMark,
  StoredRoom,
  StoredToken
} from "./StoredRows.ts"
import type { Turn } from "./StoreWrites.ts"

/** Why a store has failed. */
export const Reason = Schema.Literal(
  /** The turn contradicts what is stored: another event of this identity, a name that is taken, a token that was used. */
  "Conflict",
  /** The turn has a value that cannot be stored, or is too large. */
  "Invalid",
  "NoSpace",
  /** The file is not a store, or was damaged. */
  "Damaged",
  /** The store was written by a newer version of Holub. */
  "Newer",
  /** Another process has the file. */
  "InUse",
  "Denied",
  /** The server of the database does not answer. */
  "Unreachable",
  /** What the store needs is not installed. */
  "Unsupported",
  "Closed",
  "Io"
)
export type Reason = typeof Reason.Type

/** A store could not be opened, read or written. */
export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  reason: Reason,
  /** What happened, to which store, and what to do, as a sentence without a full stop. */
  message: Schema.String,
  cause: Schema.optional(Schema.Defect)
}) {}

/** A result of a store. Reads see what is durable. */
export type Stored<A> = Effect.Effect<A, StoreError>

export interface Shape {
  /**
   * Applies all writes of a turn or none, and completes when they are durable. Turns of one fiber are applied in their order. Once it has
   * begun it is not interrupted. Fails with `Conflict`, `Invalid`, `NoSpace`, `Closed` and others.
   */
  readonly commit: (turn: Turn) => Stored<void>

  readonly rooms: Stored<ReadonlyArray<StoredRoom>>
  readonly room: (name: string) => Stored<StoredRoom | undefined>
  /** The heads of a room by origin; empty for an unknown room. */
  readonly heads: (room: string) => Stored<ReadonlyMap<string, Head>>
  /**
   * The events that a vector lacks, in the order of the room, at most `limit` (and `StoreLimits.pageEvents`); only those behind a place, if
   * one is given.
   */
  readonly after: (
    room: string,
    vector: Vector,
    limit: number,
    behind?: Place
  ) => Stored<ReadonlyArray<Event>>
  /** The last events before a place, or of all, in the order of the room, at most `limit` (and `StoreLimits.pageEvents`). */
  readonly before: (room: string, place: Place | undefined, limit: number) => Stored<ReadonlyArray<Event>>
  readonly event: (room: string, ref: EventRef) => Stored<Event | undefined>
  /** The events that answer, change or remove an event, in the order of the room, at most `StoreLimits.pageEvents`. */
  readonly about: (room: string, ref: EventRef) => Stored<ReadonlyArray<Event>>
  /** The last post of each device in a room, in the order of authors and devices, at most `StoreLimits.pageRows` after a post. */
  readonly seen: (room: string, after?: Pick<SeenPost, "author" | "device">) => Stored<ReadonlyArray<SeenPost>>

  readonly account: (id: string) => Stored<StoredAccount | undefined>
  readonly accountNamed: (fold: string) => Stored<StoredAccount | undefined>
  /** An account with this fold, or with this look. */
  readonly accountLike: (keys: Pick<StoredAccount, "fold" | "look">) => Stored<StoredAccount | undefined>
  readonly accountOfKey: (key: string) => Stored<StoredAccount | undefined>
  /** A page of accounts in the order of their folds (by code points), after one, at most `StoreLimits.pageRows`. */
  readonly accounts: (afterFold: string | undefined) => Stored<ReadonlyArray<StoredAccount>>
  readonly accountCount: Stored<number>
  readonly keys: (account: string) => Stored<ReadonlyArray<StoredKey>>
  readonly token: (hash: string) => Stored<StoredToken | undefined>
  /** The tokens of an account, the oldest first. */
  readonly tokens: (account: string) => Stored<ReadonlyArray<StoredToken>>
  readonly marks: (account: string) => Stored<ReadonlyArray<StoredMark>>

  readonly attachment: (hash: string) => Stored<StoredAttachment | undefined>
  /** Whether the log of a room has a file with this hash: its readers may have it. */
  readonly refersTo: (room: string, hash: string) => Stored<boolean>
  /** Attachments that no log has any more, at most `StoreLimits.pageRows`: their files are removed, then they are. */
  readonly orphans: Stored<ReadonlyArray<StoredAttachment>>
  readonly links: Stored<ReadonlyArray<StoredLink>>
  readonly meta: (key: string) => Stored<string | undefined>
}

/** The key of `meta` for the name of the server whose store it is: an account writes as `NAME@SERVER`. */
export const serverNameKey = "server"

export class Store extends Context.Tag("holub/Store")<Store, Shape>() {}
