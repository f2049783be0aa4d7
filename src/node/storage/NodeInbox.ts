/**
 * An inbox on Node's file system. Before a part is created, it claims the name, and checks the free space and the quota for
 * the expected bytes, in this order. `NodePart` writes the bytes; the quota is reserved as they are written, because an
 * announcement costs its sender nothing.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { resolve } from "node:path"
import * as InboxNames from "../../storage/InboxNames.ts"
import * as InboxQuota from "../../storage/InboxQuota.ts"
import { type Inbox, type InboxOptions, type Sink, StorageError } from "../../storage/Storage.ts"
import { attempt, type Files } from "./Files.ts"
import * as NodeDirectory from "./NodeDirectory.ts"
import * as NodePart from "./NodePart.ts"

/**
 * Opens the inbox and creates its directory (mode 0700) if it does not exist. Fails with `TargetExists` if the path is
 * a file, with `Denied` if the directory is not writable.
 */
export const open = Effect.fnUntraced(function*(
  files: Files,
  options: InboxOptions
): Effect.fn.Return<Inbox, StorageError> {
  const identity = yield* NodeDirectory.create(files, resolve(options.path))
  yield* attempt("write to the inbox", identity.path, () => files.access(identity.path))
  const names = InboxNames.make(options.ifExists)
  const quota = InboxQuota.make(options.quotaBytes)
  const exclusively = yield* makeLock
  const partNames = new Set<string>()

  const recount = (directory: NodeDirectory.Directory) =>
    exclusively(Effect.map(Effect.suspend(() => directory.fileBytes(partNames)), quota.setStored))

  // On failure the directory is read again: other programs may have removed files.
  const withinQuota = (directory: NodeDirectory.Directory, name: string, isWithin: () => boolean) =>
    Effect.suspend(() =>
      isWithin() ? Effect.void : Effect.zipRight(
        recount(directory),
        Effect.suspend(() => isWithin() ? Effect.void : Effect.fail(quota.overQuota(name)))
      )
    )

  const claimed = (directory: NodeDirectory.Directory, wanted: string) =>
    Effect.acquireRelease(
      exclusively(Effect.flatMap(directory.names, (taken) => names.claim(wanted, taken))),
      (claim) => Effect.sync(claim.release)
    )

  const sink = Effect.fnUntraced(function*(
    wanted: string,
    expectedBytes: number
  ): Effect.fn.Return<Sink, StorageError, Scope.Scope> {
    const directory = yield* NodeDirectory.hold(files, identity)
    const claim = yield* claimed(directory, wanted)
    const { name } = claim
    const overwrite = options.ifExists === "overwrite"
    if (overwrite) yield* noDirectory(files, directory, name)
    yield* enoughFree(files, directory, name, expectedBytes)

    let reservedBytes = 0
    const grow = (partBytes: number) => {
      const moreBytes = partBytes - reservedBytes
      return moreBytes <= 0 ? Effect.void : Effect.uninterruptible(
        Effect.map(withinQuota(directory, name, () => quota.reserve(moreBytes)), () => {
          reservedBytes += moreBytes
        })
      )
    }
    const release = () => {
      quota.release(reservedBytes)
      reservedBytes = 0
    }
    const onPublished = (partBytes: number, replacedBytes: number) => {
      release()
      quota.addStored(partBytes - replacedBytes)
    }
    yield* Effect.addFinalizer(() => Effect.sync(release))
    yield* withinQuota(directory, name, () => quota.fits(expectedBytes))

    const partName = NodePart.randomName()
    yield* Effect.acquireRelease(
      Effect.sync(() => partNames.add(partName)),
      () => Effect.sync(() => partNames.delete(partName))
    )
    return yield* NodePart.open(
      files,
      { inboxPath: identity.path, directory, claim, overwrite, grow, exclusively, onPublished },
      partName
    )
  })

  if (options.quotaBytes !== undefined) {
    yield* Effect.scoped(Effect.flatMap(NodeDirectory.hold(files, identity), recount))
  }
  return { path: identity.path, sink, mostParts: files.openFilesLimit() / descriptorsOfPart }
})

/**
 * The parts may use half of the descriptors that this program may have: each has two, its own and that of the directory.
 */
const descriptorsOfPart = 4

/**
 * A mutex that admits effects one at a time, in the order of their calls. Effect's semaphore is not used, because each
 * release wakes all waiting fibers, which costs too much with many of them.
 */
const makeLock = Effect.gen(function*() {
  const token = yield* Queue.bounded<void>(1)
  yield* Queue.offer(token, undefined)
  return <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.acquireUseRelease(Queue.take(token), () => effect, () => Queue.offer(token, undefined))
})

const noDirectory = (files: Files, directory: NodeDirectory.Directory, name: string) =>
  attempt("publish", name, () => files.lstat(directory.at(name))).pipe(
    Effect.flatMap((stats) => stats.isDirectory() ? Effect.fail(NodePart.isADirectory(name, undefined)) : Effect.void),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.void)
  )

const enoughFree = (files: Files, directory: NodeDirectory.Directory, name: string, expectedBytes: number) =>
  attempt("measure the free space for", name, () => files.freeBytes(directory.at())).pipe(
    // A file system that cannot report its free space reports ENOSPC later, when it is full.
    Effect.orElseSucceed(() => Infinity),
    Effect.flatMap((freeBytes) =>
      freeBytes < expectedBytes ? Effect.fail(noSpace(name, expectedBytes, freeBytes)) : Effect.void
    )
  )

const noSpace = (name: string, expectedBytes: number, freeBytes: number): StorageError =>
  new StorageError({
    reason: "NoSpace",
    path: name,
    message:
      `"${name}" needs at least ${expectedBytes} bytes and the inbox's disk has ${freeBytes} free; free some space`
  })
