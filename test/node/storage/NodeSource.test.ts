import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Files from "../../../src/node/storage/Files.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import type { Source, StorageError } from "../../../src/storage/Storage.ts"
import { hex, refused, sample } from "../../suites/storage.ts"
import { failing, temporaryFolder, watched } from "../watchedFiles.ts"

const storage = NodeStorage.make(Files.make())

const fileOf = (bytes: Uint8Array) =>
  Effect.map(temporaryFolder, (root) => {
    const path = join(root, "a.bin")
    writeFileSync(path, bytes)
    return path
  })

const all = (source: Source): Effect.Effect<Buffer, StorageError> =>
  Effect.map(Stream.runCollect(source.blocks(1_024)), (blocks) => Buffer.concat(Chunk.toReadonlyArray(blocks)))

describe("a regular file", () => {
  it.scoped("is read through a symbolic link", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(100))
      symlinkSync(path, `${path}.link`)
      const source = yield* storage.source(`${path}.link`)
      expect(source.name).toBe("a.bin.link")
      expect(hex(yield* all(source))).toBe(hex(sample(100)))
    }))

  it.scoped("is read at most one block ahead of the consumer", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      let reads = 0
      const files = watched((call) => {
        if (call.name === "read") reads++
      })
      const source = yield* NodeStorage.make(files).source(path)
      const readsAtBlock: Array<number> = []
      yield* Stream.runForEach(source.blocks(1_000), () =>
        Effect.gen(function*() {
          const expected = Math.min(readsAtBlock.length + 2, 10)
          yield* Effect.repeat(waitMillis(1), { until: () => reads >= expected })
          yield* waitMillis(2)
          readsAtBlock.push(reads)
        }))
      expect(readsAtBlock).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 10])
    }))

  it.scoped("emits blocks that later reads do not overwrite", () =>
    Effect.gen(function*() {
      const source = yield* storage.source(yield* fileOf(sample(10_000)))
      expect(hex(yield* all(source))).toBe(hex(sample(10_000)))
    }))

  it.scoped("fails with Changed when it becomes shorter", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      const source = yield* storage.source(path)
      truncateSync(path, 5_000)
      expect(yield* refused(Stream.runDrain(source.blocks(1_024)))).toBe("Changed")
    }))

  it.scoped("fails with Changed when only its modification time differs", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      const source = yield* storage.source(path)
      let emittedBytes = 0
      utimesSync(path, 1, 1)
      const run = Stream.runForEach(source.blocks(1_000), (block) => Effect.sync(() => emittedBytes += block.length))
      expect(yield* refused(run)).toBe("Changed")
      expect(emittedBytes).toBe(9_000)
    }))

  it.scoped("can be read again after an incomplete read", () =>
    Effect.gen(function*() {
      const source = yield* storage.source(yield* fileOf(sample(10_000)))
      yield* Stream.runDrain(Stream.take(source.blocks(1_000), 2))
      expect(yield* source.sha256).toBe(hex(sample(10_000)))
    }))

  it.scoped("fails with a typed error when the disk fails", () =>
    Effect.gen(function*() {
      const source = yield* NodeStorage.make(watched(failing("read", "EIO"))).source(yield* fileOf(sample(10)))
      expect(yield* refused(Stream.runDrain(source.blocks(1_000)))).toBe("Io")
    }))

  it.scoped.each([["EACCES", "Denied"], ["ENOENT", "NotFound"], ["EMFILE", "Io"], ["ELOOP", "Denied"]] as const)(
    "whose open fails with %s is reported as %s (P5)",
    ([code, reason]) =>
      Effect.gen(function*() {
        const path = yield* fileOf(sample(10))
        expect(yield* refused(NodeStorage.make(watched(failing("open", code))).source(path))).toBe(reason)
      })
  )

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

describe("a spool", () => {
  const ownTemporaryFolder = Effect.gen(function*() {
    const root = yield* temporaryFolder
    const before = process.env["TMPDIR"]
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        if (before === undefined) delete process.env["TMPDIR"]
        else process.env["TMPDIR"] = before
      })
    )
    process.env["TMPDIR"] = root
    return root
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

  it.scoped("fails with NoSpace when the disk is full", () =>
    Effect.gen(function*() {
      const files = watched(failing("write", "ENOSPC"))
      expect(yield* refused(NodeStorage.make(files).spool("stdin", Stream.make(sample(10))))).toBe("NoSpace")
    }))

  it.scoped("fails when its directory entry cannot be removed", () =>
    Effect.gen(function*() {
      yield* ownTemporaryFolder
      const files = watched(failing("unlink", "EIO"))
      expect(yield* refused(NodeStorage.make(files).spool("stdin", Stream.empty))).toBe("Io")
    }))
})

/** Waits in real time, because the awaited events happen in the operating system. */
const waitMillis = (millis: number) => Effect.promise(() => new Promise((resume) => setTimeout(resume, millis)))
