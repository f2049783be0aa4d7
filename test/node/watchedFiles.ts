/** System calls that a test watches, delays with acts of its own, or fails. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Files from "../../src/node/storage/Files.ts"
import * as NodeStorage from "../../src/node/storage/NodeStorage.ts"
import { Storage } from "../../src/storage/Storage.ts"
import type { World } from "../suites/storage.ts"

export interface Call {
  readonly name: string
  /** What the call is about; of two paths, the second. */
  readonly path: string
}

/** Real system calls, each after `before`, whose error is the call's. */
export const watched = (before: (call: Call) => void, changes: Partial<Files.Files> = {}): Files.Files => {
  const real = { ...Files.make(), ...changes }
  const first = async <A>(name: string, path: string, call: () => Promise<A>): Promise<A> => {
    before({ name, path })
    return call()
  }
  return {
    ...real,
    open: async (path, flags, mode) => {
      const file = await first("open", path, () => real.open(path, flags, mode))
      return {
        fd: file.fd,
        read: (buffer, offset, length, position) =>
          first("read", path, () => file.read(buffer, offset, length, position)),
        write: (buffer, offset, length, position) =>
          first("write", path, () => file.write(buffer, offset, length, position)),
        stat: (options) => first("fstat", path, () => file.stat(options)),
        datasync: () => first("datasync", path, () => file.datasync()),
        sync: () => first("sync", path, () => file.sync()),
        close: () => first("close", path, () => file.close())
      }
    },
    lstat: (path) => first("lstat", path, () => real.lstat(path)),
    names: (path) => first("names", path, () => real.names(path)),
    access: (path) => first("access", path, () => real.access(path)),
    statfs: (path) => first("statfs", path, () => real.statfs(path)),
    link: (existing, fresh) => first("link", fresh, () => real.link(existing, fresh)),
    rename: (from, to) => first("rename", to, () => real.rename(from, to)),
    unlink: (path) => first("unlink", path, () => real.unlink(path))
  }
}

/** An error as the system gives it. */
export const systemError = (code: string): Error => Object.assign(new Error(code), { code })

/** Fails every call of one name. */
export const failing = (name: string, code: string) => (call: Call): void => {
  if (call.name === name) throw systemError(code)
}

/** A temporary folder, by its real path, removed with the scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "holub-test-")))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** Storage over given system calls, on a temporary folder. */
export const worldOver = (files: Files.Files): Effect.Effect<World, never, Scope.Scope> =>
  Effect.map(temporaryFolder, (root) => ({
    layer: Layer.succeed(Storage, NodeStorage.make(files)),
    root,
    write: (path, bytes) =>
      Effect.sync(() => {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, bytes)
      }),
    read: (path) => Effect.sync(() => readFileSync(path)),
    names: (directory) => Effect.sync(() => readdirSync(directory))
  }))
