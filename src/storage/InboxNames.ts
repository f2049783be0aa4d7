/**
 * Which final name a received file gets, over the names that are taken and those that are being received. It knows
 * names alone: the names in the directory are told to it, and it creates nothing.
 */
import * as Either from "effect/Either"
import * as FileName from "./FileName.ts"
import { type IfExists, StorageError } from "./Storage.ts"
import * as StorageLimits from "./StorageLimits.ts"

/** The final name of one file on its way; it keeps its twins out until it is released. */
export interface Claim {
  readonly name: string
  /** Goes on to the next name when this one proved to be taken after all. Fails with `TargetExists`. */
  readonly move: (taken: ReadonlyArray<string>) => Either.Either<void, StorageError>
  readonly release: () => void
}

/** The names of one inbox. `taken` is always all that lies in the directory at that moment. */
export interface InboxNames {
  /** Claims a final name for what a peer calls `wanted`. Fails with `UnsafeName` or `TargetExists`. */
  readonly claim: (
    wanted: string,
    taken: ReadonlyArray<string>
  ) => Either.Either<Claim, StorageError>
}

/** The names of an inbox that treats a taken name as `ifExists` says; a twin spelled otherwise is never overwritten. */
export const make = (ifExists: IfExists): InboxNames => {
  const live = new Set<{ name: string }>()

  const choose = (
    wanted: string,
    taken: ReadonlyArray<string>
  ): Either.Either<string, StorageError> => {
    const spellings = spellingsByKey([...taken, ...Array.from(live, (claim) => claim.name)])
    const twins = (name: string) => spellings.get(FileName.twinKey(name)) ?? []
    const [twin] = ifExists === "overwrite"
      ? twins(wanted).filter((spelling) => spelling !== wanted)
      : twins(wanted)
    if (twin === undefined) return Either.right(wanted)
    if (ifExists !== "rename") return Either.left(targetExists(wanted, twin))
    for (let number = 1; number <= StorageLimits.renameAttempts; number++) {
      const name = FileName.numbered(wanted, number)
      if (twins(name).length === 0) return Either.right(name)
    }
    return Either.left(targetExists(wanted, twin))
  }

  const begin = (wanted: string, name: string): Claim => {
    const claim = { name }
    live.add(claim)
    return {
      get name() {
        return claim.name
      },
      move: (taken) => {
        live.delete(claim)
        // The refused name counts as taken even where the directory shows it in a spelling that has another key.
        const next = choose(wanted, [...taken, claim.name])
        live.add(claim)
        return Either.map(next, (moved) => {
          claim.name = moved
        })
      },
      release: () => {
        live.delete(claim)
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
    const key = FileName.twinKey(name)
    const known = spellings.get(key)
    if (known === undefined) spellings.set(key, [name])
    else known.push(name)
  }
  return spellings
}

const unsafeName = (name: string, problem: string): StorageError =>
  new StorageError({ reason: "UnsafeName", path: name, message: `${problem}; give the file another name` })

const targetExists = (name: string, twin: string): StorageError =>
  new StorageError({
    reason: "TargetExists",
    path: name,
    message: twin === name
      ? `"${name}" is already in the inbox or being received; give the file another name or remove that one`
      : `"${name}" differs from "${twin}" in the inbox only by case or normal form; give it another name`
  })
