/** A temporary folder for key files, and what reads and writes them. */
import * as Effect from "effect/Effect"
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { KeyTools } from "../../../src/node/security/KeyFile.ts"
import * as Files from "../../../src/node/storage/Files.ts"
import { hashing } from "../../security/hashing.ts"
import { temporaryFolder } from "../watchedFiles.ts"

export const tools: KeyTools = { files: Files.make(), crypto: hashing }

/** The user of the tests owns what is made here. */
export const keyFolder = Effect.map(temporaryFolder, (root) => {
  const at = (name: string): string => join(root, name)
  return {
    root,
    at,
    write: (name: string, content: string | Uint8Array, mode = 0o600): string => {
      writeFileSync(at(name), content)
      chmodSync(at(name), mode)
      return at(name)
    },
    text: (name: string): string => readFileSync(at(name), "utf8"),
    mode: (name: string): number => statSync(at(name)).mode & 0o777,
    names: (): ReadonlyArray<string> => readdirSync(root).toSorted()
  }
})

/** Waits until other fibers and the system had their turn. */
export const aTurn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))
