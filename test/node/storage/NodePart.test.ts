import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { Files } from "../../../src/node/storage/Files.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import type { IfExists, Inbox } from "../../../src/storage/Storage.ts"
import { hex, received, refused, sample } from "../../suites/storage.ts"
import { type Call, failing, systemError, temporaryFolder, watched } from "../watchedFiles.ts"

const inboxOver = (files: Files, ifExists: IfExists = "fail") =>
  Effect.flatMap(temporaryFolder, (root) => NodeStorage.make(files).inbox({ path: join(root, "inbox"), ifExists }))

const old = sample(50)

/**
 * Receives 100 bytes. Before each system call, counted from the sink's first one, `fault` is called with its number.
 */
const receivedWith = (ifExists: IfExists, links: boolean, fault: (number: number) => void) =>
  Effect.gen(function*() {
    let number = -1
    const files = watched((call) => {
      if (!links) failing("link", "ENOSYS")(call)
      if (number >= 0) fault(number++)
    })
    const inbox = yield* inboxOver(files, ifExists)
    if (ifExists === "overwrite") writeFileSync(join(inbox.path, "a"), old)
    number = 0
    const outcome = yield* Effect.either(received(inbox, "a", 100))
    return { outcome, inbox, calls: number }
  })

const finalIn = (inbox: Inbox): Buffer | undefined =>
  readdirSync(inbox.path).includes("a") ? readFileSync(join(inbox.path, "a")) : undefined

const whole = hex(sample(100))

describe.each(
  [
    ["fail", true],
    ["rename", true],
    ["overwrite", true],
    ["fail", false]
  ] as const
)("publishing under %s, hard links: %s", (ifExists, links) => {
  const callCount = Effect.map(receivedWith(ifExists, links, () => {}), ({ calls }) => calls)

  const sound = (final: Buffer | undefined) => {
    const before = ifExists === "overwrite" ? hex(old) : undefined
    // Without links a crash may leave the empty placeholder.
    const allowed = links ? [before, whole] : [before, whole, hex(sample(0))]
    expect(allowed).toContain(final && hex(final))
  }

  it.scoped("leaves the final file absent, unchanged or complete, and no part, when any call fails (F12)", () =>
    Effect.gen(function*() {
      const calls = yield* callCount
      expect(calls).toBeGreaterThan(8)
      for (let failed = 0; failed < calls; failed++) {
        const { inbox, outcome } = yield* receivedWith(ifExists, links, (number) => {
          if (number === failed) throw systemError("EIO")
        })
        sound(finalIn(inbox))
        if (Either.isRight(outcome)) expect(hex(finalIn(inbox) ?? old)).toBe(whole)
        expect(readdirSync(inbox.path).filter((name) => name !== "a")).toEqual([])
      }
    }))

  it.scoped("leaves the final file absent, unchanged or complete when the process dies before any call (F12)", () =>
    Effect.gen(function*() {
      const calls = yield* callCount
      for (let death = 0; death < calls; death++) {
        const { inbox, outcome } = yield* receivedWith(ifExists, links, (number) => {
          if (number >= death) throw systemError("EIO")
        })
        sound(finalIn(inbox))
        if (Either.isRight(outcome)) expect(hex(finalIn(inbox) ?? old)).toBe(whole)
        expect(readdirSync(inbox.path).filter((name) => !/^(a|\.holub-[0-9a-f]{32}\.part)$/.test(name))).toEqual([])
      }
    }))
})

describe("the steps of publishing", () => {
  it.scoped("are: sync the part, link it, unlink the part, sync the directory", () =>
    Effect.map(stepsUnder("fail"), (steps) => {
      expect(steps).toEqual(["sync part", "link a", "unlink part", "sync inbox"])
    }))

  it.scoped("are under overwrite: sync the part, rename it, sync the directory", () =>
    Effect.map(stepsUnder("overwrite"), (steps) => {
      expect(steps).toEqual(["sync part", "rename a", "sync inbox"])
    }))
})

describe("a sync that fails", () => {
  it.scoped("fails the transfer and is not repeated (F16)", () =>
    Effect.gen(function*() {
      let syncs = 0
      const inbox = yield* inboxOver(watched((call) => {
        if (call.name !== "sync" || !call.path.endsWith(".part")) return
        syncs++
        if (syncs === 1) throw systemError("EIO")
      }))
      yield* Effect.scoped(Effect.gen(function*() {
        const sink = yield* inbox.sink("a", 10)
        yield* sink.write(sample(10))
        expect(yield* refused(sink.publish)).toBe("Io")
        expect(yield* refused(sink.publish)).toBe("Io")
        expect(yield* refused(sink.write(sample(10)))).toBe("Io")
      }))
      expect(syncs).toBe(1)
      expect(readdirSync(inbox.path)).toEqual([])
    }))

  it.scoped("of a directory is no failure if the file system does not support it", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxOver(watched((call) => {
        if (call.name === "sync" && !call.path.endsWith(".part")) throw systemError("EINVAL")
      }))
      expect((yield* received(inbox, "a", 10)).name).toBe("a")
    }))
})

describe("a write", () => {
  it.scoped.each([["ENOSPC", "NoSpace"], ["EDQUOT", "NoSpace"], ["EFBIG", "NoSpace"], ["EIO", "Io"]] as const)(
    "that fails with %s is reported as %s and leaves no file (F9)",
    ([code, reason]) =>
      Effect.gen(function*() {
        const inbox = yield* inboxOver(watched(failing("write", code)))
        expect(yield* refused(received(inbox, "a", 10))).toBe(reason)
        expect(readdirSync(inbox.path)).toEqual([])
      })
  )

  it.scoped("is continued when the system writes only a part of it", () =>
    Effect.gen(function*() {
      const files = watched(() => {})
      const inbox = yield* inboxOver({
        ...files,
        open: async (path, flags, mode) => {
          const file = await files.open(path, flags, mode)
          return {
            fd: file.fd,
            read: file.read,
            write: (buffer, offset, length, position) => file.write(buffer, offset, Math.min(length, 7), position),
            stat: file.stat,
            datasync: file.datasync,
            sync: file.sync,
            close: file.close
          }
        }
      })
      const { path } = yield* received(inbox, "a", 100)
      expect(hex(readFileSync(path))).toBe(whole)
    }))

  it.scoped("of many bytes is synced in intervals", () =>
    Effect.gen(function*() {
      const calls: Array<string> = []
      const inbox = yield* inboxOver(watched((call) => {
        if (call.name.endsWith("sync")) calls.push(call.name)
      }))
      calls.length = 0
      const block = new Uint8Array(16 * 1024 * 1024)
      yield* Effect.scoped(Effect.gen(function*() {
        const sink = yield* inbox.sink("a", 0)
        for (let count = 0; count < 5; count++) yield* sink.write(block)
        yield* sink.publish
      }))
      expect(calls).toEqual(["datasync", "sync", "sync"])
    }))
})

describe("a name that another program takes between the check and the link (F3)", () => {
  it.scoped("refuses the file under fail and keeps the other program's file", () =>
    Effect.gen(function*() {
      const inbox = yield* racing("fail")
      expect(yield* refused(received(inbox, "a", 10))).toBe("TargetExists")
      expect(readdirSync(inbox.path)).toEqual(["a"])
      expect(readFileSync(join(inbox.path, "a"), "utf8")).toBe("another program's")
    }))

  it.scoped("gives the file the next free number under rename", () =>
    Effect.gen(function*() {
      const inbox = yield* racing("rename")
      expect((yield* received(inbox, "a", 10)).name).toBe("a (3)")
      expect(readdirSync(inbox.path).toSorted()).toEqual(["a", "a (1)", "a (2)", "a (3)"])
    }))

  it.scoped("gives the file the next number even if the directory does not list the taken name", () =>
    Effect.gen(function*() {
      const inbox = yield* inboxOver(
        watched(({ name, path }) => {
          if (name === "link" && basename(path) === "a") throw systemError("EEXIST")
        }),
        "rename"
      )
      expect((yield* received(inbox, "a", 10)).name).toBe("a (1)")
    }))
})

const stepsUnder = (ifExists: IfExists) =>
  Effect.gen(function*() {
    const steps: Array<string> = []
    const changing = new Set(["sync", "link", "rename", "unlink"])
    const inbox = yield* inboxOver(
      watched(({ name, path }) => {
        if (changing.has(name)) steps.push(`${name} ${path.endsWith(".part") ? "part" : basename(path)}`)
      }),
      ifExists
    )
    steps.length = 0
    yield* received(inbox, "a", 10)
    return steps
  })

const racing = (ifExists: IfExists) => {
  let competitors = 3
  return inboxOver(
    watched(({ name, path }: Call) => {
      if (name === "link" && competitors-- > 0) writeFileSync(path, "another program's")
    }),
    ifExists
  )
}
