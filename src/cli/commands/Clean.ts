/** `holub clean`: lists and removes the parts of files whose transfer was interrupted. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Found, PartialFile } from "../../storage/PartialFiles.ts"
import { PartialFiles } from "../../storage/PartialFiles.ts"
import type { StorageError } from "../../storage/Storage.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { failed } from "../report/Report.ts"
import type { Values } from "../settings/Settings.ts"
import * as Format from "../text/Format.ts"
import type { Run } from "./CommandContext.ts"
import { onThisMachine, unlessStopped } from "./Layers.ts"

export interface CleanOptions {
  readonly dir: string
  readonly restMillis: number
  /** Nothing is removed. */
  readonly isDryRun: boolean
}

type CleanValues = Pick<Values, "dir" | "olderThan" | "dryRun">

export const options = ({ dir, dryRun, olderThan }: CleanValues): CleanOptions => ({
  dir,
  restMillis: olderThan,
  isDryRun: dryRun
})

/** The command on this machine. */
export const start: Run<CleanValues> = unlessStopped<CleanValues, never>((values, context) =>
  onThisMachine(run(values, context))
)

export const run: Run<CleanValues, PartialFiles> = (values, { print, report }) =>
  Effect.gen(function*() {
    const { dir, isDryRun, restMillis } = options(values)
    const service = yield* PartialFiles
    const found = yield* Effect.mapError(service.find(dir, restMillis), failureOf)
    const done: Array<PartialFile> = []
    for (const leftover of found.abandoned) {
      const outcome = yield* Effect.either(isDryRun ? Effect.void : leftover.remove)
      if (Either.isLeft(outcome)) {
        yield* failed(report, Failures.ofSource(outcome.left))
        continue
      }
      const { ageMillis, path, size } = leftover
      done.push(leftover)
      yield* report.emit({ type: isDryRun ? "leftover" : "removed", path, size, ageMillis })
      yield* print(`${Format.harmless(path)}  ${Format.size(size)}  ${Format.duration(ageMillis)} old\n`)
    }
    yield* report.note(totalLine(found, done, isDryRun))
    if (found.younger.length > 0) yield* report.note(youngerLine(found.younger, restMillis))
    return done.length === found.abandoned.length ? ExitCode.ok : ExitCode.localIo
  })

const totalLine = ({ abandoned, path }: Found, done: ReadonlyArray<PartialFile>, isDryRun: boolean): string => {
  if (abandoned.length === 0) return `nothing to remove in ${Format.harmless(path)}`
  const parts = `${amountOf(done)} in ${Format.harmless(path)}`
  return isDryRun ? `${parts}; without --dry-run they are removed` : `removed ${parts}`
}

const youngerLine = (younger: Found["younger"], restMillis: number): string =>
  `${amountOf(younger)} younger than ${Format.duration(restMillis)} ${younger.length === 1 ? "stays" : "stay"}; ` +
  "if no server uses this inbox, --older-than 0s removes all"

const amountOf = (parts: Found["younger"]): string =>
  `${Format.count(parts.length, "part")}, ${Format.size(parts.reduce((sum, { size }) => sum + size, 0))},`

/** A missing inbox is a usage error, not a disk error. */
const failureOf = (error: StorageError): Failure =>
  error.reason === "NotFound" || error.reason === "TargetExists"
    ? Failures.usage(error.message, "name the inbox with --dir DIR")
    : Failures.ofSource(error)
