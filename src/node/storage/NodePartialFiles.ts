/** Leftovers on Node's file system. It knows how a part is told from everything else, at the first look and at the last. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { BigIntStats } from "node:fs"
import { join, resolve } from "node:path"
import { type PartialFile, PartialFiles, type Shape } from "../../storage/PartialFiles.ts"
import { StorageError } from "../../storage/Storage.ts"
import * as Files from "./Files.ts"
import { attempt } from "./Files.ts"
import * as NodeDirectory from "./NodeDirectory.ts"
import { isPartName } from "./NodePart.ts"

/** Leftovers over given system calls, which a test can fail. */
export const make = (files: Files.Files): Shape => ({
  find: (path, restMillis) =>
    Effect.gen(function*() {
      const identity = yield* NodeDirectory.identify(files, resolve(path))
      const directory = yield* NodeDirectory.hold(files, identity)
      const now = yield* Clock.currentTimeMillis
      const names = (yield* directory.names).filter(isPartName).toSorted()
      const leftovers = yield* Effect.forEach(names, (name) =>
        leftover(files, { path: join(identity.path, name), at: directory.at(name), inbox: directory }, now))
      const found = leftovers.flat()
      return {
        path: identity.path,
        leftovers: found.filter(({ ageMillis }) =>
          ageMillis >= restMillis
        ),
        younger: found.filter(({ ageMillis }) => ageMillis < restMillis)
      }
    })
})

/** Leftovers on node:fs. */
export const layer: Layer.Layer<PartialFiles> = Layer.sync(PartialFiles, () => make(Files.make()))

interface Place {
  /** As its user knows it. */
  readonly path: string
  /** As the system reaches it. */
  readonly at: string
  readonly inbox: NodeDirectory.Directory
}

/** None if it is not a file, or has gone in the meantime. */
const leftover = (
  files: Files.Files,
  place: Place,
  now: number
): Effect.Effect<ReadonlyArray<PartialFile>, StorageError> =>
  Effect.map(look(files, place), (facts) =>
    facts === undefined ? [] : [{
      path: place.path,
      size: Number(facts.size),
      // A clock that was set back makes nothing younger than now.
      ageMillis: Math.max(0, now - Number(facts.mtimeMs)),
      remove: remove(files, place, facts)
    }])

const look = (files: Files.Files, { at, path }: Place): Effect.Effect<BigIntStats | undefined, StorageError> =>
  attempt("look at", path, () => files.lstat(at)).pipe(
    Effect.map((facts) => facts.isFile() ? facts : undefined),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(undefined))
  )

const remove = Effect.fnUntraced(function*(
  files: Files.Files,
  place: Place,
  before: BigIntStats
): Effect.fn.Return<void, StorageError> {
  yield* place.inbox.inPlace
  const facts = yield* look(files, place)
  if (facts === undefined) return
  if (facts.ino !== before.ino || facts.mtimeNs !== before.mtimeNs || facts.size !== before.size) {
    return yield* new StorageError({
      reason: "Changed",
      path: place.path,
      message: `"${place.path}" grew while it was looked at and stays; a server is writing it`
    })
  }
  yield* Effect.catchIf(
    attempt("remove", place.path, () => files.unlink(place.at)),
    (error) => error.reason === "NotFound",
    () => Effect.void
  )
})
