/** The file `known_hosts`: read whole, written beside and renamed under a lock. */
import * as Effect from "effect/Effect"
import { dirname } from "node:path"
import { KeyLimits } from "../../security/KeyLimits.ts"
import type { KeyringError } from "../../security/Keyring.ts"
import * as FileLock from "./FileLock.ts"
import type { KeyTools } from "./KeyFile.ts"
import type { Line } from "./KnownHostsText.ts"
import * as KnownHostsText from "./KnownHostsText.ts"
import * as OwnFiles from "./OwnFiles.ts"

/** The lines; none if the file does not exist. */
export const read = ({ crypto, files }: KeyTools, path: string): Effect.Effect<ReadonlyArray<Line>, KeyringError> => {
  const rules = { what: "the file", isPublic: true, followsLinks: true, maxBytes: KeyLimits.knownHostsBytes }
  return Effect.map(
    OwnFiles.read(files, path, rules),
    (bytes) => bytes === undefined ? [] : KnownHostsText.parse(crypto, bytes)
  )
}

/** Changes the lines; `changed` returns undefined to leave the file as it is. Returns the lines before. */
export const change = (
  tools: KeyTools,
  path: string,
  changed: (lines: ReadonlyArray<Line>) => ReadonlyArray<Line> | undefined
): Effect.Effect<ReadonlyArray<Line>, KeyringError> =>
  Effect.gen(function*() {
    const { files } = tools
    yield* OwnFiles.folder(files, dirname(path))
    // Beside the file itself if the path is a link.
    const target = yield* Effect.promise(() => files.realPath(path).catch(() => path))
    return yield* FileLock.locked(files, target, (stillHeld) =>
      Effect.gen(function*() {
        const before = yield* read(tools, target)
        const after = changed(before)
        if (after === undefined) return before
        const bytes = KnownHostsText.format(after)
        if (bytes.length > KeyLimits.knownHostsBytes) {
          return yield* OwnFiles.refused(
            `${path} would be larger than ${KeyLimits.knownHostsBytes} bytes; remove lines from it`
          )
        }
        yield* stillHeld
        yield* OwnFiles.replace(files, target, bytes)
        return before
      }))
  })

/** The sentence about a line that cannot be read. */
export const sentenceOf = (path: string, { number, problem = "" }: Line): string =>
  `line ${number} of ${path} ${problem}`
