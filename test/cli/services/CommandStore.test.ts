import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { homedir } from "node:os"
import { join } from "node:path"
import * as CommandStore from "../../../src/cli/services/CommandStore.ts"
import { temporaryFolder } from "../../node/store/sqliteWorld.ts"

describe("--store", () => {
  it("is a file, also in the home folder, or a database", () => {
    expect(CommandStore.located("~/holub.store")).toEqual(
      Either.right({ _tag: "File", path: join(homedir(), "holub.store") })
    )
    const url = "postgres://ala@db.example/holub"
    expect(CommandStore.located(url)).toEqual(Either.right({ _tag: "Postgres", url }))
  })

  it("with a password is exit code 2, tells where passwords belong, and is not quoted", () => {
    const failure = Either.getOrThrow(Either.flip(CommandStore.located("postgres://ala:pigeon@db.example/holub")))
    expect(failure).toMatchObject({ code: "Usage", exitCode: 2, hint: expect.stringContaining("PGPASSFILE") })
    expect(failure.message + failure.hint).not.toContain("pigeon")
  })

  it.scoped("that cannot be opened is a failure with the exit code of its reason", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "holub.store")
      yield* CommandStore.open({ _tag: "File", path })
      const second = yield* Effect.flip(CommandStore.open({ _tag: "File", path }))
      expect(second).toMatchObject({
        code: "InUse",
        exitCode: 8,
        message: `the store ${path} cannot be used: another process uses it; stop that one, or name another file`
      })
    }))
})
