/**
 * Files that only their owner may read, or only their owner may change: read with a check of owner, mode and kind on the open file, and
 * written so that each is complete on the disk before its name exists.
 */
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { type BigIntStats, constants } from "node:fs"
import { dirname } from "node:path"
import { KeyringError } from "../../security/Keyring.ts"
import type { StorageError } from "../../storage/Storage.ts"
import * as FileErrors from "../storage/FileErrors.ts"
import * as Files from "../storage/Files.ts"

/** How a file is read. */
export interface Rules {
  /** The words for the file in messages: `the host key`. */
  readonly what: string
  /** Others may read it, but not change it; otherwise they may do neither. */
  readonly isPublic: boolean
  /** A symbolic link, and a pipe, is read as well. */
  readonly followsLinks: boolean
  readonly maxBytes: number
}

/** The bytes of the file, undefined if it does not exist. Fails if another user owns it, or has more access than the rules allow. */
export const read = (
  files: Files.Files,
  path: string,
  rules: Rules
): Effect.Effect<Uint8Array | undefined, KeyringError> =>
  Effect.gen(function*() {
    const flags = rules.followsLinks ? constants.O_RDONLY : Files.flags.read | (constants.O_NOFOLLOW ?? 0)
    const file = yield* Files.opened("read", path, () => files.open(path, flags))
    const stats = yield* Files.attempt("examine", path, () => file.stat({ bigint: true }))
    const problem = problemOf(stats, path, rules)
    if (problem !== undefined) return yield* refused(problem)
    const bytes = new Uint8Array(rules.maxBytes + 1)
    const length = yield* readFrom(file, path, bytes, stats.isFIFO())
    if (length > rules.maxBytes) return yield* refused(`${rules.what} ${path} is larger than ${rules.maxBytes} bytes`)
    const content = bytes.slice(0, length)
    bytes.fill(0, 0, length)
    return content
  }).pipe(
    Effect.scoped,
    Effect.catchTag("StorageError", (error) => {
      const code = FileErrors.code(error.cause)
      if (code === "ENOENT") return Effect.succeed(undefined)
      return code === "ELOOP" || code === "EMLINK"
        ? refused(`${rules.what} ${path} is a symbolic link; put the file itself there`)
        : Effect.fail(ofStorage(error))
    })
  )

/** A pipe has no positions. */
const readFrom = (file: Files.OpenFile, path: string, bytes: Uint8Array, isPipe: boolean) =>
  isPipe
    ? Effect.iterate({ length: 0, hasEnded: false }, {
      while: ({ hasEnded, length }) => !hasEnded && length < bytes.length,
      body: ({ length }) =>
        Effect.map(
          Files.attempt("read", path, () => file.read(bytes, length, bytes.length - length, null)),
          ({ bytesRead }) => ({ length: length + bytesRead, hasEnded: bytesRead === 0 })
        )
    }).pipe(Effect.map(({ length }) => length))
    : Files.readAt(file, path, bytes, 0)

/** On Windows the access list of the user's profile protects the file: there are neither modes nor user numbers. */
const hasModes = process.geteuid !== undefined

/** Why the open file is refused, as a sentence; undefined if it is not. */
export const problemOf = (
  stats: BigIntStats,
  path: string,
  { followsLinks, isPublic, what }: Rules
): string | undefined => {
  if (!stats.isFile() && !(followsLinks && stats.isFIFO())) return `${what} ${path} is not a file`
  if (!hasModes || stats.isFIFO()) return undefined
  const user = process.geteuid?.() ?? 0
  if (Number(stats.uid) !== user && Number(stats.uid) !== 0) {
    return `${what} ${path} belongs to another user (${stats.uid}, not ${user}); run holub as that user, or name another file`
  }
  const mode = Number(stats.mode) & 0o777
  if ((mode & (isPublic ? 0o022 : 0o077)) === 0) return undefined
  const written = `mode 0${mode.toString(8).padStart(3, "0")}`
  return isPublic
    ? `${what} ${path} can be changed by other users (${written}); check it, then run: chmod go-w ${quoted(path)}`
    : `${what} ${path} can be read or changed by other users (${written}); run: chmod 600 ${
      quoted(path)
    }, or make a new one if they may have read it`
}

/**
 * Whether the file exists. Fails as `read` does, and does not open the file: closing it would end the locks that this process has on it
 * (fcntl).
 */
export const exists = (files: Files.Files, path: string, rules: Rules): Effect.Effect<boolean, KeyringError> =>
  Effect.matchEffect(Files.attempt("examine", path, () => files.lstat(path)), {
    onFailure: (error) => error.reason === "NotFound" ? Effect.succeed(false) : Effect.fail(ofStorage(error)),
    onSuccess: (stats) => {
      const problem = problemOf(stats, path, rules)
      return problem === undefined ? Effect.succeed(true) : refused(problem)
    }
  })

/** Creates the folder with mode 0700 if it is missing. Fails if other users may replace files in it. */
export const folder = (files: Files.Files, path: string): Effect.Effect<void, KeyringError> =>
  Effect.gen(function*() {
    const first = yield* Files.attempt("create", path, () => files.makeDirectory(path, 0o700))
    if (first !== undefined) yield* synced(files, dirname(first))
    const stats = yield* Files.attempt("examine", path, () => files.stat(path))
    // In a folder with the sticky bit, such as /tmp, others cannot replace files of this user.
    if (!hasModes || (Number(stats.mode) & 0o022) === 0 || (Number(stats.mode) & 0o1000) !== 0) return
    return yield* refused(`other users may write in ${path}; run: chmod go-w ${quoted(path)}`)
  }).pipe(Effect.catchTag("StorageError", (error) => Effect.fail(ofStorage(error))))

/** Makes a file that did not exist, with mode 0600; false if it exists. The caller holds the lock of the path (FileLock). */
export const create = (files: Files.Files, path: string, bytes: Uint8Array): Effect.Effect<boolean, KeyringError> =>
  beside(files, path, bytes, (fresh) =>
    Effect.catchIf(
      Effect.as(Files.attempt("create", path, () => files.link(fresh, path)), true),
      ({ reason }) => reason === "TargetExists",
      () => Effect.succeed(false)
    ).pipe(
      Effect.catchIf(({ cause }) => FileErrors.noLinks.has(FileErrors.code(cause)), () => moved(files, fresh, path))
    ))

/** Replaces a file, or makes it, with mode 0600: a reader finds the old content or the new one. */
export const replace = (files: Files.Files, path: string, bytes: Uint8Array): Effect.Effect<void, KeyringError> =>
  Effect.asVoid(
    beside(
      files,
      path,
      bytes,
      (fresh) => Effect.as(Files.attempt("write", path, () => files.rename(fresh, path)), true)
    )
  )

/** Removes a file; does nothing if it does not exist. */
export const remove = (files: Files.Files, path: string): Effect.Effect<void, KeyringError> =>
  Files.attempt("remove", path, () => files.unlink(path)).pipe(
    Effect.catchIf(({ reason }) => reason === "NotFound", () => Effect.void),
    Effect.zipRight(synced(files, dirname(path))),
    Effect.mapError(ofStorage)
  )

/** Writes and syncs the bytes under a name of their own, gives them their name, and syncs the folder. */
const beside = (
  files: Files.Files,
  path: string,
  bytes: Uint8Array,
  publish: (fresh: string) => Effect.Effect<boolean, StorageError>
): Effect.Effect<boolean, KeyringError> => {
  const fresh = `${path}.${randomBytes(8).toString("hex")}.new`
  return written(files, fresh, bytes).pipe(
    Effect.zipRight(publish(fresh)),
    Effect.ensuring(Effect.ignore(Files.attempt("remove", fresh, () => files.unlink(fresh)))),
    Effect.tap(() => synced(files, dirname(path))),
    Effect.uninterruptible,
    Effect.mapError(ofStorage)
  )
}

/** For file systems without links: the caller holds a lock, so that no other process makes the file in between. */
const moved = (files: Files.Files, fresh: string, path: string): Effect.Effect<boolean, StorageError> =>
  Files.attempt("examine", path, () => files.lstat(path)).pipe(
    Effect.as(false),
    Effect.catchIf(
      ({ reason }) => reason === "NotFound",
      () => Effect.as(Files.attempt("create", path, () => files.rename(fresh, path)), true)
    )
  )

const written = (files: Files.Files, path: string, bytes: Uint8Array): Effect.Effect<void, StorageError> =>
  Effect.gen(function*() {
    const open = () => files.open(path, Files.flags.create | Files.flags.writeOnly, 0o600)
    const file = yield* Files.opened("create", path, open)
    yield* Files.writeAt(file, path, bytes, 0)
    yield* Files.attempt("sync", path, () => file.sync())
  }).pipe(Effect.scoped)

/** Syncs a folder, where the system can open one. */
const synced = (files: Files.Files, path: string): Effect.Effect<void, StorageError> =>
  files.opensDirectories
    ? Effect.scoped(Effect.flatMap(
      Files.opened("open", path, () => files.open(path, Files.flags.directory & ~(constants.O_NOFOLLOW ?? 0))),
      (directory) => Files.attempt("sync", path, () => directory.sync())
    ))
    : Effect.void

export const ofStorage = ({ cause, message }: StorageError): KeyringError => new KeyringError({ message, cause })

export const refused = (message: string): Effect.Effect<never, KeyringError> =>
  Effect.fail(new KeyringError({ message }))

/** A path as a word of a shell. */
export const quoted = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
