import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Files from "../../../src/node/storage/Files.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import { received, refused, sample } from "../../suites/storage.ts"
import { failing, temporaryFolder, watched } from "../watchedFiles.ts"

const modeOf = (path: string) => statSync(path).mode & 0o777

const inboxOver = (files: Files.Files, quotaBytes?: number) =>
  Effect.flatMap(temporaryFolder, (root) =>
    Effect.map(
      NodeStorage.make(files).inbox({ path: join(root, "inbox"), ifExists: "rename", quotaBytes }),
      (inbox) => ({ inbox, root, outside: join(root, "outside") })
    ))

describe("the directory", () => {
  it.scoped("is created with mode 0700, and so are its missing parents", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      const inbox = yield* NodeStorage.make(Files.make()).inbox({ path: join(root, "a", "b"), ifExists: "fail" })
      expect(inbox.path).toBe(join(root, "a", "b"))
      expect([modeOf(join(root, "a")), modeOf(inbox.path)]).toEqual([0o700, 0o700])
    }))

  it.scoped("causes a sync of its parents when it is created, so that it survives a crash with its files", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      const synced: Array<string> = []
      const files = watched((call) => {
        if (call.name === "sync") synced.push(call.path)
      })
      yield* NodeStorage.make(files).inbox({ path: join(root, "a", "b", "c"), ifExists: "fail" })
      expect(synced).toEqual([root, join(root, "a"), join(root, "a", "b")])
    }))

  it.scoped("keeps the mode of an existing directory", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      mkdirSync(join(root, "inbox"))
      chmodSync(join(root, "inbox"), 0o755)
      yield* NodeStorage.make(Files.make()).inbox({ path: join(root, "inbox"), ifExists: "fail" })
      expect(modeOf(join(root, "inbox"))).toBe(0o755)
    }))

  it.scoped.each(["EACCES", "EROFS"])(
    "is refused when it is not writable: %s",
    (code) =>
      Effect.gen(function*() {
        expect(yield* refused(inboxOver(watched(failing("access", code))))).toBe("Denied")
      })
  )

  it.scoped("is reported with its real path when it is opened through a link", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      mkdirSync(join(root, "real"))
      symlinkSync(join(root, "real"), join(root, "link"))
      const inbox = yield* NodeStorage.make(Files.make()).inbox({ path: join(root, "link"), ifExists: "fail" })
      expect(inbox.path).toBe(join(root, "real"))
    }))
})

describe("a file", () => {
  it.scoped("has mode 0600, independent of the sender (F18)", () =>
    Effect.gen(function*() {
      const { inbox } = yield* inboxOver(Files.make())
      expect(modeOf((yield* received(inbox, "run.sh", 10)).path)).toBe(0o600)
    }))

  it.scoped("is refused before it is created when the disk has too little space (F10)", () =>
    Effect.gen(function*() {
      const { inbox } = yield* inboxOver(
        watched(() => {}, { statfs: async () => ({ bsize: 333, blocks: 4, bavail: 3 }) })
      )
      expect(yield* refused(Effect.scoped(inbox.sink("a", 1_000)))).toBe("NoSpace")
      expect(readdirSync(inbox.path)).toEqual([])
      expect((yield* received(inbox, "a", 999)).size).toBe(999)
    }))

  it.scoped("of a terabyte is refused because of the free space or the quota (F10)", () =>
    Effect.gen(function*() {
      const { inbox } = yield* inboxOver(Files.make(), 1e9)
      expect(["NoSpace", "OverQuota"]).toContain(yield* refused(Effect.scoped(inbox.sink("a", 1e12))))
      expect(yield* refused(Effect.scoped(inbox.sink("a", Number.MAX_SAFE_INTEGER)))).toBe("NoSpace")
    }))

  it.scoped("is accepted when the disk cannot report its free space", () =>
    Effect.gen(function*() {
      const { inbox } = yield* inboxOver(watched(failing("statfs", "ENOSYS")))
      expect((yield* received(inbox, "a", 10)).size).toBe(10)
    }))

  it.scoped.each(
    [
      ["blocks", { bsize: 4096, blocks: 0, bavail: 0 }],
      ["bytes in a block", { bsize: 0, blocks: 1000, bavail: 1000 }]
    ] as const
  )(
    "is accepted when the disk reports 0 %s, as one without a known size does (F20)",
    ([, size]) =>
      Effect.gen(function*() {
        const { inbox } = yield* inboxOver(watched(() => {}, { statfs: async () => size }))
        expect((yield* received(inbox, "a", 10)).size).toBe(10)
      })
  )

  it.scoped("is refused on a full disk of a known size", () =>
    Effect.gen(function*() {
      const full = { bsize: 4096, blocks: 1000, bavail: 0 }
      const { inbox } = yield* inboxOver(watched(() => {}, { statfs: async () => full }))
      expect(yield* refused(Effect.scoped(inbox.sink("a", 1)))).toBe("NoSpace")
    }))

  it.scoped("fits in the quota again after other files were removed", () =>
    Effect.gen(function*() {
      const { inbox } = yield* inboxOver(Files.make(), 100)
      const { path } = yield* received(inbox, "a", 60)
      expect(yield* refused(Effect.scoped(inbox.sink("b", 60)))).toBe("OverQuota")
      rmSync(path)
      expect((yield* received(inbox, "b", 60)).size).toBe(60)
    }))

  it.scoped("releases its name and its reserved bytes at once when it is refused, although its caller's scope is still open", () =>
    Effect.gen(function*() {
      let full = true
      const { inbox } = yield* inboxOver(
        watched((call) => {
          if (full && call.name === "open" && call.path.endsWith(".part")) failing("open", "ENOSPC")(call)
        }),
        100
      )
      expect(yield* refused(inbox.sink("a", 100))).toBe("NoSpace")
      full = false
      expect((yield* received(inbox, "a", 100)).name).toBe("a")
    }))
})

describe("a name of an existing entry that is no regular file", () => {
  it.scoped("counts as taken if it is a symbolic link, which is not followed", () =>
    Effect.gen(function*() {
      const { inbox, outside } = yield* inboxOver(Files.make())
      symlinkSync(outside, join(inbox.path, "a.txt"))
      expect((yield* received(inbox, "a.txt", 10)).name).toBe("a (1).txt")
      expect(existsSync(outside)).toBe(false)
    }))

  it.scoped("is replaced under overwrite if it is a link; the link's target is unchanged", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      const inbox = yield* NodeStorage.make(Files.make()).inbox({ path: join(root, "inbox"), ifExists: "overwrite" })
      writeFileSync(join(root, "outside"), "untouched")
      symlinkSync(join(root, "outside"), join(inbox.path, "a.txt"))
      const { path } = yield* received(inbox, "a.txt", 10)
      expect(readFileSync(path).equals(sample(10))).toBe(true)
      expect(readFileSync(join(root, "outside"), "utf8")).toBe("untouched")
    }))

  it.scoped("is refused under overwrite if it is a directory", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      const inbox = yield* NodeStorage.make(Files.make()).inbox({ path: join(root, "inbox"), ifExists: "overwrite" })
      mkdirSync(join(inbox.path, "a"))
      expect(yield* refused(Effect.scoped(inbox.sink("a", 10)))).toBe("TargetExists")
      expect(
        yield* refused(Effect.scoped(Effect.gen(function*() {
          const sink = yield* inbox.sink("b", 10)
          mkdirSync(join(inbox.path, "b"))
          yield* sink.publish
        })))
      ).toBe("TargetExists")
      expect(readdirSync(inbox.path).toSorted()).toEqual(["a", "b"])
    }))
})

describe("a directory that is replaced by a link to another one (F2)", () => {
  it.scoped("refuses the file if replaced before the file begins", () =>
    Effect.gen(function*() {
      const { inbox, outside } = yield* inboxOver(Files.make())
      replaceByLink(inbox.path, outside)
      expect(yield* refused(Effect.scoped(inbox.sink("a", 10)))).toBe("Changed")
      expect(readdirSync(outside)).toEqual([])
    }))

  it.scoped("refuses the file if replaced by another directory", () =>
    Effect.gen(function*() {
      const { inbox } = yield* inboxOver(Files.make())
      renameSync(inbox.path, `${inbox.path}.moved`)
      mkdirSync(inbox.path)
      expect(yield* refused(Effect.scoped(inbox.sink("a", 10)))).toBe("Changed")
    }))

  it.scoped("reports no success if replaced before publishing, because the file is not at the reported path", () =>
    Effect.gen(function*() {
      const { inbox, outside } = yield* inboxOver(Files.make())
      yield* Effect.scoped(Effect.gen(function*() {
        const sink = yield* inbox.sink("a", 10)
        replaceByLink(inbox.path, outside)
        expect(yield* refused(sink.publish)).toBe("Changed")
      }))
      expect(readdirSync(outside)).toEqual([])
    }))

  it.scoped("receives nothing outside and reports success only for a complete file, if replaced before any system call of a transfer", () =>
    Effect.gen(function*() {
      if (process.platform !== "linux") return
      let calls = Infinity
      for (let replacedAt = 0; replacedAt < calls; replacedAt++) {
        let count = -1
        let places: readonly [inboxPath: string, outside: string] = ["", ""]
        const files = watched(() => {
          if (count >= 0 && count++ === replacedAt) replaceByLink(...places)
        })
        const { inbox, outside } = yield* inboxOver(files)
        places = [inbox.path, outside]
        count = 0
        const outcome = yield* Effect.either(received(inbox, "a", 10))
        if (count <= replacedAt) calls = replacedAt
        if (existsSync(outside)) expect(readdirSync(outside)).toEqual([])
        const kept = existsSync(outside) ? `${inbox.path}.moved` : inbox.path
        // If the directory was moved after its last check, the complete file is in the moved directory.
        expect(readdirSync(kept)).toEqual(Either.isRight(outcome) ? ["a"] : [])
      }
      expect(calls).toBeGreaterThan(8)
    }))
})

const replaceByLink = (inboxPath: string, outside: string) => {
  if (existsSync(`${inboxPath}.moved`)) return
  mkdirSync(outside)
  renameSync(inboxPath, `${inboxPath}.moved`)
  symlinkSync(outside, inboxPath)
}
