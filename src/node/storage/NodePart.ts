/**
 * A part: a file in the inbox that is being received, and the steps that publish it so that it survives a crash. This
 * module defines the order of those steps; the inbox provides the final name and the quota (`Target`).
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createHash, randomBytes } from "node:crypto"
import { join } from "node:path"
import type { Claim } from "../../storage/InboxNames.ts"
import { damaged, type Published, type Sink, StorageError } from "../../storage/Storage.ts"
import * as StorageLimits from "../../storage/StorageLimits.ts"
import * as FileErrors from "./FileErrors.ts"
import { attempt, closed, type Files, flags, writeAt } from "./Files.ts"
import type { Directory } from "./NodeDirectory.ts"

/** The inbox as a part uses it. */
export interface Target {
  /** Absolute. */
  readonly inboxPath: string
  readonly directory: Directory
  readonly claim: Claim
  readonly overwrite: boolean
  /** Extends the part's reservation to `partBytes`. Fails with `OverQuota`. */
  readonly grow: (partBytes: number) => Effect.Effect<void, StorageError>
  /** Runs an effect while no other effect of this inbox claims or publishes a name. */
  readonly exclusively: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Called when the part was published; `replacedBytes` is the size of the file that it replaced, or 0. */
  readonly onPublished: (partBytes: number, replacedBytes: number) => void
}

/**
 * A random name for a part. It cannot collide with a name from a peer, whose leading dot becomes `_`
 * (`FileName.check`).
 */
export const randomName = (): string => `.holub-${randomBytes(16).toString("hex")}.part`

/** Whether `name` has the form of `randomName`. */
export const isPartName = (name: string): boolean => /^\.holub-[0-9a-f]{32}\.part$/.test(name)

/** Creates the part `partName`. It is removed when the scope closes, unless it was published. */
export const open = Effect.fnUntraced(function*(
  files: Files,
  target: Target,
  partName: string
): Effect.fn.Return<Sink, StorageError, Scope.Scope> {
  const { directory } = target
  const path = join(target.inboxPath, partName)
  const part: Part = { linked: true, path, partPath: directory.at(partName) }
  const file = yield* Effect.acquireRelease(
    attempt("create", path, () => files.open(part.partPath, flags.create | flags.writeOnly, 0o600)),
    (created) => Effect.zipRight(closed(created, path), removed(files, part))
  )

  const hash = createHash("sha256")
  let size = 0
  let unsyncedBytes = 0
  let failure: StorageError | undefined
  let published: Published | undefined

  // After a failure every later call fails too: a second fsync may report success although the first one lost data.
  const unlessFailed = <A>(effect: Effect.Effect<A, StorageError>) =>
    Effect.suspend(() =>
      failure === undefined
        ? Effect.tapError(effect, (error) => Effect.sync(() => failure = error))
        : Effect.fail(failure)
    )

  const write = Effect.fnUntraced(function*(block: Uint8Array): Effect.fn.Return<void, StorageError> {
    if (published !== undefined) return yield* Effect.dieMessage("write to a part after its publication")
    yield* target.grow(size + block.length)
    hash.update(block)
    yield* writeAt(file, path, block, size)
    size += block.length
    unsyncedBytes += block.length
    if (unsyncedBytes < StorageLimits.unsyncedBytes) return
    unsyncedBytes = 0
    yield* attempt("sync", path, () => file.datasync())
  })

  const publish = Effect.gen(function*() {
    if (published !== undefined) return published
    yield* attempt("sync", path, () => file.sync())
    yield* directory.inPlace
    yield* target.exclusively(Effect.map(
      target.overwrite ? replace(files, target, part) : Effect.as(link(files, target, part), 0),
      (replacedBytes) => target.onPublished(size, replacedBytes)
    ))
    if (part.linked) yield* attempt("remove", path, () => files.unlink(part.partPath))
    part.linked = false
    yield* directory.sync
    const { name } = target.claim
    published = { name, path: join(target.inboxPath, name), size, sha256: hash.digest("hex") }
    return published
  })

  // Both are uninterruptible, so the hash, the size and the bytes of a part always agree.
  return {
    write: (block) => Effect.uninterruptible(unlessFailed(write(block))),
    verify: (sha256) =>
      Effect.suspend(() => hash.copy().digest("hex") === sha256 ? Effect.void : damaged(target.claim.name)),
    publish: Effect.uninterruptible(unlessFailed(publish))
  }
})

interface Part {
  /** Whether the entry with the part's own name still exists. */
  linked: boolean
  /** The path for messages. */
  readonly path: string
  /** The path for system calls. */
  readonly partPath: string
}

const removed = (files: Files, part: Part): Effect.Effect<void> =>
  Effect.suspend(() =>
    part.linked
      ? Effect.ignoreLogged(attempt("remove", part.path, () => files.unlink(part.partPath)))
      : Effect.void
  )

/** Links the part to its final name, or to the next free name if that one is taken. */
const link = (files: Files, target: Target, part: Part): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    const final = target.directory.at(target.claim.name)
    return attempt("publish", join(target.inboxPath, target.claim.name), () => files.link(part.partPath, final))
  }).pipe(
    Effect.catchIf((error) => FileErrors.noLinks.has(FileErrors.code(error.cause)), () =>
      renameToPlaceholder(files, target, part)),
    Effect.catchIf((error) =>
      FileErrors.code(error.cause) === "EEXIST", () =>
      Effect.zipRight(Effect.flatMap(target.directory.names, target.claim.move), link(files, target, part)))
  )

/**
 * Publishes without hard links: exclusively creates an empty file with the final name, then renames the part over it.
 */
const renameToPlaceholder = Effect.fnUntraced(
  function*(files: Files, target: Target, part: Part): Effect.fn.Return<void, StorageError> {
    const { name } = target.claim
    const path = join(target.inboxPath, name)
    const final = target.directory.at(name)
    const placeholder = yield* attempt("publish", path, () => files.open(final, flags.create | flags.writeOnly, 0o600))
    yield* closed(placeholder, path)
    yield* Effect.onError(
      attempt("publish", path, () => files.rename(part.partPath, final)),
      () => Effect.ignoreLogged(attempt("remove", path, () => files.unlink(final)))
    )
    part.linked = false
  }
)

/**
 * Renames the part to its final name and replaces the file there. Returns the size of the replaced file in bytes, or 0.
 */
const replace = Effect.fnUntraced(function*(
  files: Files,
  target: Target,
  part: Part
): Effect.fn.Return<number, StorageError> {
  const { name } = target.claim
  const path = join(target.inboxPath, name)
  const final = target.directory.at(name)
  const replacedBytes = yield* attempt("publish", path, () => files.lstat(final)).pipe(
    Effect.map((stats) => stats.isFile() ? Number(stats.size) : 0),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(0))
  )
  yield* Effect.mapError(
    attempt("publish", path, () => files.rename(part.partPath, final)),
    (error) => directoryCodes.has(FileErrors.code(error.cause)) ? isADirectory(name, error) : error
  )
  part.linked = false
  return replacedBytes
})

/** Error codes of a rename to the path of a directory. */
const directoryCodes: ReadonlySet<string> = new Set(["EISDIR", "ENOTEMPTY", "EEXIST"])

/** The error `TargetExists` for a file whose name is a directory's. */
export const isADirectory = (name: string, cause: unknown): StorageError =>
  new StorageError({
    reason: "TargetExists",
    path: name,
    message: `"${name}" is a directory in the inbox and is not overwritten; give the file another name`,
    cause
  })
