/**
 * The service that finds partial files which no transfer will finish, because a crash left them in an inbox. A partial
 * file that has not grown for a given time counts as abandoned; the service has no contact with a running inbox.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { StorageError } from "./Storage.ts"

/** A file that was begun and not published. */
export interface PartialFile {
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the last write. */
  readonly ageMillis: number
  /**
   * Removes the file. Fails with `Changed` if it has grown since `find` or is another file; succeeds if it no longer
   * exists.
   */
  readonly remove: Effect.Effect<void, StorageError>
}

/** The result of `find`. */
export interface Found {
  /** The inbox's real path. */
  readonly path: string
  /** Partial files that have not grown for at least the given time, sorted by name. */
  readonly abandoned: ReadonlyArray<PartialFile>
  /** Partial files that have grown more recently: a running server writes them, or a crash has just left them. */
  readonly younger: ReadonlyArray<Pick<PartialFile, "path" | "size">>
}

export interface Shape {
  /**
   * Finds the partial files in the inbox at `path`; those that have not grown for `idleMillis` are `abandoned`. Links
   * and directories are never included, whatever their names. Fails with `NotFound`, or with `TargetExists` if `path`
   * is a file. The directory stays open until the scope closes: replacing its path redirects no removal.
   */
  readonly find: (path: string, idleMillis: number) => Effect.Effect<Found, StorageError, Scope.Scope>
}

/** The service tag of `PartialFiles`. */
export class PartialFiles extends Context.Tag("holub/PartialFiles")<PartialFiles, Shape>() {}
