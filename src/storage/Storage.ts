/**
 * Where files come from and where they go: sources, spools, parts and their publishing. It knows paths; it knows no
 * frame and no peer.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

export type Reason =
  | "NotFound"
  | "NotAFile"
  | "Denied"
  | "UnsafeName"
  | "TargetExists"
  | "NoSpace"
  | "OverQuota"
  | "Changed"
  | "Damaged"
  | "Io"

/** A file could not be read, taken or published. `path` is the file or the name that it was about. */
export class StorageError extends Data.TaggedError("StorageError")<{
  readonly reason: Reason
  readonly path: string
  /** What happened, as a sentence without a full stop. */
  readonly message: string
  readonly cause?: unknown
}> {}

/** What arrived is not what was sent. */
export const damaged = (path: string): StorageError =>
  new StorageError({ reason: "Damaged", path, message: `what arrived of ${path} is not what was sent; send it again` })

/** Something to send: `blocks` gives exactly `size` bytes or fails with reason `Changed`. */
export interface Source {
  readonly name: string
  /** The absolute path, where there is one. */
  readonly path: string | undefined
  readonly size: number
  /** Blocks of `blockBytes` bytes each, the last one shorter. Running it again reads the file again. */
  readonly blocks: (blockBytes: number) => Stream.Stream<Uint8Array, StorageError>
  /** Takes a full block back, to be filled again, that nobody looks at any more. */
  readonly recycle?: ((block: Uint8Array) => void) | undefined
  /** Lower-case hex SHA-256 of all the bytes of the last complete run of `blocks`. */
  readonly sha256: Effect.Effect<string, StorageError>
}

export type IfExists = "fail" | "rename" | "overwrite"

/** A file as it was published. */
export interface Published {
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** A part that grows beside its target. Closing its scope before `publish` removes it. */
export interface Sink {
  readonly write: (block: Uint8Array) => Effect.Effect<void, StorageError>
  /** Fails with `Damaged` unless what was written has this SHA-256, lower-case hex. */
  readonly verify: (sha256: string | undefined) => Effect.Effect<void, StorageError>
  /** Sync, link to the final name, sync the directory (docs/RELIABILITY.md): when this succeeds the file survives a crash. */
  readonly publish: Effect.Effect<Published, StorageError>
}

/** A directory that takes files from peers, private and flat. */
export interface Inbox {
  /** Absolute. */
  readonly path: string
  /**
   * Begins a part for a file that a peer calls `name`. Fails before anything is created with `UnsafeName`,
   * `TargetExists` (under `fail`), `NoSpace` or `OverQuota` (for `expectedBytes`, a lower bound of what will come).
   */
  readonly sink: (name: string, expectedBytes: number) => Effect.Effect<Sink, StorageError, Scope.Scope>
}

export interface InboxOptions {
  readonly path: string
  readonly ifExists: IfExists
  /** Bytes of all files in the inbox together, those already there included. Default: no quota, the free space rules. */
  readonly quotaBytes?: number | undefined
}

export interface Shape {
  /** A file to send. Fails with `NotFound`, `NotAFile` (a directory) or `Denied`. */
  readonly source: (path: string) => Effect.Effect<Source, StorageError, Scope.Scope>
  /** Keeps a stream of unknown length (standard input, a pipe) in private temporary storage until the scope closes. */
  readonly spool: (
    name: string,
    bytes: Stream.Stream<Uint8Array, StorageError>
  ) => Effect.Effect<Source, StorageError, Scope.Scope>
  /** Opens the inbox, creating the directory (mode 0700) if need be. */
  readonly inbox: (options: InboxOptions) => Effect.Effect<Inbox, StorageError>
}

export class Storage extends Context.Tag("holub/Storage")<Storage, Shape>() {}
