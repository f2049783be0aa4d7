import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { parse } from "../../../src/conversation/store/StoreLocation.ts"

describe("the location of a store", () => {
  it.each(["holub.store", "./a b.db", "/var/lib/holub/store", "C:\\data\\store", "~/x", "postgres", "a:b"])(
    "%s is a file",
    (path) => expect(parse(path)).toEqual(Either.right({ _tag: "File", path }))
  )

  it.each([
    "postgres://ala@db.example/holub",
    "postgresql://db.example:5433/holub?sslmode=verify-full",
    "postgres:///holub?host=/run/postgresql",
    "postgres://ala@/holub",
    "POSTGRES://db/holub"
  ])("%s is a database", (url) => expect(parse(url)).toEqual(Either.right({ _tag: "Postgres", url })))

  it.each([
    "postgres://ala:secret@db.example/holub",
    "postgres://ala:secret@/holub",
    "postgres://:secret@db.example/holub",
    "postgresql:///holub?user=ala&password=secret",
    "postgres://db/holub?sslpassword=secret"
  ])("%s has a password, which is refused with a way to do it, and is not quoted", (url) => {
    const problem = Either.getOrThrow(Either.flip(parse(url)))
    expect(problem.message).toBe(
      "the URL of the store has a password, which other users of this machine can read in the list of processes"
    )
    expect(problem.hint).toContain("PGPASSFILE")
    expect(JSON.stringify(problem)).not.toContain("secret")
  })

  it.each(["", ":memory:", "a\0b", "mysql://db/holub", "libsql://db", "postgres://a b/c", "postgres://h:99999/x"])(
    "%j is none",
    (text) => {
      const problem = Either.getOrThrow(Either.flip(parse(text)))
      expect(problem.hint).toMatch(/^name a file, such as holub.store, or a database/)
    }
  )
})
