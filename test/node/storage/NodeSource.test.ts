import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Files from "../../../src/node/storage/Files.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import { heldBytes } from "../../../src/storage/StorageLimits.ts"
import { hex, refused, sample } from "../../suites/storage.ts"
import { failing, systemError, temporaryFolder, watched } from "../watchedFiles.ts"
import { all, fileOf, reporting, waitMillis } from "./sourceFiles.ts"

const storage = NodeStorage.make(Files.make())

describe("a regular file", () => {
  it.scoped("is read through a symbolic link", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(100))
      symlinkSync(path, `${path}.link`)
      const source = yield* storage.source(`${path}.link`)
      expect(source.name).toBe("a.bin.link")
      expect(hex(yield* all(source))).toBe(hex(sample(100)))
    }))

  it.scoped.each([["EACCES", "Denied"], ["ENOENT", "NotFound"], ["EMFILE", "Io"], ["ELOOP", "Denied"]] as const)(
    "whose open fails with %s is reported as %s (P5)",
    ([code, reason]) =>
      Effect.gen(function*() {
        const path = yield* fileOf(sample(10))
        expect(yield* refused(NodeStorage.make(watched(failing("open", code))).source(path))).toBe(reason)
      })
  )

  it.scoped("is open only while it is checked and while it is read (F22)", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      let open = 0
      let most = 0
      const files = watched(({ name }) => {
        if (name === "open") most = Math.max(most, ++open)
        if (name === "close") open--
      })
      const { source } = NodeStorage.make(files)
      const names = Array.from({ length: 400 }, (_, index) => `${index}.txt`)
      for (const name of names) writeFileSync(join(root, name), name)
      const sources = yield* Effect.forEach(names, (name) => source(join(root, name)))
      expect([open, most]).toEqual([0, 1])
      const contents = yield* Effect.forEach(sources, all)
      expect(contents.map(String)).toEqual(names)
      expect([open, most]).toEqual([0, 1])
      expect(yield* Effect.forEach(sources, ({ sha256 }) => sha256)).toEqual(
        names.map((name) => hex(Buffer.from(name)))
      )
    }))

  it.scoped.each(
    [
      ["another file of the same size and time", (path: string) => {
        const { atime, mtime } = statSync(path)
        rmSync(path)
        writeFileSync(path, sample(100).fill(0))
        utimesSync(path, atime, mtime)
      }],
      ["another file", (path: string) => {
        writeFileSync(`${path}.new`, sample(100))
        renameSync(`${path}.new`, path)
      }],
      ["a link to another file", (path: string) => {
        writeFileSync(`${path}.new`, sample(100))
        rmSync(path)
        symlinkSync(`${path}.new`, path)
      }],
      ["a directory", (path: string) => {
        rmSync(path)
        mkdirSync(path)
      }],
      ["a pipe", (path: string) => {
        rmSync(path)
        execFileSync("mkfifo", [path])
      }],
      ["nothing", (path: string) => rmSync(path)]
    ] as const
  )("that is replaced by %s after its check is not sent (F22)", ([, replace]) =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(100))
      const source = yield* storage.source(path)
      replace(path)
      const error = yield* Effect.flip(all(source))
      expect(error).toMatchObject({ reason: "Changed", path })
      expect(error.message).toBe(`"${path}" was removed or replaced after it was checked; send it again`)
    }))

  it.scoped.each(
    [
      ["more than it has, as in /sys", 10, 4096n],
      ["less than it has, as in /proc", 1_000, 0n],
      ["less than it has, and is long", heldBytes + 300_000, 3n]
    ] as const
  )("that reports %s bytes is read to its end (F21)", ([, bytes, size]) =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(bytes))
      const source = yield* NodeStorage.make(reporting(size)).source(path)
      expect(source).toMatchObject({ name: "a.bin", path, size: bytes })
      expect(hex(yield* all(source))).toBe(hex(sample(bytes)))
      expect(yield* source.sha256).toBe(hex(sample(bytes)))
    }))

  it.scoped("that grows while it is checked is refused (F21)", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(100))
      const files = watched(({ name }) => {
        if (name === "read") appendFileSync(path, "more")
      })
      const error = yield* Effect.flip(NodeStorage.make(files).source(path))
      expect(error).toMatchObject({ reason: "Changed", message: expect.stringContaining("grew while") })
    }))

  it.scoped("of a wrong size that fills the disk for temporary files is open no more", () =>
    Effect.gen(function*() {
      let open = 0
      const files = watched(({ name }) => {
        if (name === "write") throw systemError("ENOSPC")
        if (name === "open") open++
        if (name === "close") open--
      }, reporting(0n))
      const path = yield* fileOf(sample(heldBytes + 300_000))
      expect(yield* refused(NodeStorage.make(files).source(path))).toBe("NoSpace")
      expect(open).toBe(0)
    }))

  it.scoped("in /proc is sent completely although its reported size is 0", () =>
    Effect.gen(function*() {
      if (process.platform !== "linux") return
      const source = yield* storage.source("/proc/self/status")
      expect((yield* all(source)).toString()).toContain("Name:")
    }))
})

describe("a path that is no regular file", () => {
  it.scoped("is refused if it is a directory or below a file", () =>
    Effect.gen(function*() {
      const root = yield* temporaryFolder
      mkdirSync(join(root, "directory"))
      writeFileSync(join(root, "file"), "")
      expect(yield* refused(storage.source(join(root, "directory")))).toBe("NotAFile")
      expect(yield* refused(storage.source(join(root, "file", "below")))).toBe("NotFound")
    }))

  it.scoped("is spooled if it is a pipe, also when the writer opens it later", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "pipe")
      execFileSync("mkfifo", [path])
      const reader = yield* Effect.fork(storage.source(path))
      yield* waitMillis(5)
      const writer = spawn("sh", ["-c", `head -c 200000 /dev/zero > "$0"; printf end > "$0"`, path])
      const source = yield* Fiber.join(reader)
      writer.kill()
      expect(source.path).toBeUndefined()
      expect(source.name).toBe("pipe")
      expect(source.size).toBeGreaterThanOrEqual(200_000)
      expect(hex(yield* all(source))).toBe(yield* source.sha256)
    }))

  it.scoped("is spooled if it is a device", () =>
    Effect.gen(function*() {
      const source = yield* storage.source("/dev/null")
      expect(source.size).toBe(0)
      expect(yield* source.sha256).toBe(hex(sample(0)))
    }))

  it.scoped("can be interrupted while it waits for the writer of a pipe", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "pipe")
      execFileSync("mkfifo", [path])
      const reader = yield* Effect.fork(storage.source(path))
      yield* waitMillis(5)
      expect(Exit.isInterrupted(yield* Fiber.interrupt(reader))).toBe(true)
    }))

  it.scoped("is spooled if it is a process substitution", () =>
    Effect.gen(function*() {
      if (process.platform !== "linux") return
      // An unnamed pipe, as the shell creates one for <(…), opened through the process that has it as its input.
      const shell = spawn("sh", ["-c", "printf hello | sh -c 'echo $$ >&2; exec sleep 120'"])
      const pid = yield* Effect.promise(() => once(shell.stderr, "data"))
      const source = yield* storage.source(`/proc/${String(pid).trim()}/fd/0`)
      process.kill(Number(pid))
      expect((yield* all(source)).toString()).toBe("hello")
    }))
})
