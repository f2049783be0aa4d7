import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Files from "../../../src/node/storage/Files.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import { Storage } from "../../../src/storage/Storage.ts"
import { inboxNamesSuite } from "../../suites/inboxNames.ts"
import { received, storageSuite } from "../../suites/storage.ts"
import { systemError, temporaryFolder, watched, worldOver } from "../watchedFiles.ts"

const withoutLinks = watched((call) => {
  if (call.name === "link") throw systemError("EPERM")
})

storageSuite("node", worldOver(Files.make()))
inboxNamesSuite("node", worldOver(Files.make()))

storageSuite("node without /proc", worldOver({ ...Files.make(), anchor: undefined }))
storageSuite("node without open directories", worldOver({ ...Files.make(), opensDirectories: false }))

storageSuite("node without hard links", worldOver(withoutLinks))
inboxNamesSuite("node without hard links", worldOver(withoutLinks))

it.scoped("the layer uses the real disk", () =>
  Effect.gen(function*() {
    const root = yield* temporaryFolder
    const storage = yield* Storage
    const inbox = yield* storage.inbox({ path: `${root}/a/b`, ifExists: "fail" })
    const { path } = yield* received(inbox, "a.bin", 1_000)
    expect((yield* storage.source(path)).size).toBe(1_000)
  }).pipe(Effect.provide(NodeStorage.layer)))
