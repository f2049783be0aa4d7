/**
 * Storage without a disk: a map from absolute paths to bytes stands for it. It refuses for the same reasons as a disk's
 * storage; it knows no links, no modes and no crash.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as InboxNames from "./InboxNames.ts"
import * as InboxRoom from "./InboxRoom.ts"
import { type Inbox, type InboxOptions, type Shape, type Sink, type Source, Storage, StorageError } from "./Storage.ts"

/** The files by their absolute paths, separated by `/`: what sources read and where published files appear. */
export type Disk = Map<string, Uint8Array>

export interface Options {
  /** What files, parts and spools may take together; past it everything fails with `NoSpace`. Default: no limit. */
  readonly capacityBytes?: number | undefined
}

/** Storage on `disk`, which stays the caller's to read and to change. A file that is replaced while it is read is `Changed`. */
export const layerMemory = (disk: Disk, options: Options = {}): Layer.Layer<Storage> =>
  Layer.sync(Storage, () => make(disk, options.capacityBytes ?? Infinity))

/** Bytes that parts and spools hold, which are not on the disk. */
interface Space {
  readonly freeBytes: () => number
  readonly take: (name: string, bytes: number) => Effect.Effect<void, StorageError>
  readonly giveBack: (bytes: number) => void
}

const make = (disk: Disk, capacityBytes: number): Shape => {
  const space = spaceOf(disk, capacityBytes)
  return {
    source: (path) => Effect.suspend(() => source(disk, absolute(path))),
    spool: (name, bytes) => spool(space, name, bytes),
    inbox: (options) => Effect.suspend(() => inbox(disk, space, options))
  }
}

const source = (disk: Disk, path: string): Effect.Effect<Source, StorageError> => {
  const bytes = disk.get(path)
  if (bytes !== undefined) {
    return Effect.succeed(fromBytes({ name: baseName(path), path, bytes, now: () => disk.get(path) }))
  }
  return Effect.fail(
    filesUnder(disk, path).length > 0
      ? refusal("NotAFile", path, `cannot send "${path}": it is a directory; name the files in it`)
      : refusal("NotFound", path, `cannot send "${path}": it does not exist; check the path`)
  )
}

const spool = (
  space: Space,
  name: string,
  bytes: Stream.Stream<Uint8Array, StorageError>
): Effect.Effect<Source, StorageError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const blocks: Array<Uint8Array> = []
      return Stream.runForEach(
        bytes,
        (block) => Effect.map(space.take(name, block.length), () => blocks.push(block.slice()))
      ).pipe(
        Effect.interruptible,
        Effect.onError(() => Effect.sync(() => space.giveBack(sizeOf(blocks)))),
        Effect.map(() => joined(blocks))
      )
    }),
    (kept) => Effect.sync(() => space.giveBack(kept.length))
  ).pipe(Effect.map((kept) => fromBytes({ name, path: undefined, bytes: kept, now: () => kept })))

const inbox = (disk: Disk, space: Space, options: InboxOptions): Effect.Effect<Inbox, StorageError> => {
  const path = absolute(options.path)
  if (disk.has(path)) {
    return Effect.fail(
      refusal("TargetExists", path, `cannot open the inbox "${path}": a file is there; choose a directory`)
    )
  }
  const names = InboxNames.make(options.ifExists)
  const room = InboxRoom.make(options.quotaBytes)
  const taken = () => filesUnder(disk, path).map(([name]) => name)

  const hold = (name: string, bytes: number) =>
    Effect.suspend(() => {
      room.recount(sizeOf(filesUnder(disk, path).map(([, file]) => file)))
      return room.hold(bytes) ? Effect.void : Effect.fail(room.overQuota(name))
    })

  const begin = (claim: InboxNames.Claim, expectedBytes: number): Effect.Effect<Part, StorageError> =>
    Effect.suspend(() => {
      const part: Part = { claim, blocks: [], size: 0, heldBytes: 0 }
      return space.freeBytes() < expectedBytes
        ? Effect.fail(noSpace(claim.name, expectedBytes, space.freeBytes()))
        : Effect.as(grow(part, expectedBytes), part)
    }).pipe(Effect.onError(() => Effect.sync(claim.release)))

  const grow = (part: Part, partBytes: number) => {
    const moreBytes = Math.max(0, partBytes - part.heldBytes)
    return Effect.map(hold(part.claim.name, moreBytes), () => {
      part.heldBytes += moreBytes
    })
  }

  const drop = (part: Part) => {
    room.giveBack(part.heldBytes)
    space.giveBack(part.size)
    part.heldBytes = 0
    part.size = 0
    part.blocks = []
    part.claim.release()
  }

  const publish = (part: Part): Effect.Effect<void, StorageError> =>
    Effect.suspend(() => {
      const final = `${path}/${part.claim.name}`
      if (options.ifExists !== "overwrite" && disk.has(final)) {
        return Effect.zipRight(part.claim.move(taken()), publish(part))
      }
      disk.set(final, joined(part.blocks))
      return Effect.void
    })

  const sink = (part: Part): Sink => {
    let ended: Effect.Effect<never, StorageError> | undefined
    const unlessFailed = <A>(effect: Effect.Effect<A, StorageError>) =>
      Effect.suspend(() =>
        ended ?? Effect.tapError(effect, (error) => Effect.sync(() => ended = Effect.fail(error)))
      )
    return {
      write: (block) =>
        unlessFailed(Effect.gen(function*() {
          yield* grow(part, part.size + block.length)
          yield* space.take(part.claim.name, block.length)
          part.blocks.push(block.slice())
          part.size += block.length
        })),
      publish: unlessFailed(Effect.gen(function*() {
        const { blocks, size } = part
        const digest = yield* sha256(joined(blocks))
        yield* publish(part)
        const { name } = part.claim
        drop(part)
        return { name, path: `${path}/${name}`, size, sha256: digest }
      }))
    }
  }

  return Effect.succeed({
    path,
    sink: (wanted, expectedBytes) =>
      Effect.acquireRelease(
        Effect.flatMap(Effect.suspend(() => names.claim(wanted, taken())), (claim) => begin(claim, expectedBytes)),
        (part) => Effect.sync(() => drop(part))
      ).pipe(Effect.map(sink))
  })
}
