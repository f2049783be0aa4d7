/**
 * The bytes of standard input. Node replaces a closed standard input by the null device, and one that it cannot read,
 * such as a directory, by an empty stream: both would be sent as an empty file.
 */
import * as Stream from "effect/Stream"
import { fstatSync, ReadStream, type Stats, statSync, writeSync } from "node:fs"
import { Socket } from "node:net"
import { devNull } from "node:os"
import { isatty } from "node:tty"
import { StorageError } from "../../storage/Storage.ts"
import * as FileErrors from "./FileErrors.ts"

/** Standard input until its end. It can be run once; it fails before the first byte if there is nothing to read from. */
export const bytes: Stream.Stream<Uint8Array, StorageError> = Stream.suspend(() => {
  const problem = problemOf(0) ?? (isReadable(process.stdin) ? undefined : "it is of a kind that cannot be read")
  return problem === undefined ? chunks : Stream.fail(unreadable(problem))
})

/**
 * The same for a conversation, which needs no input: if there is nothing to read from, and at an error, it is over. A reader that is
 * interrupted does not wait for the next bytes.
 */
export const bytesIfAny: Stream.Stream<Uint8Array> = Stream.suspend(() =>
  isReadable(process.stdin) ? Stream.catchAll(chunks, () => Stream.empty) : Stream.empty
)

/** Why nothing can be read from the descriptor of standard input; undefined if something can, or an intended end. */
export const problemOf = (fd: number): string | undefined => {
  if (isatty(fd)) return "it is a terminal"
  const stats = statsOf(fd)
  if (stats === undefined) return "it is closed"
  if (stats.isDirectory()) return "it is a directory"
  if (stats.isBlockDevice()) return "it is a block device"
  return isNullDevice(stats) && isWritable(fd) ? "it is closed" : undefined
}

const statsOf = (fd: number): Stats | undefined => {
  try {
    return fstatSync(fd)
  } catch {
    return undefined
  }
}

const isNullDevice = (stats: Stats): boolean =>
  process.platform !== "win32" && stats.isCharacterDevice() && stats.rdev === statSync(devNull).rdev

/** Node opens its substitute for reading and writing, a shell opens `</dev/null` for reading. */
const isWritable = (fd: number): boolean => {
  try {
    writeSync(fd, new Uint8Array(0))
    return true
  } catch {
    return false
  }
}

const isReadable = (stdin: unknown): boolean => stdin instanceof ReadStream || stdin instanceof Socket

const chunks: Stream.Stream<Uint8Array, StorageError> = Stream.fromAsyncIterable(
  {
    [Symbol.asyncIterator]: () => {
      const iterator = process.stdin[Symbol.asyncIterator]()
      return { next: () => iterator.next() }
    }
  },
  (cause) => unreadable(`the system reports ${FileErrors.code(cause)}`, cause)
)

const unreadable = (problem: string, cause?: unknown): StorageError =>
  new StorageError({
    reason: "Io",
    path: "-",
    message: `cannot read standard input: ${problem}; redirect a file or a pipe to it, or ${devNull} for an empty file`,
    cause
  })
