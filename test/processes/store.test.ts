/** A process that writes to a store is killed: everything that it has reported as durable is there. */
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import * as Files from "../../src/node/storage/Files.ts"
import { libsql } from "../../src/node/store/SqliteDriver.ts"
import * as SqliteFile from "../../src/node/store/SqliteFile.ts"
import { alpha, posts } from "../conversation/store/events.ts"
import { startChild } from "./childProgram.ts"
import { folder, inTurn, tidy } from "./holub.ts"

afterEach(tidy)

it("a store has each turn that was reported, without a gap, after each of several SIGKILLs", async () => {
  const path = join(folder(), "state", "holub.store")
  await inTurn([1, 37, 90, 8], async (turns) => {
    const writer = startChild("StoreWriter.ts", path, import.meta.url)
    const reports = () => writer.stdout.split("\n").slice(0, -1).map(Number)
    await writer.until(() => reports().length >= turns ? true : undefined)
    writer.kill("SIGKILL")
    expect((await writer.ended).code).toBe("SIGKILL")
    const last = reports().at(-1) ?? 0
    const events = await Effect.runPromise(Effect.scoped(Effect.flatMap(
      SqliteFile.open(Files.make(), libsql(), path),
      (store) => store.after("hall", new Map(), Infinity)
    )))
    expect(events.length).toBeGreaterThanOrEqual(last)
    expect(events).toEqual(posts(alpha, 1, events.length))
  })
})
