/**
 * A part that grows beside its target, and the steps by which it becomes a file that survives a crash. It knows the
 * order of those steps; which name the file gets and how much room there is it asks the inbox.
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

/** What a part asks of its inbox. */
export interface Host {
  /** Absolute. */
  readonly inboxPath: string
  readonly directory: Directory
  readonly claim: Claim
  readonly overwrite: boolean
  /** Sees to it that there is room for a part of so many bytes. */
  readonly grow: (partBytes: number) => Effect.Effect<void, StorageError>
  /** No other name is chosen or taken while this runs. */
  readonly alone: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** The part has become a file, which took the place of one of `replacedBytes`. */
  readonly settle: (partBytes: number, replacedBytes: number) => void
}

/** A name that no peer can give: a leading dot becomes `_`. */
export const randomName = (): string => `.holub-${randomBytes(16).toString("hex")}.part`

/** Whether it is such a name. */
export const isPartName = (name: string): boolean => /^\.holub-[0-9a-f]{32}\.part$/.test(name)

/** Creates the part `partName`, removed when the scope closes unless it was published. */
export const open = Effect.fnUntraced(function*(
  files: Files,
  host: Host,
  partName: string
): Effect.fn.Return<Sink, StorageError, Scope.Scope> {
  const { directory } = host
  const path = join(host.inboxPath, partName)
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

  // After one failure nothing is tried again: a second fsync may report a success that the first one's loss belies.
  const unlessFailed = <A>(effect: Effect.Effect<A, StorageError>) =>
    Effect.suspend(() =>
      failure === undefined
        ? Effect.tapError(effect, (error) => Effect.sync(() => failure = error))
        : Effect.fail(failure)
    )

  const write = Effect.fnUntraced(function*(block: Uint8Array): Effect.fn.Return<void, StorageError> {
    if (published !== undefined) return yield* Effect.dieMessage("a part was written to after it was published")
    yield* host.grow(size + block.length)
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
    yield* host.alone(Effect.map(
      host.overwrite ? replace(files, host, part) : Effect.as(place(files, host, part), 0),
      (replacedBytes) => host.settle(size, replacedBytes)
    ))
    if (part.linked) yield* attempt("remove", path, () => files.unlink(part.partPath))
    part.linked = false
    yield* directory.sync
    const { name } = host.claim
    published = { name, path: join(host.inboxPath, name), size, sha256: hash.digest("hex") }
    return published
  })

  // Neither stops half-way: the hash, the size and the bytes of a part always agree.
  return {
    write: (block) => Effect.uninterruptible(unlessFailed(write(block))),
    verify: (sha256) =>
      Effect.suspend(() => hash.copy().digest("hex") === sha256 ? Effect.void : damaged(host.claim.name)),
    publish: Effect.uninterruptible(unlessFailed(publish))
  }
})

interface Part {
  /** Whether the part's own name still leads to it. */
  linked: boolean
  /** As its user knows it. */
  readonly path: string
  /** As the system reaches it. */
  readonly partPath: string
}

const removed = (files: Files, part: Part): Effect.Effect<void> =>
  Effect.suspend(() =>
    part.linked
      ? Effect.ignoreLogged(attempt("remove", part.path, () => files.unlink(part.partPath)))
      : Effect.void
  )

/** Gives the part its final name, the next free one if need be. */
const place = (files: Files, host: Host, part: Part): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    const final = host.directory.at(host.claim.name)
    return attempt("publish", join(host.inboxPath, host.claim.name), () => files.link(part.partPath, final))
  }).pipe(
    Effect.catchIf((error) => FileErrors.noLinks.has(FileErrors.code(error.cause)), () => occupy(files, host, part)),
    Effect.catchIf((error) => FileErrors.code(error.cause) === "EEXIST", () =>
      Effect.zipRight(Effect.flatMap(host.directory.names, host.claim.move), place(files, host, part)))
  )

/** Where there are no links: an empty final, created exclusively, keeps the name until the part is renamed over it. */
const occupy = Effect.fnUntraced(function*(files: Files, host: Host, part: Part): Effect.fn.Return<void, StorageError> {
  const { name } = host.claim
  const path = join(host.inboxPath, name)
  const final = host.directory.at(name)
  const placeholder = yield* attempt("publish", path, () => files.open(final, flags.create | flags.writeOnly, 0o600))
  yield* closed(placeholder, path)
  yield* Effect.onError(
    attempt("publish", path, () => files.rename(part.partPath, final)),
    () => Effect.ignoreLogged(attempt("remove", path, () => files.unlink(final)))
  )
  part.linked = false
})

/** Renames the part over whatever file has its name; gives that file's bytes. */
const replace = Effect.fnUntraced(function*(
  files: Files,
  host: Host,
  part: Part
): Effect.fn.Return<number, StorageError> {
  const { name } = host.claim
  const path = join(host.inboxPath, name)
  const final = host.directory.at(name)
  const replacedBytes = yield* attempt("publish", path, () => files.lstat(final)).pipe(
    Effect.map((facts) => facts.isFile() ? Number(facts.size) : 0),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(0))
  )
  yield* Effect.mapError(
    attempt("publish", path, () => files.rename(part.partPath, final)),
    (error) => directoryInTheWay.has(FileErrors.code(error.cause)) ? isADirectory(name, error) : error
  )
  part.linked = false
  return replacedBytes
})

const directoryInTheWay: ReadonlySet<string> = new Set(["EISDIR", "ENOTEMPTY", "EEXIST"])

/** The refusal to put a file in a directory's place. */
export const isADirectory = (name: string, cause: unknown): StorageError =>
  new StorageError({
    reason: "TargetExists",
    path: name,
    message: `"${name}" is a directory in the inbox and is not overwritten; give the file another name`,
    cause
  })
