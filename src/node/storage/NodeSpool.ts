/**
 * Copies content of unknown length to a private temporary file. The file has no name, so no other process can open it
 * and a crash leaves none behind.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { randomBytes } from "node:crypto"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Source, StorageError } from "../../storage/Storage.ts"
import { attempt, type Files, flags, opened, writeAt } from "./Files.ts"
import * as UnchangedFile from "./UnchangedFile.ts"

/**
 * Copies `bytes` to a temporary file, which exists until the scope closes. Fails with the reason of the file, or with
 * the error of `bytes`.
 */
export const make = Effect.fnUntraced(function*(
  files: Files,
  { name, path }: Pick<Source, "name" | "path">,
  bytes: Stream.Stream<Uint8Array, StorageError>
): Effect.fn.Return<Source, StorageError, Scope.Scope> {
  const folder = tmpdir()
  const file = yield* Effect.mapError(
    opened("create a temporary file in", folder, async () => {
      const temporary = join(folder, `holub-${randomBytes(16).toString("hex")}`)
      const fresh = await files.open(temporary, flags.create | flags.readWrite, 0o600)
      await files.unlink(temporary).catch(async (cause: unknown) => {
        await fresh.close()
        throw cause
      })
      return fresh
    }),
    elsewhere
  )
  let size = 0
  yield* Stream.runForEach(bytes, (block) =>
    Effect.suspend(() => {
      const position = size
      size += block.length
      return Effect.mapError(writeAt(file, folder, block, position), elsewhere)
    }))
  const stats = yield* attempt("read", folder, () => file.stat({ bigint: true }))
  return UnchangedFile.source(Effect.succeed(file), { name, path, label: path ?? name, stats })
})

/** The variable that `tmpdir` reads. */
const variable = process.platform === "win32" ? "TEMP" : "TMPDIR"

const elsewhere = (error: StorageError): StorageError =>
  new StorageError({ ...error, message: `${error.message}, or set ${variable} to another folder` })
