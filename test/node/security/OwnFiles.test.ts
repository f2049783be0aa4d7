import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, symlinkSync } from "node:fs"
import * as OwnFiles from "../../../src/node/security/OwnFiles.ts"
import * as Files from "../../../src/node/storage/Files.ts"
import { systemError, watched } from "../watchedFiles.ts"
import { keyFolder } from "./keyFolder.ts"

const files = Files.make()
const secret: OwnFiles.Rules = { what: "the host key", isPublic: false, followsLinks: false, maxBytes: 10 }
const shared: OwnFiles.Rules = { ...secret, what: "the list", isPublic: true, followsLinks: true }
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString()
const bytes = new TextEncoder().encode("secret")

describe("a file of one user", () => {
  it.scoped("is read if only its owner has access, and is undefined if it does not exist", () =>
    Effect.gen(function*() {
      const { at, write } = yield* keyFolder
      expect(text(yield* OwnFiles.read(files, write("a", "one"), secret))).toBe("one")
      expect(yield* OwnFiles.read(files, at("none"), secret)).toBeUndefined()
    }))

  it.scoped.each([0o640, 0o604, 0o644, 0o660, 0o606])(
    "is refused with mode %o, with the command that mends it",
    (mode) =>
      Effect.gen(function*() {
        const { write } = yield* keyFolder
        const path = write("a", "one", mode)
        const { message } = yield* Effect.flip(OwnFiles.read(files, path, secret))
        expect(message).toBe(
          `the host key ${path} can be read or changed by other users (mode 0${
            mode.toString(8)
          }); run: chmod 600 ${path}, or make a new one if they may have read it`
        )
      })
  )

  it.scoped("that others may read is refused only if they may change it", () =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      expect(text(yield* OwnFiles.read(files, write("a", "one", 0o644), shared))).toBe("one")
      const { message } = yield* Effect.flip(OwnFiles.read(files, write("b", "one", 0o664), shared))
      expect(message).toMatch(
        /^the list .* can be changed by other users \(mode 0664\); check it, then run: chmod go-w /
      )
    }))

  it.scoped("of another user is refused", () =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      const path = write("a", "one")
      const stranger = watched(() => undefined, {
        open: async (...args) => {
          const file = await files.open(...args)
          return {
            ...proxied(file),
            stat: async (options) => Object.assign(await file.stat(options), { uid: 4_000_000n })
          }
        }
      })
      const { message } = yield* Effect.flip(OwnFiles.read(stranger, path, secret))
      expect(message).toMatch(/^the host key .* belongs to another user \(4000000, not \d+\); run holub as that user/)
    }))

  it.scoped("is not followed through a link, unless its rules say so", () =>
    Effect.gen(function*() {
      const { at, write } = yield* keyFolder
      symlinkSync(write("a", "one"), at("link"))
      const { message } = yield* Effect.flip(OwnFiles.read(files, at("link"), secret))
      expect(message).toBe(`the host key ${at("link")} is a symbolic link; put the file itself there`)
      expect(text(yield* OwnFiles.read(files, at("link"), shared))).toBe("one")
    }))

  it.scoped("is no directory, and has a limit", () =>
    Effect.gen(function*() {
      const { at, write } = yield* keyFolder
      mkdirSync(at("directory"), { mode: 0o700 })
      expect((yield* Effect.flip(OwnFiles.read(files, at("directory"), secret))).message).toContain("is not a file")
      expect(text(yield* OwnFiles.read(files, write("a", "0123456789"), secret))).toBe("0123456789")
      const { message } = yield* Effect.flip(OwnFiles.read(files, write("b", "0123456789a"), secret))
      expect(message).toContain("is larger than 10 bytes")
    }))

  it.scoped("may be a pipe where links are followed", () =>
    Effect.gen(function*() {
      const { at } = yield* keyFolder
      execFileSync("mkfifo", ["-m", "600", at("pipe")])
      const [content] = yield* Effect.all([
        OwnFiles.read(files, at("pipe"), shared),
        Effect.promise(async () => {
          const writer = await files.open(at("pipe"), Files.flags.writeOnly)
          await writer.write(bytes, 0, bytes.length, 0).catch(() => undefined)
          await writer.close()
        })
      ], { concurrency: 2 })
      expect(content).toBeDefined()
    }))
})

describe("making a file", () => {
  it.scoped("syncs it before it has its name, and the folder after", () =>
    Effect.gen(function*() {
      const { at, mode, root } = yield* keyFolder
      const calls: Array<string> = []
      const seen = watched(({ name, path }) =>
        calls.push(`${name} ${path.replace(root, "").replace(/[0-9a-f]{16}/, "x")}`)
      )
      expect(yield* OwnFiles.create(seen, at("key"), bytes)).toBe(true)
      expect(calls.filter((call) => /^(?:sync|link|unlink|rename)/.test(call))).toEqual([
        "sync /key.x.new",
        "link /key",
        "unlink /key.x.new",
        "sync "
      ])
      expect(mode("key")).toBe(0o600)
    }))

  it.scoped("leaves one that exists", () =>
    Effect.gen(function*() {
      const { at, names, text: textOf, write } = yield* keyFolder
      write("key", "before")
      for (const link of [files.link, () => Promise.reject(systemError("EPERM"))]) {
        expect(yield* OwnFiles.create({ ...files, link }, at("key"), bytes)).toBe(false)
      }
      expect([textOf("key"), names()]).toEqual(["before", ["key"]])
    }))

  it.scoped("works on a file system without links", () =>
    Effect.gen(function*() {
      const { at, names, text: textOf } = yield* keyFolder
      const linkless = { ...files, link: () => Promise.reject(systemError("ENOTSUP")) }
      expect(yield* OwnFiles.create(linkless, at("key"), bytes)).toBe(true)
      expect([textOf("key"), names()]).toEqual(["secret", ["key"]])
    }))

  it.scoped.each(["open", "write", "sync", "link"])("leaves nothing when %s fails", (name) =>
    Effect.gen(function*() {
      const { at, names } = yield* keyFolder
      const full = watched((call) => {
        if (call.name === name) throw systemError("ENOSPC")
      })
      const { message } = yield* Effect.flip(OwnFiles.create(full, at("key"), bytes))
      expect(message).toContain("the disk is full")
      expect(names()).toEqual([])
    }))
})

describe("replacing a file", () => {
  it.scoped("puts the new one in its place at once, and keeps the old one if that fails", () =>
    Effect.gen(function*() {
      const { at, mode, names, text: textOf, write } = yield* keyFolder
      write("key", "before", 0o644)
      const broken = watched((call) => {
        if (call.name === "rename") throw systemError("EIO")
      })
      yield* Effect.flip(OwnFiles.replace(broken, at("key"), bytes))
      expect([textOf("key"), names()]).toEqual(["before", ["key"]])
      yield* OwnFiles.replace(files, at("key"), bytes)
      expect([textOf("key"), names(), mode("key")]).toEqual(["secret", ["key"], 0o600])
    }))
})

describe("the folder", () => {
  it.scoped("is made for its user alone", () =>
    Effect.gen(function*() {
      const { at, mode } = yield* keyFolder
      yield* OwnFiles.folder(files, at("a/b"))
      yield* OwnFiles.folder(files, at("a/b"))
      expect([mode("a"), mode("a/b")]).toEqual([0o700, 0o700])
    }))

  it.scoped("is refused where others may write", () =>
    Effect.gen(function*() {
      const { at } = yield* keyFolder
      mkdirSync(at("open dir"))
      chmodSync(at("open dir"), 0o775)
      const { message } = yield* Effect.flip(OwnFiles.folder(files, at("open dir")))
      expect(message).toBe(`other users may write in ${at("open dir")}; run: chmod go-w '${at("open dir")}'`)
      chmodSync(at("open dir"), 0o1777)
      yield* OwnFiles.folder(files, at("open dir"))
    }))
})

const proxied = (file: Files.OpenFile): Files.OpenFile => ({
  fd: file.fd,
  read: (...args) => file.read(...args),
  write: (...args) => file.write(...args),
  stat: (options) => file.stat(options),
  datasync: () => file.datasync(),
  sync: () => file.sync(),
  close: () => file.close()
})
