import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { mkdirSync, readdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Files } from "../../../src/node/storage/Files.ts"
import * as NodePartialFiles from "../../../src/node/storage/NodePartialFiles.ts"
import { refused } from "../../suites/storage.ts"
import { failing, systemError, temporaryFolder, watched } from "../watchedFiles.ts"

const hour = 3_600_000
const nowMillis = 1_000_000_000_000
const partName = (digit: string): string => `.holub-${digit.repeat(32)}.part`

/** Creates a part whose last write was `ageMillis` before now. */
const partIn = (inbox: string, digit: string, ageMillis: number, content = "abc"): string => {
  const path = join(inbox, partName(digit))
  writeFileSync(path, content)
  utimesSync(path, (nowMillis - ageMillis) / 1000, (nowMillis - ageMillis) / 1000)
  return path
}

const inboxNow = Effect.zipRight(TestClock.setTime(nowMillis), temporaryFolder)
const find = (path: string, idleMillis = hour, files: Files = watched(() => {})) =>
  NodePartialFiles.make(files).find(path, idleMillis)

describe("partial files", () => {
  it.scoped("are abandoned if they have not grown for the given time, and sorted by name", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const [second, first] = [partIn(inbox, "b", hour, "abcde"), partIn(inbox, "a", 2 * hour)]
      const young = partIn(inbox, "c", hour - 1)
      const { abandoned, path, younger } = yield* find(inbox)
      expect(younger).toMatchObject([{ path: young, size: 3 }])
      expect(path).toBe(inbox)
      expect(abandoned.map(({ ageMillis, path: at, size }) => [at, size, ageMillis])).toEqual([
        [first, 3, 2 * hour],
        [second, 5, hour]
      ])
    }))

  it.scoped("with a time of last write in the future have age 0", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", -hour)
      expect((yield* find(inbox, 1)).abandoned).toEqual([])
      expect((yield* find(inbox, 0)).abandoned.map(({ ageMillis }) => ageMillis)).toEqual([0])
    }))

  it.scoped("do not include other files, links and directories", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const names = ["a.part", ".holub-.part", `${partName("a")}x`, partName("A"), partName("g"), `x${partName("a")}`]
      for (const name of names) writeFileSync(join(inbox, name), "")
      symlinkSync(join(inbox, "a.part"), join(inbox, partName("1")))
      symlinkSync(join(inbox, "nowhere"), join(inbox, partName("2")))
      mkdirSync(join(inbox, partName("3")))
      expect((yield* find(inbox, 0)).abandoned).toEqual([])
    }))

  it.scoped("are removed one by one; a second removal has no effect", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", hour)
      const kept = partIn(inbox, "b", hour)
      const [first] = (yield* find(inbox)).abandoned
      yield* first?.remove ?? Effect.dieMessage("no partial file was found")
      yield* first?.remove ?? Effect.void
      expect(readdirSync(inbox)).toEqual([kept.slice(inbox.length + 1)])
    }))

  it.scoped.each<[string, (path: string, inbox: string) => void]>([
    ["grew", (path) => writeFileSync(path, "abcd")],
    ["was replaced by another file", (path, inbox) => renameSync(partIn(inbox, "f", hour), path)]
  ])("are not removed if one %s since", ([, change]) =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const path = partIn(inbox, "a", hour)
      const [partialFile] = (yield* find(inbox)).abandoned
      change(path, inbox)
      expect(yield* refused(partialFile?.remove ?? Effect.void)).toBe("Changed")
      expect(readdirSync(inbox)).toEqual([partName("a")])
    }))

  it.scoped("are not removed if one was replaced by a link since", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const path = partIn(inbox, "a", hour)
      const [partialFile] = (yield* find(inbox)).abandoned
      renameSync(path, join(inbox, "file"))
      symlinkSync(join(inbox, "file"), path)
      yield* partialFile?.remove ?? Effect.void
      expect(readdirSync(inbox).toSorted()).toEqual([partName("a"), "file"])
    }))

  it.scoped("are not removed when another directory is at the inbox's path, neither in the inbox nor in that directory", () =>
    Effect.gen(function*() {
      const root = yield* inboxNow
      const [inbox, elsewhere] = [join(root, "inbox"), join(root, "elsewhere")]
      mkdirSync(inbox)
      mkdirSync(elsewhere)
      partIn(inbox, "a", hour)
      partIn(elsewhere, "a", hour)
      const [partialFile] = (yield* find(inbox)).abandoned
      renameSync(inbox, join(root, "moved"))
      symlinkSync(elsewhere, inbox)
      expect(yield* refused(partialFile?.remove ?? Effect.void)).toBe("Changed")
      expect([readdirSync(elsewhere), readdirSync(join(root, "moved"))]).toEqual([[partName("a")], [partName("a")]])
    }))

  it.scoped("cannot be found in a missing directory or a file", () =>
    Effect.gen(function*() {
      const root = yield* inboxNow
      writeFileSync(join(root, "file"), "")
      expect(yield* refused(find(join(root, "none")))).toBe("NotFound")
      expect(yield* refused(find(join(root, "file")))).toBe("TargetExists")
      expect(readdirSync(root)).toEqual(["file"])
    }))

  it.scoped("fail with a reason when the system cannot remove or list them", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", hour)
      const [partialFile] = (yield* find(inbox, hour, watched(failing("unlink", "EACCES")))).abandoned
      expect(yield* refused(partialFile?.remove ?? Effect.void)).toBe("Denied")
      expect(yield* refused(find(inbox, hour, watched(failing("names", "EIO"))))).toBe("Io")
    }))

  it.scoped("do not include files that are removed in the meantime", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", hour)
      const files = watched(({ name, path }) => {
        if (name === "lstat" && path.endsWith(".part")) throw systemError("ENOENT")
      })
      expect((yield* find(inbox, hour, files)).abandoned).toEqual([])
    }))
})
