/**
 * Chooses the final name of a received file, given the names in the directory and the names of files that are being
 * received. This module works on names only: the caller passes the directory's names, and nothing is created here.
 */
import * as Either from "effect/Either"
import * as FileName from "./FileName.ts"
import { type IfExists, StorageError } from "./Storage.ts"
import * as StorageLimits from "./StorageLimits.ts"

/**
 * The final name of one file that is being received. Until `release`, no other file gets this name or one that collides
 * with it.
 */
export interface Claim {
  readonly name: string
  /** Changes to the next free name, because the current one turned out to be taken. Fails with `TargetExists`. */
  readonly move: (taken: ReadonlyArray<string>) => Either.Either<void, StorageError>
  readonly release: () => void
}

/** The names of one inbox. `taken` holds the names of all entries that are in the directory at the time of the call. */
export interface InboxNames {
  /** Claims a final name for a file that a peer calls `wanted`. Fails with `UnsafeName` or `TargetExists`. */
  readonly claim: (
    wanted: string,
    taken: ReadonlyArray<string>
  ) => Either.Either<Claim, StorageError>
}

/**
 * The names of an inbox that treats a taken name according to `ifExists`. A file whose name collides but is spelled
 * differently is never overwritten.
 */
export const make = (ifExists: IfExists): InboxNames => {
  const claims = new Set<{ name: string }>()

  const choose = (
    wanted: string,
    taken: ReadonlyArray<string>
  ): Either.Either<string, StorageError> => {
    const spellings = spellingsByKey([...taken, ...Array.from(claims, (claim) => claim.name)])
    const collisions = (name: string) => spellings.get(FileName.collisionKey(name)) ?? []
    const [collision] = ifExists === "overwrite"
      ? collisions(wanted).filter((spelling) => spelling !== wanted)
      : collisions(wanted)
    if (collision === undefined) return Either.right(wanted)
    if (ifExists !== "rename") return Either.left(targetExists(wanted, collision))
    for (let number = 1; number <= StorageLimits.renameAttempts; number++) {
      const name = FileName.numbered(wanted, number)
      if (collisions(name).length === 0) return Either.right(name)
    }
    return Either.left(targetExists(wanted, collision))
  }

  const begin = (wanted: string, name: string): Claim => {
    const claim = { name }
    claims.add(claim)
    return {
      get name() {
        return claim.name
      },
      move: (taken) => {
        claims.delete(claim)
        // The refused name counts as taken even if the directory lists it in a spelling with a different key.
        const next = choose(wanted, [...taken, claim.name])
        claims.add(claim)
        return Either.map(next, (moved) => {
          claim.name = moved
        })
      },
      release: () => {
        claims.delete(claim)
      }
    }
  }

  return {
    claim: (wanted, taken) =>
      Either.flatMap(
        Either.mapLeft(FileName.check(wanted), (problem) => unsafeName(wanted, problem)),
        (safe) => Either.map(choose(safe, taken), (name) => begin(safe, name))
      )
  }
}

const spellingsByKey = (names: ReadonlyArray<string>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const spellings = new Map<string, Array<string>>()
  for (const name of names) {
    const key = FileName.collisionKey(name)
    const known = spellings.get(key)
    if (known === undefined) spellings.set(key, [name])
    else known.push(name)
  }
  return spellings
}

const unsafeName = (name: string, problem: string): StorageError =>
  new StorageError({ reason: "UnsafeName", path: name, message: `${problem}; give the file another name` })

const targetExists = (name: string, existing: string): StorageError =>
  new StorageError({
    reason: "TargetExists",
    path: name,
    message: existing === name
      ? `"${name}" is already in the inbox or being received; give the file another name or remove that one`
      : `"${name}" differs from "${existing}" in the inbox only by case, normal form or invisible characters; give the file another name`
  })
