/** Stores in a file of a temporary folder. */
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Files from "../../../src/node/storage/Files.ts"
import type * as SqliteDriver from "../../../src/node/store/SqliteDriver.ts"
import * as SqliteFile from "../../../src/node/store/SqliteFile.ts"

/** A new folder, which its scope removes. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "holub-store-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

export const sqliteWorld = (driver: () => SqliteDriver.SqliteDriver) =>
  Effect.map(temporaryFolder, (folder) => ({
    folder,
    path: join(folder, "state", "holub.store"),
    open: Effect.suspend(() => SqliteFile.open(Files.make(), driver(), join(folder, "state", "holub.store")))
  }))
