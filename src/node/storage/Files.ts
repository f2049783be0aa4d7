/**
 * The system calls that storage uses: as one small interface, whose calls a test can replace, and as Effects with typed
 * errors. This module works on files and descriptors; it has no knowledge of inboxes and publishing.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type BigIntStats, constants, existsSync } from "node:fs"
import * as fs from "node:fs/promises"
import { dirname } from "node:path"
import { StorageError } from "../../storage/Storage.ts"
import * as FileErrors from "./FileErrors.ts"

/** An open file or directory. Positions and lengths are bytes. */
export interface OpenFile {
  readonly fd: number
  readonly read: (
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null
  ) => Promise<{ readonly bytesRead: number }>
  readonly write: (
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number
  ) => Promise<{ readonly bytesWritten: number }>
  readonly stat: (options: { readonly bigint: true }) => Promise<BigIntStats>
  readonly datasync: () => Promise<void>
  readonly sync: () => Promise<void>
  /** Waits for pending calls, then closes the descriptor. */
  readonly close: () => Promise<void>
}

/** The system calls. Each rejects with the system's own error. */
export interface Files {
  readonly open: (path: string, flags: number, mode?: number) => Promise<OpenFile>
  readonly stat: (path: string) => Promise<BigIntStats>
  /** Like `stat`, but does not follow a symbolic link. */
  readonly lstat: (path: string) => Promise<BigIntStats>
  /** The names of all entries. */
  readonly names: (directory: string) => Promise<ReadonlyArray<string>>
  /** Creates the missing directories of the path. Resolves to the first created one, or to undefined if all existed. */
  readonly makeDirectory: (path: string, mode: number) => Promise<string | undefined>
  readonly realPath: (path: string) => Promise<string>
  /** Rejects unless the process may list the directory and create entries in it. */
  readonly access: (directory: string) => Promise<void>
  /** The free space for unprivileged users, in bytes. */
  readonly freeBytes: (directory: string) => Promise<number>
  readonly link: (existing: string, fresh: string) => Promise<void>
  readonly rename: (from: string, to: string) => Promise<void>
  readonly unlink: (path: string) => Promise<void>
  /**
   * A path to an open directory that stays valid when the directory's own path is replaced; undefined if the system has
   * no such path.
   */
  readonly anchor: ((fd: number) => string) | undefined
  /** Whether a directory can be opened and synced. */
  readonly opensDirectories: boolean
  /** The most files that this program may have open; Infinity where the system has no such limit. */
  readonly openFilesLimit: () => number
}

/** The system calls of node:fs. */
export const make = (): Files => ({
  open: fs.open,
  stat: (path) => fs.stat(path, { bigint: true }),
  lstat: (path) => fs.lstat(path, { bigint: true }),
  names: (directory) => fs.readdir(directory),
  makeDirectory,
  realPath: (path) => fs.realpath(path),
  access: (directory) => fs.access(directory, constants.R_OK | constants.W_OK | constants.X_OK),
  freeBytes: (directory) => fs.statfs(directory).then((stats) => stats.bavail * stats.bsize),
  link: fs.link,
  rename: fs.rename,
  unlink: fs.unlink,
  // Node has no openat(). Linux provides a path for each descriptor.
  anchor: process.platform === "linux" && existsSync("/proc/self/fd") ? (fd) => `/proc/self/fd/${fd}` : undefined,
  opensDirectories: process.platform !== "win32",
  openFilesLimit
})

/** Node has no getrlimit(). Its diagnostic report has the limits of the process. */
const openFilesLimit = (): number => {
  const report: unknown = process.report.getReport()
  const soft = Option.getOrUndefined(decodeLimits(report))?.userLimits.open_files.soft
  return typeof soft === "number" ? soft : Infinity
}

const decodeLimits = Schema.decodeUnknownOption(
  Schema.Struct({
    userLimits: Schema.Struct({ open_files: Schema.Struct({ soft: Schema.Union(Schema.Number, Schema.String) }) })
  })
)

/**
 * Like mkdir with `recursive`, which in Node does not terminate under /proc: there, mkdir fails with ENOENT for a path
 * that cannot be created.
 */
const makeDirectory = async (path: string, mode: number): Promise<string | undefined> => {
  const parent = dirname(path)
  try {
    await fs.mkdir(path, { mode })
    return path
  } catch (cause) {
    if (FileErrors.code(cause) === "EEXIST" && (await fs.stat(path)).isDirectory()) return undefined
    if (FileErrors.code(cause) !== "ENOENT" || parent === path) throw cause
  }
  const first = await makeDirectory(parent, mode)
  // Another program may have created it in the meantime.
  await fs.mkdir(path, { mode }).catch((cause: unknown) => {
    if (FileErrors.code(cause) !== "EEXIST") throw cause
  })
  return first ?? path
}

/** Flags of open(2). A flag that the system does not have is 0. */
export const flags = {
  /** Does not wait for the writer of a pipe. */
  read: constants.O_RDONLY | (constants.O_NONBLOCK ?? 0),
  /** Creates a new file; fails if the path exists or is a link. */
  create: constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
  writeOnly: constants.O_WRONLY,
  readWrite: constants.O_RDWR,
  directory: constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)
} as const

/** One system call as an Effect. `verb` and `path` are used for the error message. */
export const attempt = <A>(verb: string, path: string, call: () => Promise<A>): Effect.Effect<A, StorageError> =>
  Effect.tryPromise({ try: call, catch: (cause) => FileErrors.fromSystem(verb, path, cause) })

/** Opens a file with `open` and closes it with the scope. `verb` and `path` are used for the error message. */
export const opened = (
  verb: string,
  path: string,
  open: () => Promise<OpenFile>
): Effect.Effect<OpenFile, StorageError, Scope.Scope> =>
  Effect.acquireRelease(attempt(verb, path, open), (file) => closed(file, path))

/** Closes a file. A failure is logged only: all data that must survive was synced before. */
export const closed = (file: OpenFile, path: string): Effect.Effect<void> =>
  Effect.ignoreLogged(attempt("close", path, () => file.close()))

/** Writes all of `block` at `position` (bytes), in as many calls as the system needs. */
export const writeAt = Effect.fnUntraced(function*(
  file: OpenFile,
  path: string,
  block: Uint8Array,
  position: number
): Effect.fn.Return<void, StorageError> {
  let written = 0
  while (written < block.length) {
    const { bytesWritten } = yield* attempt(
      "write to",
      path,
      () => file.write(block, written, block.length - written, position + written)
    )
    if (bytesWritten === 0) {
      return yield* new StorageError({
        reason: "Io",
        path,
        message: `cannot write to "${path}": the system accepts no more bytes; check the disk`
      })
    }
    written += bytesWritten
  }
})

/** Reads from `position` on until `block` is full or the file ends. Returns the number of bytes read. */
export const readAt = Effect.fnUntraced(function*(
  file: OpenFile,
  path: string,
  block: Uint8Array,
  position: number
): Effect.fn.Return<number, StorageError> {
  let readBytes = 0
  while (readBytes < block.length) {
    const { bytesRead } = yield* attempt(
      "read",
      path,
      () => file.read(block, readBytes, block.length - readBytes, position + readBytes)
    )
    if (bytesRead === 0) break
    readBytes += bytesRead
  }
  return readBytes
})
