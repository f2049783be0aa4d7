/**
 * The system calls that storage is built on, as one small interface whose calls a test can fail or watch, and as
 * Effects with typed errors. It knows files and descriptors; it knows no inbox and no publishing.
 */
import * as Effect from "effect/Effect"
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
  /** Waits for calls that are under way. */
  readonly close: () => Promise<void>
}

/** The system calls; each rejects with the system's own error. */
export interface Files {
  readonly open: (path: string, flags: number, mode?: number) => Promise<OpenFile>
  readonly stat: (path: string) => Promise<BigIntStats>
  /** Of the link itself. */
  readonly lstat: (path: string) => Promise<BigIntStats>
  readonly names: (directory: string) => Promise<ReadonlyArray<string>>
  /** Creates what is missing of the path and gives the first directory it created, if any. */
  readonly makeDirectory: (path: string, mode: number) => Promise<string | undefined>
  readonly realPath: (path: string) => Promise<string>
  /** Rejects unless this user may list a directory and create in it. */
  readonly access: (directory: string) => Promise<void>
  /** What an ordinary user may still write there. */
  readonly freeBytes: (directory: string) => Promise<number>
  readonly link: (existing: string, fresh: string) => Promise<void>
  readonly rename: (from: string, to: string) => Promise<void>
  readonly unlink: (path: string) => Promise<void>
  /** A path to an open directory that stays right however its own path is swapped, where the system has one. */
  readonly anchor: ((fd: number) => string) | undefined
  /** Whether a directory can be opened and synced. */
  readonly opensDirectories: boolean
}

/** Node's own. */
export const make = (): Files => ({
  open: fs.open,
  stat: (path) => fs.stat(path, { bigint: true }),
  lstat: (path) => fs.lstat(path, { bigint: true }),
  names: (directory) => fs.readdir(directory),
  makeDirectory,
  realPath: (path) => fs.realpath(path),
  access: (directory) => fs.access(directory, constants.R_OK | constants.W_OK | constants.X_OK),
  freeBytes: (directory) => fs.statfs(directory).then((facts) => facts.bavail * facts.bsize),
  link: fs.link,
  rename: fs.rename,
  unlink: fs.unlink,
  // Node has no openat(); Linux shows each descriptor as a path.
  anchor: process.platform === "linux" && existsSync("/proc/self/fd") ? (fd) => `/proc/self/fd/${fd}` : undefined,
  opensDirectories: process.platform !== "win32"
})

/** Node's own recursive mkdir never ends under /proc, where what cannot be made is not there either. */
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
  // Another program may have been faster.
  await fs.mkdir(path, { mode }).catch((cause: unknown) => {
    if (FileErrors.code(cause) !== "EEXIST") throw cause
  })
  return first ?? path
}

/** Flags of open(2); those that a system lacks are 0. */
export const flags = {
  /** Without waiting for the writer of a pipe. */
  read: constants.O_RDONLY | (constants.O_NONBLOCK ?? 0),
  /** A new file of its own, never through a link. */
  create: constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
  writeOnly: constants.O_WRONLY,
  readWrite: constants.O_RDWR,
  directory: constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)
} as const

/** One system call as an Effect; `verb` and `path` are for the error's sentence. */
export const attempt = <A>(verb: string, path: string, call: () => Promise<A>): Effect.Effect<A, StorageError> =>
  Effect.tryPromise({ try: call, catch: (cause) => FileErrors.fromSystem(verb, path, cause) })

/** Opens a file until the scope closes; `path` is for the error's sentence, `open` opens it. */
export const opened = (
  verb: string,
  path: string,
  open: () => Promise<OpenFile>
): Effect.Effect<OpenFile, StorageError, Scope.Scope> =>
  Effect.acquireRelease(attempt(verb, path, open), (file) => closed(file, path))

/** Closes a file; that this fails is logged and harms nobody, for what matters was synced before. */
export const closed = (file: OpenFile, path: string): Effect.Effect<void> =>
  Effect.ignoreLogged(attempt("close", path, () => file.close()))

/** Writes all of `block` at `position`, in as many calls as the system needs. */
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
        message: `cannot write to "${path}": the system takes no more bytes; check the disk`
      })
    }
    written += bytesWritten
  }
})

/** Reads `block` full from `position` on, or to the end of the file, and gives the count of its bytes. */
export const readAt = Effect.fnUntraced(function*(
  file: OpenFile,
  path: string,
  block: Uint8Array,
  position: number
): Effect.fn.Return<number, StorageError> {
  let count = 0
  while (count < block.length) {
    const { bytesRead } = yield* attempt(
      "read",
      path,
      () => file.read(block, count, block.length - count, position + count)
    )
    if (bytesRead === 0) break
    count += bytesRead
  }
  return count
})
