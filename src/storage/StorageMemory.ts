/**
 * Storage without a disk: a map from absolute paths to bytes stands for it. It refuses for the same reasons as a disk's
 * storage; it knows no links, no modes and no crash.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Blocks from "./Blocks.ts"
import * as Digest from "./Digest.ts"
import * as InboxNames from "./InboxNames.ts"
import * as InboxQuota from "./InboxQuota.ts"
import {
  damaged,
  type Inbox,
  type InboxOptions,
  type Published,
  type Reason,
  type Shape,
  type Sink,
  type Source,
  Storage,
  StorageError
} from "./Storage.ts"

/** The files by their absolute paths, separated by `/`: what sources read and where published files appear. */
export type Disk = Map<string, Uint8Array>

export interface Options {
  /** What files, parts and spools may take together; past it everything fails with `NoSpace`. Default: no limit. */
  readonly capacityBytes?: number | undefined
}

/** Storage on `disk`, which stays the caller's to read and change; a file replaced while it is read is `Changed`. */
export const layer = (disk: Disk, options: Options = {}): Layer.Layer<Storage> =>
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
        Effect.onError(() => Effect.sync(() => space.giveBack(Blocks.sizeOf(blocks)))),
        Effect.map(() => Blocks.joined(blocks))
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
  const room = InboxQuota.make(options.quotaBytes)
  const target: Omit<Target, "overwrite"> = {
    path,
    disk,
    space,
    hold: (name, bytes) =>
      Effect.suspend(() => {
        room.recount(Blocks.sizeOf(filesUnder(disk, path).map(([, file]) => file)))
        return room.hold(bytes) ? Effect.void : Effect.fail(room.overQuota(name))
      }),
    giveBack: room.giveBack
  }
  return Effect.succeed({
    path,
    sink: (wanted, expectedBytes) =>
      Effect.acquireRelease(
        Effect.suspend(() => names.claim(wanted, namesUnder(disk, path))).pipe(
          Effect.map((claim) => partOf({ ...target, overwrite: options.ifExists === "overwrite" }, claim)),
          Effect.tap((part) => Effect.onError(part.begin(expectedBytes), () => Effect.sync(part.drop)))
        ),
        (part) => Effect.sync(part.drop)
      )
  })
}

/** What a part knows of its inbox. */
interface Target {
  readonly path: string
  readonly disk: Disk
  readonly space: Space
  readonly overwrite: boolean
  readonly hold: (name: string, bytes: number) => Effect.Effect<void, StorageError>
  readonly giveBack: (heldBytes: number) => void
}

interface Part extends Sink {
  readonly begin: (expectedBytes: number) => Effect.Effect<void, StorageError>
  readonly drop: () => void
}

const partOf = (target: Target, claim: InboxNames.Claim): Part => {
  let blocks: Array<Uint8Array> = []
  let size = 0
  let heldBytes = 0
  let failure: StorageError | undefined
  let published: Published | undefined

  const grow = (partBytes: number) => {
    const moreBytes = Math.max(0, partBytes - heldBytes)
    return Effect.map(target.hold(claim.name, moreBytes), () => {
      heldBytes += moreBytes
    })
  }
  const drop = () => {
    target.giveBack(heldBytes)
    target.space.giveBack(size)
    heldBytes = 0
    size = 0
    blocks = []
    claim.release()
  }
  const unlessFailed = <A>(effect: Effect.Effect<A, StorageError>) =>
    Effect.suspend(() =>
      failure === undefined
        ? Effect.tapError(effect, (error) => Effect.sync(() => failure = error))
        : Effect.fail(failure)
    )
  const place = (bytes: Uint8Array): Effect.Effect<string, StorageError> =>
    Effect.suspend(() => {
      const final = `${target.path}/${claim.name}`
      if (!target.overwrite && target.disk.has(final)) {
        return Effect.zipRight(claim.move(namesUnder(target.disk, target.path)), place(bytes))
      }
      drop()
      target.disk.set(final, bytes)
      return Effect.succeed(final)
    })

  return {
    drop,
    begin: (expectedBytes) =>
      Effect.suspend(() =>
        target.space.freeBytes() < expectedBytes
          ? Effect.fail(noSpace(claim.name, expectedBytes, target.space.freeBytes()))
          : grow(expectedBytes)
      ),
    write: (block) =>
      unlessFailed(Effect.gen(function*() {
        if (published !== undefined) return yield* Effect.dieMessage("a part was written to after it was published")
        yield* grow(size + block.length)
        yield* target.space.take(claim.name, block.length)
        blocks.push(block.slice())
        size += block.length
      })),
    verify: (sha256) =>
      Effect.flatMap(
        Effect.suspend(() => Digest.ofBytes(Blocks.joined(blocks))),
        (digest) => digest === sha256 ? Effect.void : damaged(claim.name)
      ),
    publish: Effect.uninterruptible(unlessFailed(Effect.gen(function*() {
      if (published !== undefined) return published
      const bytes = Blocks.joined(blocks)
      const digest = yield* Digest.ofBytes(bytes)
      const path = yield* place(bytes)
      published = { name: claim.name, path, size: bytes.length, sha256: digest }
      return published
    })))
  }
}

interface Kept {
  readonly name: string
  readonly path: string | undefined
  readonly bytes: Uint8Array
  /** What lies there now. */
  readonly now: () => Uint8Array | undefined
}

const fromBytes = ({ bytes, name, now, path }: Kept): Source => ({
  name,
  path,
  size: bytes.length,
  blocks: (blockBytes) =>
    Stream.unfoldEffect(0, (position) => {
      if (!(blockBytes >= 1)) return Effect.dieMessage(`a block of ${blockBytes} bytes was asked for`)
      if (now() !== bytes) return Effect.fail(changed(path ?? name))
      const end = Math.min(position + blockBytes, bytes.length)
      return Effect.succeed(
        position === bytes.length ? Option.none() : Option.some([bytes.slice(position, end), end] as const)
      )
    }),
  sha256: Digest.ofBytes(bytes)
})

const spaceOf = (disk: Disk, capacityBytes: number): Space => {
  let takenBytes = 0
  const freeBytes = () => capacityBytes - takenBytes - Blocks.sizeOf([...disk.values()])
  return {
    freeBytes,
    take: (name, bytes) =>
      Effect.suspend(() => {
        if (bytes > freeBytes()) return Effect.fail(noSpace(name, bytes, freeBytes()))
        takenBytes += bytes
        return Effect.void
      }),
    giveBack: (bytes) => {
      takenBytes -= bytes
    }
  }
}

const absolute = (path: string): string =>
  `/${path.split("/").filter((segment) => segment !== "" && segment !== ".").join("/")}`

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** The files that lie directly in a directory, by name. */
const filesUnder = (disk: Disk, directory: string): ReadonlyArray<readonly [string, Uint8Array]> =>
  [...disk].flatMap(([path, bytes]) => {
    const name = baseName(path)
    return path === `${directory}/${name}` ? [[name, bytes] as const] : []
  })

const namesUnder = (disk: Disk, directory: string): ReadonlyArray<string> =>
  filesUnder(disk, directory).map(([name]) => name)

const refusal = (reason: Reason, path: string, message: string): StorageError =>
  new StorageError({ reason, path, message })

const noSpace = (name: string, neededBytes: number, freeBytes: number): StorageError =>
  refusal("NoSpace", name, `"${name}" needs ${neededBytes} more bytes and ${freeBytes} are free; free some space`)

const changed = (path: string): StorageError =>
  refusal("Changed", path, `"${path}" was changed while it was being sent; send it again once nobody writes to it`)
