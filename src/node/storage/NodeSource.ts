/**
 * Files to send on Node. A regular file is open only while it is checked and while it is read, so that there may be more
 * files than descriptors. Pipes, devices and files that report another size than they have are read to their end when
 * they are checked.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type BigIntStats } from "node:fs"
import { basename } from "node:path"
import { isatty } from "node:tty"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import * as Blocks from "../../storage/Blocks.ts"
import * as SourceOfBytes from "../../storage/SourceOfBytes.ts"
import { type Source, StorageError } from "../../storage/Storage.ts"
import * as StorageLimits from "../../storage/StorageLimits.ts"
import { absolute as absoluteOf, attempt, type Files, flags, opened, type OpenFile } from "./Files.ts"
import * as NodePipe from "./NodePipe.ts"
import * as NodeSpool from "./NodeSpool.ts"
import * as UnchangedFile from "./UnchangedFile.ts"

/**
 * Checks a file to send. Fails with `NotFound`, `NotAFile` or `Denied`, and with `Changed` if another program writes to
 * it.
 */
export const source = Effect.fnUntraced(function*(
  files: Files,
  path: string
): Effect.fn.Return<Source, StorageError, Scope.Scope> {
  const absolute = yield* absoluteOf("send", path)
  const name = basename(absolute)
  const found = yield* attempt("send", absolute, () => files.stat(absolute))
  if (found.isFIFO()) return yield* NodeSpool.make(files, { name, path: undefined }, NodePipe.bytes(absolute))
  if (!found.isFile() && !found.isCharacterDevice()) return yield* notAFile(absolute, found)

  const scope = yield* Effect.scope
  return yield* Effect.scoped(Effect.gen(function*() {
    const file = yield* opened("send", absolute, () => files.open(absolute, flags.read))
    // Checked again, because the path may have been replaced before it was opened.
    const stats = yield* attempt("send", absolute, () => file.stat({ bigint: true }))
    if (stats.isCharacterDevice() && !isatty(file.fd)) {
      return yield* Scope.extend(NodeSpool.make(files, { name, path: undefined }, untilEnd(file, absolute)), scope)
    }
    if (!stats.isFile()) return yield* notAFile(absolute, stats)
    if (yield* endsAt(file, absolute, Number(stats.size))) {
      const again = openedAgain(files, absolute, stats)
      return UnchangedFile.source(again, { name, path: absolute, label: absolute, stats })
    }
    // Another program writes to the file, or the file system reports another size than the file has.
    yield* UnchangedFile.unchanged(file, absolute, stats)
    const whole = yield* Scope.extend(readNow(files, file, { name, path: absolute }), scope)
    yield* UnchangedFile.unchanged(file, absolute, stats)
    return whole
  }))
})

/** Whether the file ends at its reported size. Files in /proc report 0 bytes, files in /sys report 4096. */
const endsAt = (file: OpenFile, path: string, size: number): Effect.Effect<boolean, StorageError> => {
  const last = Math.max(0, size - 1)
  return Effect.map(
    attempt("read", path, () => file.read(new Uint8Array(2), 0, 2, last)),
    ({ bytesRead }) => last + bytesRead === size
  )
}

/** Opens a checked file. Fails with `Changed` if its path leads to another file now. */
const openedAgain = (
  files: Files,
  path: string,
  checked: BigIntStats
): Effect.Effect<OpenFile, StorageError, Scope.Scope> =>
  Effect.gen(function*() {
    const file = yield* Effect.mapError(
      opened("send", path, () => files.open(path, flags.read)),
      (error) => error.reason === "NotFound" || error.reason === "NotAFile" ? replaced(path, error) : error
    )
    const stats = yield* attempt("send", path, () => file.stat({ bigint: true }))
    return isSameFile(stats, checked) ? file : yield* replaced(path, undefined)
  })

/** The number of an inode is soon used again: its time of creation tells a new file from a removed one. */
const isSameFile = (one: BigIntStats, other: BigIntStats): boolean =>
  one.isFile() && one.dev === other.dev && one.ino === other.ino && one.birthtimeNs === other.birthtimeNs

/** Reads an open file to its end: a short one into memory, a longer one into a temporary file. */
const readNow = Effect.fnUntraced(function*(
  files: Files,
  file: OpenFile,
  { name, path }: { readonly name: string; readonly path: string }
): Effect.fn.Return<Source, StorageError, Scope.Scope> {
  const held: Array<Uint8Array> = []
  while (Blocks.sizeOf(held) <= StorageLimits.heldBytes) {
    const block = yield* next(file, path)
    if (block === undefined) return SourceOfBytes.make({ name, path, bytes: Blocks.joined(held) })
    held.push(block)
  }
  return yield* NodeSpool.make(files, { name, path }, Stream.concat(Stream.fromIterable(held), untilEnd(file, path)))
})

const untilEnd = (file: OpenFile, path: string): Stream.Stream<Uint8Array, StorageError> =>
  Stream.repeatEffectOption(
    Effect.mapError(next(file, path), Option.some).pipe(
      Effect.flatMap((block) => block === undefined ? Effect.fail(Option.none()) : Effect.succeed(block))
    )
  )

/** The next bytes of an open file; undefined at its end. */
const next = (file: OpenFile, path: string): Effect.Effect<Uint8Array | undefined, StorageError> =>
  Effect.suspend(() => {
    const block = Buffer.allocUnsafeSlow(Limits.sourceBlockBytes)
    return Effect.map(
      attempt("read", path, () => file.read(block, 0, block.length, null)),
      ({ bytesRead }) => bytesRead === 0 ? undefined : block.subarray(0, bytesRead)
    )
  })

const notAFile = (path: string, stats: BigIntStats): StorageError =>
  new StorageError({
    reason: "NotAFile",
    path,
    message: stats.isDirectory()
      ? `cannot send "${path}": it is a directory; name the files in it`
      : `cannot send "${path}": it is a terminal, a socket or a block device; name a file or a pipe`
  })

const replaced = (path: string, cause: unknown): StorageError =>
  new StorageError({
    reason: "Changed",
    path,
    message: `"${path}" was removed or replaced after it was checked; send it again`,
    cause
  })
