/**
 * One directory, held so that whoever swaps its path for another directory or a link leads nobody elsewhere. It knows
 * descriptors and identities; it knows nothing of what the files in it mean.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BigIntStats } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { StorageError } from "../../storage/Storage.ts"
import * as FileErrors from "./FileErrors.ts"
import { attempt, closed, type Files, flags, opened } from "./Files.ts"

/** A directory by its real path and by what tells it from any other. */
export interface Identity {
  readonly path: string
  readonly device: bigint
  readonly inode: bigint
}

/** A directory that is held until the scope closes. */
export interface Directory {
  /** The path by which system calls reach an entry, or without a name the directory itself. */
  readonly at: (name?: string) => string
  /** All entries' names. */
  readonly names: Effect.Effect<ReadonlyArray<string>, StorageError>
  /** Bytes of the regular files in it, those that `leftOut` names aside. */
  readonly fileBytes: (leftOut: ReadonlySet<string>) => Effect.Effect<number, StorageError>
  /** Fails with `Changed` if the directory no longer lies at its path. */
  readonly inPlace: Effect.Effect<void, StorageError>
  /** Makes what was created, renamed and removed in it survive a crash. */
  readonly sync: Effect.Effect<void, StorageError>
}

/** Creates what is missing of the path, durably and with mode 0700. Fails with `TargetExists` if a file is there. */
export const create = Effect.fnUntraced(function*(
  files: Files,
  path: string
): Effect.fn.Return<Identity, StorageError> {
  const first = yield* Effect.mapError(
    attempt("create the inbox", path, () => files.makeDirectory(path, 0o700)),
    (error) => error.reason === "TargetExists" ? isAFile(path, error) : beyond(path, error)
  )
  if (first !== undefined) yield* syncParents(files, first, path)
  return yield* identify(files, path)
})

/** What is at the path. Fails with `NotFound` if nothing is, with `TargetExists` if it is a file. */
export const identify = Effect.fnUntraced(function*(
  files: Files,
  path: string
): Effect.fn.Return<Identity, StorageError> {
  const real = yield* attempt("open the inbox", path, () => files.realPath(path))
  const facts = yield* attempt("open the inbox", real, () => files.lstat(real))
  if (!facts.isDirectory()) return yield* isAFile(path, undefined)
  return { path: real, device: facts.dev, inode: facts.ino }
})

/** Holds the directory. Fails with `Changed` if it is not the one that it was. */
export const hold = Effect.fnUntraced(function*(
  files: Files,
  identity: Identity
): Effect.fn.Return<Directory, StorageError, Scope.Scope> {
  const { path } = identity
  const handle = files.opensDirectories
    ? yield* Effect.mapError(
      opened("open the inbox", path, () => files.open(path, flags.directory)),
      (error) => swaps.has(FileErrors.code(error.cause)) ? replaced(path) : error
    )
    : undefined
  const root = handle !== undefined && files.anchor !== undefined ? files.anchor(handle.fd) : path
  const at = (name?: string) => name === undefined ? root : join(root, name)

  const same = (facts: BigIntStats) =>
    facts.dev === identity.device && facts.ino === identity.inode ? Effect.void : Effect.fail(replaced(path))
  const inPlace = Effect.flatMap(attempt("open the inbox", path, () => files.lstat(path)), same)
  yield* handle === undefined
    ? inPlace
    : Effect.flatMap(attempt("open the inbox", path, () => handle.stat({ bigint: true })), same)

  const names = attempt("read the inbox", path, () => files.names(root))
  return {
    at,
    names,
    fileBytes: (leftOut) =>
      Effect.gen(function*() {
        const counted = (yield* names).filter((name) => !leftOut.has(name))
        const sizes = yield* Effect.forEach(counted, (name) => sizeOf(files, at(name)), { concurrency: 16 })
        return sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0)
      }),
    inPlace,
    sync: handle === undefined ? Effect.void : synced(path, () => handle.sync())
  }
})

const sizeOf = (files: Files, path: string): Effect.Effect<number, StorageError> =>
  attempt("read the inbox at", path, () => files.lstat(path)).pipe(
    Effect.map((facts) => facts.isFile() ? Number(facts.size) : 0),
    // An entry that has gone in the meantime takes no room.
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(0))
  )

const syncParents = (files: Files, first: string, path: string): Effect.Effect<void> => {
  const steps = relative(first, path).split(sep).filter((step) => step !== "")
  const parents = [dirname(first), ...steps.map((_, index) => join(first, ...steps.slice(0, index)))]
  return files.opensDirectories
    ? Effect.forEach(parents, (parent) =>
      // A parent that this user may not read cannot be synced; the system writes it in its own time.
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
    // Some file systems keep their directories durable by themselves and refuse to be asked.
    (error) => unsynced.has(FileErrors.code(error.cause)),
    () => Effect.void
  )

const unsynced: ReadonlySet<string> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP"])

/** What the system says when a link or a file is where the directory was, or nothing. */
const swaps: ReadonlySet<string> = new Set(["ELOOP", "ENOTDIR", "ENOENT"])

/** Parents are made too: what then does not exist cannot be made, as under /proc. */
const beyond = (path: string, error: StorageError): StorageError =>
  FileErrors.code(error.cause) !== "ENOENT" ? error : new StorageError({
    ...error,
    message: `cannot create the inbox "${path}": the system lets nobody create anything there; choose another place`
  })

const isAFile = (path: string, cause: unknown): StorageError =>
  new StorageError({
    reason: "TargetExists",
    path,
    message: `cannot open the inbox "${path}": a file is there; choose a directory`,
    cause
  })

const replaced = (path: string): StorageError =>
  new StorageError({
    reason: "Changed",
    path,
    message: `the inbox "${path}" was moved or replaced while it was in use; put it back or start again`
  })
