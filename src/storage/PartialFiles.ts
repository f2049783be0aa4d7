/**
 * Parts that no transfer will ever finish: what a crash left in an inbox. It knows that a part which has not grown for
 * long is nobody's; it knows no inbox at work.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { StorageError } from "./Storage.ts"

export interface PartialFile {
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since it grew. */
  readonly ageMillis: number
  /** Fails with `Changed` if it has grown since, or is another file; one that has gone is no failure. */
  readonly remove: Effect.Effect<void, StorageError>
}

export interface Found {
  /** The inbox's real path. */
  readonly path: string
  /** By name. */
  readonly leftovers: ReadonlyArray<PartialFile>
  /** Parts that have grown since: a server's at work, or what a crash has just left. */
  readonly younger: ReadonlyArray<Pick<PartialFile, "path" | "size">>
}

export interface Shape {
  /**
   * The parts in the inbox at `path` that have not grown for `restMillis`. Links and directories are none, whatever
   * their names. Fails with `NotFound` or, if a file is in the inbox's place, `TargetExists`. The inbox is held until
   * the scope closes: whoever swaps its path leads nobody elsewhere.
   */
  readonly find: (path: string, restMillis: number) => Effect.Effect<Found, StorageError, Scope.Scope>
}

export class PartialFiles extends Context.Tag("holub/Leftovers")<PartialFiles, Shape>() {}
