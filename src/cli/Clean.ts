/** `holub clean`: lists and removes the parts that nobody finishes. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { resolve } from "node:path"
import type { Found, Leftover } from "../Leftovers.ts"
import { Leftovers } from "../Leftovers.ts"
import type { StorageError } from "../Storage.ts"
import type { Failure } from "./Failure.ts"
import * as Failures from "./Failure.ts"
import { ExitCode } from "./Failure.ts"
import * as Flags from "./Flags.ts"
import { failed } from "./Report.ts"
import type { Runner } from "./Runner.ts"
import type { Read } from "./Settings.ts"
import { withDefault } from "./Settings.ts"
import * as Words from "./Words.ts"

export interface CleanOptions {
  readonly dir: string
  readonly restMillis: number
  /** Nothing is removed. */
  readonly isDryRun: boolean
}

export const options = (read: Read): Either.Either<CleanOptions, Failure> =>
  Either.gen(function*() {
    return {
      dir: resolve(yield* withDefault(read, Flags.dir)),
      restMillis: yield* withDefault(read, Flags.olderThan),
      isDryRun: yield* withDefault(read, Flags.dryRun)
    }
  })

export const run: Runner<Leftovers> = ({ print, read, report }) =>
  Effect.gen(function*() {
    const { dir, isDryRun, restMillis } = yield* options(read)
    const service = yield* Leftovers
    const found = yield* Effect.mapError(service.find(dir, restMillis), failureOf)
    const done: Array<Leftover> = []
    for (const leftover of found.leftovers) {
      const outcome = yield* Effect.either(isDryRun ? Effect.void : leftover.remove)
      if (Either.isLeft(outcome)) {
        yield* failed(report, Failures.ofSource(outcome.left))
        continue
      }
      const { ageMillis, path, size } = leftover
      done.push(leftover)
      yield* report.emit({ type: isDryRun ? "leftover" : "removed", path, size, ageMillis })
      yield* print(`${Words.harmless(path)}  ${Words.size(size)}  ${Words.duration(ageMillis)} old\n`)
    }
    yield* report.note(totalLine(found, done, isDryRun))
    if (found.younger.length > 0) yield* report.note(youngerLine(found.younger, restMillis))
    return done.length === found.leftovers.length ? ExitCode.ok : ExitCode.localIo
  })

const totalLine = ({ leftovers, path }: Found, done: ReadonlyArray<Leftover>, isDryRun: boolean): string => {
  if (leftovers.length === 0) return `nothing to remove in ${Words.harmless(path)}`
  const parts = `${amountOf(done)} in ${Words.harmless(path)}`
  return isDryRun ? `${parts}; without --dry-run they are removed` : `removed ${parts}`
}

const youngerLine = (younger: Found["younger"], restMillis: number): string =>
  `${amountOf(younger)} younger than ${Words.duration(restMillis)} ${younger.length === 1 ? "stays" : "stay"}; ` +
  "--older-than 0s, when no server is at work there, takes all"

const amountOf = (parts: Found["younger"]): string =>
  `${Words.count(parts.length, "part")}, ${Words.size(parts.reduce((sum, { size }) => sum + size, 0))},`

/** An inbox that is not there is a mistake on the command line, not the disk's. */
const failureOf = (error: StorageError): Failure =>
  error.reason === "NotFound" || error.reason === "TargetExists"
    ? Failures.usage(error.message, "--dir DIR names the inbox")
    : Failures.ofSource(error)
