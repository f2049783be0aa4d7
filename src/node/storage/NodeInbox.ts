/**
 * A directory that takes files from peers: who gets which name and how much room, before a byte is written. It knows
 * the checks and their order; it knows no byte of a file.
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
 * Opens the inbox, created with mode 0700 if need be. Fails with `TargetExists` if a file is in its place, with `Denied` if
 * nothing can be written there.
 */
export const open = Effect.fnUntraced(function*(
  files: Files,
  options: InboxOptions
): Effect.fn.Return<Inbox, StorageError> {
  const identity = yield* NodeDirectory.create(files, resolve(options.path))
  yield* attempt("write to the inbox", identity.path, () => files.access(identity.path))
  const names = InboxNames.make(options.ifExists)
  const room = InboxQuota.make(options.quotaBytes)
  const alone = yield* oneAtATime
  const parts = new Set<string>()

  const recount = (directory: NodeDirectory.Directory) =>
    alone(Effect.map(Effect.suspend(() => directory.fileBytes(parts)), room.recount))

  // The count may be old: files are taken out of an inbox by other programs.
  const hold = (directory: NodeDirectory.Directory, name: string, bytes: number) =>
    Effect.suspend(() =>
      room.hold(bytes) ? Effect.void : Effect.zipRight(
        recount(directory),
        Effect.suspend(() => room.hold(bytes) ? Effect.void : Effect.fail(room.overQuota(name)))
      )
    )

  const claimed = (directory: NodeDirectory.Directory, wanted: string) =>
    Effect.acquireRelease(
      alone(Effect.flatMap(directory.names, (taken) => names.claim(wanted, taken))),
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

    let heldBytes = 0
    const grow = (partBytes: number) => {
      const moreBytes = partBytes - heldBytes
      return moreBytes <= 0 ? Effect.void : Effect.uninterruptible(
        Effect.map(hold(directory, name, moreBytes), () => {
          heldBytes += moreBytes
        })
      )
    }
    const giveBack = () => {
      room.giveBack(heldBytes)
      heldBytes = 0
    }
    const settle = (partBytes: number, replacedBytes: number) => {
      giveBack()
      room.settle(partBytes - replacedBytes)
    }
    yield* Effect.addFinalizer(() => Effect.sync(giveBack))
    yield* grow(expectedBytes)

    const partName = NodePart.randomName()
    yield* Effect.acquireRelease(
      Effect.sync(() => parts.add(partName)),
      () => Effect.sync(() => parts.delete(partName))
    )
    return yield* NodePart.open(
      files,
      { inboxPath: identity.path, directory, claim, overwrite, grow, alone, settle },
      partName
    )
  })

  if (options.quotaBytes !== undefined) {
    yield* Effect.scoped(Effect.flatMap(NodeDirectory.hold(files, identity), recount))
  }
  return { path: identity.path, sink }
})

/** In the order of asking. Whoever leaves a semaphore of Effect's wakes all who wait, which a crowd does not survive. */
const oneAtATime = Effect.gen(function*() {
  const turn = yield* Queue.bounded<void>(1)
  yield* Queue.offer(turn, undefined)
  return <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.acquireUseRelease(Queue.take(turn), () => effect, () => Queue.offer(turn, undefined))
})

const noDirectory = (files: Files, directory: NodeDirectory.Directory, name: string) =>
  attempt("publish", name, () => files.lstat(directory.at(name))).pipe(
    Effect.flatMap((facts) => facts.isDirectory() ? Effect.fail(NodePart.isADirectory(name, undefined)) : Effect.void),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.void)
  )

const enoughFree = (files: Files, directory: NodeDirectory.Directory, name: string, expectedBytes: number) =>
  attempt("measure the free space for", name, () => files.freeBytes(directory.at())).pipe(
    // A file system that cannot say goes on to say ENOSPC.
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
