import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Files from "../../../src/node/storage/Files.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import { hex, refused, sample } from "../../suites/storage.ts"
import { failing, temporaryFolder, watched } from "../watchedFiles.ts"
import { all } from "./sourceFiles.ts"

const storage = NodeStorage.make(Files.make())

describe("a spool", () => {
  const ownTemporaryFolder = Effect.tap(temporaryFolder, (root) => setTemporaryFolder(root))

  const setTemporaryFolder = Effect.fnUntraced(function*(path: string) {
    const before = process.env["TMPDIR"]
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        if (before === undefined) delete process.env["TMPDIR"]
        else process.env["TMPDIR"] = before
      })
    )
    process.env["TMPDIR"] = path
  })

  it.scoped("has no directory entry while it is open and cannot be read afterwards", () =>
    Effect.gen(function*() {
      const root = yield* ownTemporaryFolder
      const scope = yield* Scope.make()
      const source = yield* Scope.extend(storage.spool("stdin", Stream.make(sample(10))), scope)
      expect(tmpdir()).toBe(root)
      expect(readdirSync(root)).toEqual([])
      expect(hex(yield* all(source))).toBe(hex(sample(10)))
      yield* Scope.close(scope, Exit.void)
      expect(Exit.isFailure(yield* Effect.exit(all(source)))).toBe(true)
    }))

  it.scoped("has mode 0600", () =>
    Effect.gen(function*() {
      const modes: Array<number | undefined> = []
      const real = Files.make()
      const files = watched(() => {}, {
        open: (path, flags, mode) => {
          modes.push(mode)
          return real.open(path, flags, mode)
        }
      })
      yield* NodeStorage.make(files).spool("stdin", Stream.empty)
      expect(modes).toEqual([0o600])
    }))

  it.scoped("fails with NoSpace when the disk is full, and says whose", () =>
    Effect.gen(function*() {
      const root = yield* ownTemporaryFolder
      const files = watched(failing("write", "ENOSPC"))
      const error = yield* Effect.flip(NodeStorage.make(files).spool("stdin", Stream.make(sample(10))))
      expect(error).toMatchObject({
        reason: "NoSpace",
        message: `cannot write to "${root}": the disk is full; free some space, or set TMPDIR to another folder`
      })
    }))

  it.scoped("says that the folder for temporary files is missing or a file (T6)", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      writeFileSync(join(root, "file"), "")
      const messages: Array<string> = []
      for (const name of ["none", "file"]) {
        yield* setTemporaryFolder(join(root, name))
        messages.push((yield* Effect.flip(storage.spool("stdin", Stream.make(sample(10))))).message)
      }
      const said = (name: string, what: string) =>
        `cannot create a temporary file in "${
          join(root, name)
        }": ${what}; check the path, or set TMPDIR to another folder`
      expect(messages).toEqual([
        said("none", "it does not exist"),
        said("file", "a part of the path is not a directory")
      ])
    }))

  it.scoped("fails when its directory entry cannot be removed", () =>
    Effect.gen(function*() {
      yield* ownTemporaryFolder
      const files = watched(failing("unlink", "EIO"))
      expect(yield* refused(NodeStorage.make(files).spool("stdin", Stream.empty))).toBe("Io")
    }))
})
