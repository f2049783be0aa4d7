/**
 * The storage service: reads files to send, spools streams of unknown length, receives files as parts and publishes
 * them. It works on paths; it has no knowledge of frames and peers.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** Why a storage operation failed. */
export const Reason = Schema.Literal(
  "NotFound",
  "NotAFile",
  "Denied",
  "UnsafeName",
  "TargetExists",
  "NoSpace",
  "OverQuota",
  "TooMany",
  "Changed",
  "Damaged",
  "Io"
)
export type Reason = typeof Reason.Type

/** A file could not be read, received or published. `path` is the file's path, or the name that the peer gave. */
export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  reason: Reason,
  path: Schema.String,
  /** What happened, as a sentence without a full stop. */
  message: Schema.String,
  cause: Schema.optional(Schema.Defect)
}) {}

/** The error for a file whose received content differs from the sent content. */
export const damaged = (path: string): StorageError =>
  new StorageError({
    reason: "Damaged",
    path,
    message: `the received content of ${path} differs from the sent content; send it again`
  })

/** Content to send: `blocks` emits exactly `size` bytes or fails with reason `Changed`. */
export interface Source {
  readonly name: string
  /** The absolute path; undefined if the content is no file with a path. */
  readonly path: string | undefined
  /** Bytes. */
  readonly size: number
  /** Blocks of `blockBytes` bytes each; the last one may be shorter. Each run of the stream reads the file again. */
  readonly blocks: (blockBytes: number) => Stream.Stream<Uint8Array, StorageError>
  /** Returns a full block, which the caller no longer reads, for reuse as a buffer. */
  readonly recycle?: ((block: Uint8Array) => void) | undefined
  /**
   * The SHA-256 of all bytes of the last complete run of `blocks`, in lower-case hex. Without such a run, the file is
   * read for it.
   */
  readonly sha256: Effect.Effect<string, StorageError>
}

/** The treatment of a file whose name is taken: refuse it, number its name, or replace the existing file. */
export type IfExists = "fail" | "rename" | "overwrite"

/** A published file. */
export interface Published {
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** A file that is being received, as a part in the inbox. Closing the scope before `publish` removes the part. */
export interface Sink {
  /** Appends a copy of the block. */
  readonly write: (block: Uint8Array) => Effect.Effect<void, StorageError>
  /** Fails with `Damaged` unless the written bytes have this SHA-256, in lower-case hex. */
  readonly verify: (sha256: string | undefined) => Effect.Effect<void, StorageError>
  /**
   * Syncs the part, links it to its final name and syncs the directory (docs/RELIABILITY.md). After success, the file
   * survives a crash.
   */
  readonly publish: Effect.Effect<Published, StorageError>
}

/** A private, flat directory that receives files from peers. */
export interface Inbox {
  /** Absolute. */
  readonly path: string
  /** Parts that may be open at the same time, where the system limits open files. */
  readonly mostParts?: number | undefined
  /**
   * Creates a part for a file that a peer calls `name`. Fails before anything is created with `UnsafeName`,
   * `TargetExists` (under `fail`), `NoSpace` or `OverQuota`. `expectedBytes` is a lower bound of the file's size.
   */
  readonly sink: (name: string, expectedBytes: number) => Effect.Effect<Sink, StorageError, Scope.Scope>
}

/** Options of an inbox. */
export interface InboxOptions {
  readonly path: string
  readonly ifExists: IfExists
  /**
   * The maximum total size of all files in the inbox, existing ones included, in bytes. Default: none; only the free
   * space limits it.
   */
  readonly quotaBytes?: number | undefined
}

/** The operations of `Storage`. */
export interface Shape {
  /** Opens a file to send. Fails with `NotFound`, `NotAFile` (a directory) or `Denied`. */
  readonly source: (path: string) => Effect.Effect<Source, StorageError, Scope.Scope>
  /**
   * Copies a stream of unknown length (standard input, a pipe) to private temporary storage, which is removed when the
   * scope closes.
   */
  readonly spool: (
    name: string,
    bytes: Stream.Stream<Uint8Array, StorageError>
  ) => Effect.Effect<Source, StorageError, Scope.Scope>
  /**
   * Opens the inbox and creates its directory (mode 0700) if it does not exist. Fails with `TargetExists` or `Denied`.
   */
  readonly inbox: (options: InboxOptions) => Effect.Effect<Inbox, StorageError>
}

/** The service tag of `Storage`. */
export class Storage extends Context.Tag("holub/Storage")<Storage, Shape>() {}
