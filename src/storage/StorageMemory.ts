/**
 * Storage in memory: a map from absolute paths to bytes replaces the disk. It fails for the same reasons as storage on
 * a disk. Links, file modes and crashes are not modelled.
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

/** The files by absolute path (separator `/`). Sources read from this map, published files are added to it. */
export type Disk = Map<string, Uint8Array>

/** Options of storage in memory. */
export interface Options {
  /**
   * The maximum total size of files, parts and spools in bytes; beyond it operations fail with `NoSpace`. Default: no
   * limit.
   */
  readonly capacityBytes?: number | undefined
}

/**
 * Storage on `disk`, which the caller may read and change. Reading a file that was replaced meanwhile fails with
 * `Changed`.
 */
export const layer = (disk: Disk, options: Options = {}): Layer.Layer<Storage> =>
  Layer.sync(Storage, () => make(disk, options.capacityBytes ?? Infinity))

/** The capacity left, and the bytes allocated for parts and spools, which are not on the disk. */
interface Space {
  readonly freeBytes: () => number
  readonly allocate: (name: string, bytes: number) => Effect.Effect<void, StorageError>
  readonly free: (bytes: number) => void
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
    return Effect.succeed(fromBytes({ name: baseName(path), path, bytes, current: () => disk.get(path) }))
  }
  return Effect.fail(
    filesUnder(disk, path).length > 0
      ? storageError("NotAFile", path, `cannot send "${path}": it is a directory; name the files in it`)
      : storageError("NotFound", path, `cannot send "${path}": it does not exist; check the path`)
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
        (block) => Effect.map(space.allocate(name, block.length), () => blocks.push(block.slice()))
      ).pipe(
        Effect.interruptible,
        Effect.onError(() => Effect.sync(() => space.free(Blocks.sizeOf(blocks)))),
        Effect.map(() => Blocks.joined(blocks))
      )
    }),
    (spooled) => Effect.sync(() => space.free(spooled.length))
  ).pipe(Effect.map((spooled) => fromBytes({ name, path: undefined, bytes: spooled, current: () => spooled })))

const inbox = (disk: Disk, space: Space, options: InboxOptions): Effect.Effect<Inbox, StorageError> => {
  const path = absolute(options.path)
  if (disk.has(path)) {
    return Effect.fail(
      storageError("TargetExists", path, `cannot open the inbox "${path}": it is a file; choose a directory`)
    )
  }
  const names = InboxNames.make(options.ifExists)
  const quota = InboxQuota.make(options.quotaBytes)
  const target: Omit<Target, "overwrite"> = {
    path,
    disk,
    space,
    withinQuota: (name, isWithin) =>
      Effect.suspend(() => {
        quota.setStored(Blocks.sizeOf(filesUnder(disk, path).map(([, file]) => file)))
        return isWithin(quota) ? Effect.void : Effect.fail(quota.overQuota(name))
      }),
    release: quota.release
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

/** The inbox as a part uses it. */
interface Target {
  readonly path: string
  readonly disk: Disk
  readonly space: Space
  readonly overwrite: boolean
  readonly withinQuota: (
    name: string,
    isWithin: (quota: InboxQuota.InboxQuota) => boolean
  ) => Effect.Effect<void, StorageError>
  readonly release: (bytes: number) => void
}

interface Part extends Sink {
  readonly begin: (expectedBytes: number) => Effect.Effect<void, StorageError>
  readonly drop: () => void
}

const partOf = (target: Target, claim: InboxNames.Claim): Part => {
  let blocks: Array<Uint8Array> = []
  let size = 0
  let reservedBytes = 0
  let failure: StorageError | undefined
  let published: Published | undefined

  const grow = (partBytes: number) => {
    const moreBytes = Math.max(0, partBytes - reservedBytes)
    return Effect.map(target.withinQuota(claim.name, (quota) => quota.reserve(moreBytes)), () => {
      reservedBytes += moreBytes
    })
  }
  const drop = () => {
    target.release(reservedBytes)
    target.space.free(size)
    reservedBytes = 0
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
          : target.withinQuota(claim.name, (quota) => quota.fits(expectedBytes))
      ),
    write: (block) =>
      unlessFailed(Effect.gen(function*() {
        if (published !== undefined) return yield* Effect.dieMessage("write to a part after its publication")
        yield* grow(size + block.length)
        yield* target.space.allocate(claim.name, block.length)
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

/** The content of a source. */
interface Content {
  readonly name: string
  readonly path: string | undefined
  readonly bytes: Uint8Array
  /** The bytes that are at the path at the time of the call. */
  readonly current: () => Uint8Array | undefined
}

const fromBytes = ({ bytes, current, name, path }: Content): Source => ({
  name,
  path,
  size: bytes.length,
  blocks: (blockBytes) =>
    Stream.unfoldEffect(0, (position) => {
      if (!(blockBytes >= 1)) return Effect.dieMessage(`the block size is ${blockBytes} bytes, expected at least 1`)
      if (current() !== bytes) return Effect.fail(changed(path ?? name))
      const end = Math.min(position + blockBytes, bytes.length)
      return Effect.succeed(
        position === bytes.length ? Option.none() : Option.some([bytes.slice(position, end), end] as const)
      )
    }),
  sha256: Digest.ofBytes(bytes)
})

const spaceOf = (disk: Disk, capacityBytes: number): Space => {
  let allocatedBytes = 0
  const freeBytes = () => capacityBytes - allocatedBytes - Blocks.sizeOf([...disk.values()])
  return {
    freeBytes,
    allocate: (name, bytes) =>
      Effect.suspend(() => {
        if (bytes > freeBytes()) return Effect.fail(noSpace(name, bytes, freeBytes()))
        allocatedBytes += bytes
        return Effect.void
      }),
    free: (bytes) => {
      allocatedBytes -= bytes
    }
  }
}

const absolute = (path: string): string =>
  `/${path.split("/").filter((segment) => segment !== "" && segment !== ".").join("/")}`

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** The files directly in a directory, as pairs of name and content. */
const filesUnder = (disk: Disk, directory: string): ReadonlyArray<readonly [string, Uint8Array]> =>
  [...disk].flatMap(([path, bytes]) => {
    const name = baseName(path)
    return path === `${directory}/${name}` ? [[name, bytes] as const] : []
  })

const namesUnder = (disk: Disk, directory: string): ReadonlyArray<string> =>
  filesUnder(disk, directory).map(([name]) => name)

const storageError = (reason: Reason, path: string, message: string): StorageError =>
  new StorageError({ reason, path, message })

const noSpace = (name: string, neededBytes: number, freeBytes: number): StorageError =>
  storageError("NoSpace", name, `"${name}" needs ${neededBytes} more bytes and ${freeBytes} are free; free some space`)

const changed = (path: string): StorageError =>
  storageError(
    "Changed",
    path,
    `"${path}" was changed while it was being sent; send it again when no program writes to it`
  )
