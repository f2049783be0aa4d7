/**
 * One directory, kept open so that files do not end up elsewhere when another program replaces its path by another
 * directory or a link. This module works on descriptors and identities; the meaning of the files is not known here.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BigIntStats } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { StorageError } from "../../storage/Storage.ts"
import * as FileErrors from "./FileErrors.ts"
import { attempt, closed, type Files, flags, opened } from "./Files.ts"

/** A directory's real path, with its device and inode, which identify it. */
export interface Identity {
  readonly path: string
  readonly device: bigint
  readonly inode: bigint
}

/** A directory that is open until the scope closes. */
export interface Directory {
  /** The path for system calls on an entry, or without a name on the directory itself. */
  readonly at: (name?: string) => string
  /** The names of all entries. */
  readonly names: Effect.Effect<ReadonlyArray<string>, StorageError>
  /** The total size of the regular files in it, except those named in `excluded`, in bytes. */
  readonly fileBytes: (excluded: ReadonlySet<string>) => Effect.Effect<number, StorageError>
  /** Fails with `Changed` if the directory is no longer at its path. */
  readonly inPlace: Effect.Effect<void, StorageError>
  /** Syncs the directory: the entries created, renamed and removed before survive a crash. */
  readonly sync: Effect.Effect<void, StorageError>
}

/**
 * Creates the missing directories of the path with mode 0700 and syncs their parents. Fails with `TargetExists` if the
 * path is a file.
 */
export const create = Effect.fnUntraced(function*(
  files: Files,
  path: string
): Effect.fn.Return<Identity, StorageError> {
  const first = yield* Effect.mapError(
    attempt("create the inbox", path, () => files.makeDirectory(path, 0o700)),
    (error) => error.reason === "TargetExists" ? isAFile(path, error) : creationError(path, error)
  )
  if (first !== undefined) yield* syncParents(files, first, path)
  return yield* identify(files, path)
})

/** The identity of the directory at the path. Fails with `NotFound`, or with `TargetExists` if the path is a file. */
export const identify = Effect.fnUntraced(function*(
  files: Files,
  path: string
): Effect.fn.Return<Identity, StorageError> {
  const real = yield* attempt("open the inbox", path, () => files.realPath(path))
  const stats = yield* attempt("open the inbox", real, () => files.lstat(real))
  if (!stats.isDirectory()) return yield* isAFile(path, undefined)
  return { path: real, device: stats.dev, inode: stats.ino }
})

/** Opens the directory until the scope closes. Fails with `Changed` if another entry is at its path. */
export const hold = Effect.fnUntraced(function*(
  files: Files,
  identity: Identity
): Effect.fn.Return<Directory, StorageError, Scope.Scope> {
  const { path } = identity
  const handle = files.opensDirectories
    ? yield* Effect.mapError(
      opened("open the inbox", path, () => files.open(path, flags.directory)),
      (error) => replacementCodes.has(FileErrors.code(error.cause)) ? replaced(path) : error
    )
    : undefined
  const root = handle !== undefined && files.anchor !== undefined ? files.anchor(handle.fd) : path
  const at = (name?: string) => name === undefined ? root : join(root, name)

  const same = (stats: BigIntStats) =>
    stats.dev === identity.device && stats.ino === identity.inode ? Effect.void : Effect.fail(replaced(path))
  const inPlace = Effect.flatMap(attempt("open the inbox", path, () => files.lstat(path)), same)
  yield* handle === undefined
    ? inPlace
    : Effect.flatMap(attempt("open the inbox", path, () => handle.stat({ bigint: true })), same)

  const names = attempt("read the inbox", path, () => files.names(root))
  return {
    at,
    names,
    fileBytes: (excluded) =>
      Effect.gen(function*() {
        const counted = (yield* names).filter((name) => !excluded.has(name))
        const sizes = yield* Effect.forEach(counted, (name) => sizeOf(files, at(name)), { concurrency: 16 })
        return sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0)
      }),
    inPlace,
    sync: handle === undefined ? Effect.void : synced(path, () => handle.sync())
  }
})

const sizeOf = (files: Files, path: string): Effect.Effect<number, StorageError> =>
  attempt("read the inbox at", path, () => files.lstat(path)).pipe(
    Effect.map((stats) => stats.isFile() ? Number(stats.size) : 0),
    // An entry that was removed in the meantime uses no space.
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(0))
  )

const syncParents = (files: Files, first: string, path: string): Effect.Effect<void> => {
  const steps = relative(first, path).split(sep).filter((step) => step !== "")
  const parents = [dirname(first), ...steps.map((_, index) => join(first, ...steps.slice(0, index)))]
  return files.opensDirectories
    ? Effect.forEach(parents, (parent) =>
      // A parent directory without read permission cannot be synced; the system writes it later.
      Effect.ignoreLogged(Effect.acquireUseRelease(
        attempt("open", parent, () => files.open(parent, flags.directory)),
        (handle) => synced(parent, () => handle.sync()),
        (handle) => closed(handle, parent)
      )), { discard: true })
    : Effect.void
}

const synced = (path: string, sync: () => Promise<void>): Effect.Effect<void, StorageError> =>
  Effect.catchIf(
    attempt("sync the directory", path, sync),
    // Some file systems write directories synchronously and reject a sync.
    (error) => syncUnsupported.has(FileErrors.code(error.cause)),
    () => Effect.void
  )

const syncUnsupported: ReadonlySet<string> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP"])

/** Error codes of an open whose path is now a link, a file or absent. */
const replacementCodes: ReadonlySet<string> = new Set(["ELOOP", "ENOTDIR", "ENOENT"])

/** Missing parents are created too, so ENOENT means that the path cannot be created, as under /proc. */
const creationError = (path: string, error: StorageError): StorageError =>
  FileErrors.code(error.cause) !== "ENOENT" ? error : new StorageError({
    ...error,
    message: `cannot create the inbox "${path}": the system does not allow new entries there; choose another place`
  })

const isAFile = (path: string, cause: unknown): StorageError =>
  new StorageError({
    reason: "TargetExists",
    path,
    message: `cannot open the inbox "${path}": it is a file; choose a directory`,
    cause
  })

const replaced = (path: string): StorageError =>
  new StorageError({
    reason: "Changed",
    path,
    message: `the inbox "${path}" was moved or replaced while it was in use; put it back or start again`
  })
