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

/** Creates a part that grew so long before now. */
const partIn = (inbox: string, digit: string, ageMillis: number, content = "abc"): string => {
  const path = join(inbox, partName(digit))
  writeFileSync(path, content)
  utimesSync(path, (nowMillis - ageMillis) / 1000, (nowMillis - ageMillis) / 1000)
  return path
}

const inboxNow = Effect.zipRight(TestClock.setTime(nowMillis), temporaryFolder)
const find = (path: string, restMillis = hour, files: Files = watched(() => {})) =>
  NodePartialFiles.make(files).find(path, restMillis)

describe("leftovers", () => {
  it.scoped("are the parts that have not grown for so long, by name", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const [second, first] = [partIn(inbox, "b", hour, "abcde"), partIn(inbox, "a", 2 * hour)]
      const young = partIn(inbox, "c", hour - 1)
      const { leftovers, path, younger } = yield* find(inbox)
      expect(younger).toMatchObject([{ path: young, size: 3 }])
      expect(path).toBe(inbox)
      expect(leftovers.map(({ ageMillis, path: at, size }) => [at, size, ageMillis])).toEqual([
        [first, 3, 2 * hour],
        [second, 5, hour]
      ])
    }))

  it.scoped("of a clock that was set back have just grown", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", -hour)
      expect((yield* find(inbox, 1)).leftovers).toEqual([])
      expect((yield* find(inbox, 0)).leftovers.map(({ ageMillis }) => ageMillis)).toEqual([0])
    }))

  it.scoped("are nothing but parts: no other file, no link, no directory", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const names = ["a.part", ".holub-.part", `${partName("a")}x`, partName("A"), partName("g"), `x${partName("a")}`]
      for (const name of names) writeFileSync(join(inbox, name), "")
      symlinkSync(join(inbox, "a.part"), join(inbox, partName("1")))
      symlinkSync(join(inbox, "nowhere"), join(inbox, partName("2")))
      mkdirSync(join(inbox, partName("3")))
      expect((yield* find(inbox, 0)).leftovers).toEqual([])
    }))

  it.scoped("are removed one by one, and again without harm", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", hour)
      const kept = partIn(inbox, "b", hour)
      const [first] = (yield* find(inbox)).leftovers
      yield* first?.remove ?? Effect.dieMessage("none was found")
      yield* first?.remove ?? Effect.void
      expect(readdirSync(inbox)).toEqual([kept.slice(inbox.length + 1)])
    }))

  it.scoped.each<[string, (path: string, inbox: string) => void]>([
    ["has grown", (path) => writeFileSync(path, "abcd")],
    ["is another file", (path, inbox) => renameSync(partIn(inbox, "f", hour), path)]
  ])("that %s since stays", ([, change]) =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const path = partIn(inbox, "a", hour)
      const [leftover] = (yield* find(inbox)).leftovers
      change(path, inbox)
      expect(yield* refused(leftover?.remove ?? Effect.void)).toBe("Changed")
      expect(readdirSync(inbox)).toEqual([partName("a")])
    }))

  it.scoped("that became a link since is not touched", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      const path = partIn(inbox, "a", hour)
      const [leftover] = (yield* find(inbox)).leftovers
      renameSync(path, join(inbox, "file"))
      symlinkSync(join(inbox, "file"), path)
      yield* leftover?.remove ?? Effect.void
      expect(readdirSync(inbox).toSorted()).toEqual([partName("a"), "file"])
    }))

  it.scoped("stay when another directory has taken the inbox's path, and so do those in that one", () =>
    Effect.gen(function*() {
      const root = yield* inboxNow
      const [inbox, elsewhere] = [join(root, "inbox"), join(root, "elsewhere")]
      mkdirSync(inbox)
      mkdirSync(elsewhere)
      partIn(inbox, "a", hour)
      partIn(elsewhere, "a", hour)
      const [leftover] = (yield* find(inbox)).leftovers
      renameSync(inbox, join(root, "moved"))
      symlinkSync(elsewhere, inbox)
      expect(yield* refused(leftover?.remove ?? Effect.void)).toBe("Changed")
      expect([readdirSync(elsewhere), readdirSync(join(root, "moved"))]).toEqual([[partName("a")], [partName("a")]])
    }))

  it.scoped("cannot be looked for where there is no directory", () =>
    Effect.gen(function*() {
      const root = yield* inboxNow
      writeFileSync(join(root, "file"), "")
      expect(yield* refused(find(join(root, "none")))).toBe("NotFound")
      expect(yield* refused(find(join(root, "file")))).toBe("TargetExists")
      expect(readdirSync(root)).toEqual(["file"])
    }))

  it.scoped("that the system does not let go stay, and say so", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", hour)
      const [leftover] = (yield* find(inbox, hour, watched(failing("unlink", "EACCES")))).leftovers
      expect(yield* refused(leftover?.remove ?? Effect.void)).toBe("Denied")
      expect(yield* refused(find(inbox, hour, watched(failing("names", "EIO"))))).toBe("Io")
    }))

  it.scoped("that go away meanwhile are none", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxNow
      partIn(inbox, "a", hour)
      const files = watched(({ name, path }) => {
        if (name === "lstat" && path.endsWith(".part")) throw systemError("ENOENT")
      })
      expect((yield* find(inbox, hour, files)).leftovers).toEqual([])
    }))
})
