/** A process that appends posts to a store, four at a time, and prints the number of each when it is durable: PATH, and a URL from which libsql is found. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Files from "../../src/node/storage/Files.ts"
import { libsql } from "../../src/node/store/SqliteDriver.ts"
import * as SqliteFile from "../../src/node/store/SqliteFile.ts"
import { alpha, appended, post } from "../conversation/store/events.ts"

const [path = "", from = ""] = process.argv.slice(2)

const written = Effect.gen(function*() {
  const store = yield* SqliteFile.open(Files.make(), libsql(from), path)
  const first = ((yield* store.heads("hall")).get(alpha)?.seq ?? 0) + 1
  yield* Stream.iterate(first, (seq) => seq + 1).pipe(
    Stream.mapEffect((seq) => Effect.as(store.commit(appended([post(alpha, seq)])), seq), { concurrency: 4 }),
    Stream.runForEach((seq) => Effect.sync(() => process.stdout.write(`${seq}\n`)))
  )
})

Effect.runFork(Effect.scoped(written))
