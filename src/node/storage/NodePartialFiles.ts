/**
 * The service `PartialFiles` on Node's file system. It recognises parts by their names and file type. Before it removes
 * a part, it checks again that the file is the same.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { BigIntStats } from "node:fs"
import { join } from "node:path"
import { type PartialFile, PartialFiles, type Shape } from "../../storage/PartialFiles.ts"
import { StorageError } from "../../storage/Storage.ts"
import * as Files from "./Files.ts"
import { absolute, attempt } from "./Files.ts"
import * as NodeDirectory from "./NodeDirectory.ts"
import { isPartName } from "./NodePart.ts"

/** `PartialFiles` with the given system calls, which a test can replace. */
export const make = (files: Files.Files): Shape => ({
  find: (path, idleMillis) =>
    Effect.gen(function*() {
      const identity = yield* NodeDirectory.identify(files, yield* absolute("open the inbox", path))
      const directory = yield* NodeDirectory.hold(files, identity)
      const now = yield* Clock.currentTimeMillis
      const names = (yield* directory.names).filter(isPartName).toSorted()
      const found = (yield* Effect.forEach(names, (name) => {
        const entry: Entry = { path: join(identity.path, name), systemPath: directory.at(name), inbox: directory }
        return partialFile(files, entry, now)
      })).flat()
      return {
        path: identity.path,
        abandoned: found.filter(({ ageMillis }) => ageMillis >= idleMillis),
        younger: found.filter(({ ageMillis }) => ageMillis < idleMillis)
      }
    })
})

/** `PartialFiles` on node:fs. */
export const layer: Layer.Layer<PartialFiles> = Layer.sync(PartialFiles, () => make(Files.make()))

interface Entry {
  /** The path for messages. */
  readonly path: string
  /** The path for system calls. */
  readonly systemPath: string
  readonly inbox: NodeDirectory.Directory
}

/** Empty if the entry is not a regular file, or was removed in the meantime. */
const partialFile = (
  files: Files.Files,
  entry: Entry,
  now: number
): Effect.Effect<ReadonlyArray<PartialFile>, StorageError> =>
  Effect.map(statsOf(files, entry), (stats) =>
    stats === undefined ? [] : [{
      path: entry.path,
      size: Number(stats.size),
      // The time of the last write may be in the future if the clock was set back.
      ageMillis: Math.max(0, now - Number(stats.mtimeMs)),
      remove: remove(files, entry, stats)
    }])

const statsOf = (
  files: Files.Files,
  { path, systemPath }: Entry
): Effect.Effect<BigIntStats | undefined, StorageError> =>
  attempt("examine", path, () => files.lstat(systemPath)).pipe(
    Effect.map((stats) => stats.isFile() ? stats : undefined),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(undefined))
  )

const remove = Effect.fnUntraced(function*(
  files: Files.Files,
  entry: Entry,
  before: BigIntStats
): Effect.fn.Return<void, StorageError> {
  yield* entry.inbox.inPlace
  const stats = yield* statsOf(files, entry)
  if (stats === undefined) return
  if (stats.ino !== before.ino || stats.mtimeNs !== before.mtimeNs || stats.size !== before.size) {
    return yield* new StorageError({
      reason: "Changed",
      path: entry.path,
      message: `"${entry.path}" was changed in the meantime and is not removed; a server is writing to it`
    })
  }
  yield* Effect.catchIf(
    attempt("remove", entry.path, () => files.unlink(entry.systemPath)),
    (error) => error.reason === "NotFound",
    () => Effect.void
  )
})
