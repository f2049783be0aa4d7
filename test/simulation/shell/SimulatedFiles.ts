/**
 * Implements the system calls of `node/storage/Files.ts` on the simulated disk, in virtual time. The script defines
 * delays, failures and the data that survives a crash. There is one directory, the inbox.
 */
import type { BigIntStats } from "node:fs"
import { basename } from "node:path"
import { type Files, flags, type OpenFile } from "../../../src/node/storage/Files.ts"
import type { Inode } from "../Disk.ts"
import type { Runtime } from "../Host.ts"
import type { DiskOperation, ServerDisk } from "../ServerDisk.ts"
import { later } from "./VirtualRuntime.ts"

/** The only directory. */
export const inboxPath = "/inbox"

/** The system calls of one run of the server's program. */
export const make = (disk: ServerDisk, runtime: Runtime): Files => {
  const { names } = disk.disk
  /** A call that the script can delay or fail. */
  const operate = <A>(operation: DiskOperation, act: () => A): Promise<A> => {
    const { error, millis } = disk.next(operation)
    return later(runtime, millis, () => {
      if (error !== undefined) throw systemError(error)
      return act()
    })
  }
  const soon = <A>(act: () => A): Promise<A> => later(runtime, 0, act)
  const found = (path: string): Inode => {
    const inode = names.get(basename(path))
    if (inode === undefined) throw systemError("ENOENT")
    return inode
  }

  const directory: OpenFile = {
    fd: 3,
    read: () => soon(() => raise("EISDIR")),
    write: () => soon(() => raise("EISDIR")),
    stat: () => soon(() => directoryStats),
    datasync: () => operate("syncDirectory", () => disk.disk.syncDirectory()),
    sync: () => operate("syncDirectory", () => disk.disk.syncDirectory()),
    close: () => soon(() => {})
  }
  const opened = (inode: Inode): OpenFile => ({
    fd: 4,
    read: () => soon(() => raise("EBADF")),
    write: (buffer, offset, length, position) =>
      operate("write", () => {
        inode.write(buffer.slice(offset, offset + length), position)
        return { bytesWritten: length }
      }),
    stat: () => soon(() => inodeStats(inode)),
    datasync: () => operate("sync", () => inode.sync()),
    sync: () => operate("sync", () => inode.sync()),
    close: () => soon(() => {})
  })

  return {
    open: (path, wanted) => {
      if (path === inboxPath) return soon(() => directory)
      if ((wanted & flags.create) === 0) return soon(() => opened(found(path)))
      return operate("create", () => {
        if (names.has(basename(path))) throw systemError("EEXIST")
        return opened(disk.create(basename(path)))
      })
    },
    stat: (path) => soon(() => path === inboxPath ? directoryStats : inodeStats(found(path))),
    lstat: (path) => soon(() => path === inboxPath ? directoryStats : inodeStats(found(path))),
    names: () => soon(() => [...names.keys()]),
    makeDirectory: () => soon(() => undefined),
    realPath: (path) => soon(() => path),
    access: () => soon(() => undefined),
    freeBytes: () => soon(() => 2 ** 40),
    link: (existing, fresh) =>
      operate("link", () => {
        if (names.has(basename(fresh))) throw systemError("EEXIST")
        names.set(basename(fresh), found(existing))
      }),
    rename: (from, to) =>
      operate("link", () => {
        names.set(basename(to), found(from))
        names.delete(basename(from))
      }),
    unlink: (path) =>
      soon(() => {
        found(path)
        names.delete(basename(path))
      }),
    anchor: undefined,
    opensDirectories: true,
    openFilesLimit: () => 1024
  }
}

const systemError = (code: string): Error => Object.assign(new Error(code), { code })

const raise = (code: string): never => {
  throw systemError(code)
}

/** The attributes that storage uses. */
const statsOf = (isDirectory: boolean, size: number): BigIntStats =>
  ({
    dev: 1n,
    ino: isDirectory ? 1n : 2n,
    size: BigInt(size),
    isDirectory: () => isDirectory,
    isFile: () => !isDirectory
  }) as BigIntStats

const directoryStats = statsOf(true, 0)
const inodeStats = (inode: Inode): BigIntStats => statsOf(false, inode.bytes.length)
