/** Files and contents for the tests of sources. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Files from "../../../src/node/storage/Files.ts"
import type { Source, StorageError } from "../../../src/storage/Storage.ts"
import { temporaryFolder } from "../watchedFiles.ts"

/** The path of a new file with these bytes. */
export const fileOf = (bytes: Uint8Array) =>
  Effect.map(temporaryFolder, (root) => {
    const path = join(root, "a.bin")
    writeFileSync(path, bytes)
    return path
  })

/** The whole content of a source. */
export const all = (source: Source): Effect.Effect<Buffer, StorageError> =>
  Effect.map(Stream.runCollect(source.blocks(1_024)), (blocks) => Buffer.concat(Chunk.toReadonlyArray(blocks)))

/** Real system calls on files that report `size` bytes, whatever they hold; those that are created report the truth. */
export const reporting = (size: bigint): Files.Files => {
  const real = Files.make()
  return {
    ...real,
    open: async (path, flags, mode) => {
      const file = await real.open(path, flags, mode)
      if (flags !== Files.flags.read) return file
      const stat = async () => Object.assign(await file.stat({ bigint: true }), { size })
      return {
        fd: file.fd,
        read: (...args) => file.read(...args),
        write: (...args) => file.write(...args),
        stat,
        datasync: () => file.datasync(),
        sync: () => file.sync(),
        close: () => file.close()
      }
    }
  }
}

/** Waits in real time, because the awaited events happen in the operating system. */
export const waitMillis = (millis: number) => Effect.promise(() => new Promise((resume) => setTimeout(resume, millis)))
