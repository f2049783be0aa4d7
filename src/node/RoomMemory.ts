/**
 * What rooms remember across restarts: a file of JSON for each, `rooms/NAME.json` in the user's state folder, replaced as a whole. Of
 * several servers that host a room of one name, the last one that has written it is remembered.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { dirname, join } from "node:path"
import type { Remembered } from "../apps/App.ts"
import * as RememberedWriter from "../conversation/RememberedWriter.ts"
import type { KeyringError } from "../security/Keyring.ts"
import * as OwnFiles from "./security/OwnFiles.ts"
import type * as Files from "./storage/Files.ts"

/** Bytes of a file: 16,384 entries of an address and a name of 32 letters. */
const fileBytes = 2 * 1024 * 1024

/** The path of the file of a room; the `/` in a name becomes `%2F`. */
export const pathOf = (stateFolder: string, room: string): string =>
  join(stateFolder, "rooms", `${encodeURIComponent(room)}.json`)

/** What a room remembers; undefined if there is no file. Fails if it is damaged, or belongs to another user. */
export const read = (files: Files.Files, path: string): Effect.Effect<Remembered | undefined, KeyringError> =>
  Effect.gen(function*() {
    const rules = { what: "the memory of a room in", isPublic: false, followsLinks: false, maxBytes: fileBytes }
    const bytes = yield* OwnFiles.read(files, path, rules)
    if (bytes === undefined) return undefined
    return yield* Effect.orElse(
      Schema.decode(RememberedWriter.RememberedJson)(new TextDecoder().decode(bytes)),
      () => OwnFiles.refused(`the file ${path} is damaged: remove it, and the room remembers nothing`)
    )
  })

/** Writes what a room remembers. */
const write = (files: Files.Files, path: string, remembered: Remembered): Effect.Effect<void, KeyringError> =>
  Effect.gen(function*() {
    const bytes = new TextEncoder().encode(`${JSON.stringify(remembered, undefined, 2)}\n`)
    if (bytes.length > fileBytes) {
      return yield* OwnFiles.refused(`${path} would be larger than ${fileBytes} bytes, and was not written`)
    }
    yield* OwnFiles.folder(files, dirname(path))
    yield* OwnFiles.replace(files, path, bytes)
  })

/**
 * Returns a function that has a room's memory written: soon, only the latest one, and before the scope closes. `warn` reports each
 * failure; the next change is written again.
 */
export const writer = (
  files: Files.Files,
  path: string,
  warn: (message: string) => Effect.Effect<void>
): Effect.Effect<(remembered: Remembered) => void, never, Scope.Scope> =>
  RememberedWriter.make((remembered) => Effect.catchAll(write(files, path, remembered), ({ message }) => warn(message)))
