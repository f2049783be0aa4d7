/**
 * Reads files to send on Node: regular files directly, pipes and devices through a private temporary file. It reads one
 * block ahead and detects changes of the file.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createHash, randomBytes } from "node:crypto"
import { type BigIntStats } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { isatty } from "node:tty"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { type Source, StorageError } from "../../storage/Storage.ts"
import { attempt, type Files, flags, opened, type OpenFile, readAt, writeAt } from "./Files.ts"
import * as NodePipe from "./NodePipe.ts"

/** Opens a file to send. Fails with `NotFound`, `NotAFile` or `Denied`. */
export const source = Effect.fnUntraced(function*(
  files: Files,
  path: string
): Effect.fn.Return<Source, StorageError, Scope.Scope> {
  const absolute = resolve(path)
  const name = basename(absolute)
  const stats = yield* attempt("send", absolute, () => files.stat(absolute))
  if (stats.isFIFO()) return yield* spool(files, name, NodePipe.bytes(absolute))
  if (!stats.isFile() && !stats.isCharacterDevice()) return yield* notAFile(absolute, stats)

  const file = yield* opened("send", absolute, () => files.open(absolute, flags.read))
  // Checked again, because the path may have been replaced before it was opened.
  const openStats = yield* attempt("send", absolute, () => file.stat({ bigint: true }))
  if (openStats.isCharacterDevice() && !isatty(file.fd)) return yield* spool(files, name, untilEnd(file, absolute))
  if (!openStats.isFile()) return yield* notAFile(absolute, openStats)
  // Files in /proc and similar file systems report size 0 although they have content.
  const unsized = openStats.size === 0n && (yield* readAt(file, absolute, new Uint8Array(1), 0)) > 0
  return unsized
    ? yield* spool(files, name, untilEnd(file, absolute))
    : fromFile(file, { name, path: absolute, label: absolute, stats: openStats })
})

/**
 * Copies `bytes` to an unlinked temporary file, which exists until the scope closes. Fails with `NoSpace` or with the
 * error of `bytes`.
 */
export const spool = Effect.fnUntraced(function*(
  files: Files,
  name: string,
  bytes: Stream.Stream<Uint8Array, StorageError>
): Effect.fn.Return<Source, StorageError, Scope.Scope> {
  const path = join(tmpdir(), `holub-${randomBytes(16).toString("hex")}`)
  const file = yield* opened("create", path, async () => {
    const fresh = await files.open(path, flags.create | flags.readWrite, 0o600)
    // After this, no other process can open the file, and a crash leaves no file behind.
    await files.unlink(path).catch(async (cause: unknown) => {
      await fresh.close()
      throw cause
    })
    return fresh
  })
  let size = 0
  yield* Stream.runForEach(bytes, (block) =>
    Effect.suspend(() => {
      const position = size
      size += block.length
      return writeAt(file, path, block, position)
    }))
  const stats = yield* attempt("read", path, () => file.stat({ bigint: true }))
  return fromFile(file, { name, path: undefined, label: path, stats })
})

interface Opened {
  readonly name: string
  readonly path: string | undefined
  /** The path for messages. */
  readonly label: string
  /** The attributes at the time of opening. The file must not change afterwards. */
  readonly stats: BigIntStats
}

const fromFile = (file: OpenFile, { label, name, path, stats }: Opened): Source => {
  const size = Number(stats.size)
  let digest: string | undefined

  const unchanged = Effect.flatMap(
    attempt("read", label, () => file.stat({ bigint: true })),
    (now) => now.mtimeNs === stats.mtimeNs && now.size === stats.size ? Effect.void : Effect.fail(changed(label))
  )

  /** Blocks for reuse. New blocks for each read, which live until they are sent, would load the garbage collector. */
  const spare: Array<Uint8Array> = []
  let spareBytes = 0
  const recycle = (block: Uint8Array): void => {
    if (spare.length < Limits.spareBlocks && block.length === spareBytes) spare.push(block)
  }

  const read = Effect.fnUntraced(function*(
    position: number,
    blockBytes: number
  ): Effect.fn.Return<Uint8Array, StorageError> {
    const wantedBytes = Math.min(blockBytes, size - position)
    const block = (wantedBytes === spareBytes ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(wantedBytes)
    const readBytes = yield* readAt(file, label, block, position)
    return readBytes === block.length ? block : yield* changed(label)
  })

  const blocks = (blockBytes: number) =>
    Stream.fromPull(Effect.gen(function*() {
      if (!(blockBytes >= 1)) {
        return yield* Effect.dieMessage(`the block size is ${blockBytes} bytes, expected at least 1`)
      }
      if (blockBytes !== spareBytes) spare.length = 0
      spareBytes = blockBytes
      const scope = yield* Effect.scope
      const hash = createHash("sha256")
      let position = 0
      let complete = false
      let ahead: Fiber.Fiber<Uint8Array, StorageError> | undefined

      const pull = Effect.gen(function*() {
        if (complete) return yield* Effect.fail(Option.none())
        const block = yield* ahead === undefined ? read(position, blockBytes) : Fiber.join(ahead)
        position += block.length
        if (position < size) {
          ahead = yield* Effect.forkIn(read(position, blockBytes), scope)
          // Starts the next read, which runs in parallel with the hash.
          yield* Effect.yieldNow()
        }
        hash.update(block)
        if (position < size) return Chunk.of(block)
        // Checked before the last block is emitted, so that a changed file is never emitted completely.
        yield* unchanged
        complete = true
        digest = hash.digest("hex")
        return block.length === 0 ? yield* Effect.fail(Option.none()) : Chunk.of(block)
      })
      return Effect.mapError(pull, (error) => Option.isOption(error) ? error : Option.some(error))
    }))

  const sha256: Effect.Effect<string, StorageError> = Effect.suspend(() =>
    digest === undefined
      ? Effect.zipRight(Stream.runDrain(blocks(Limits.sourceBlockBytes)), sha256)
      : Effect.succeed(digest)
  )
  return { name, path, size, blocks, recycle, sha256 }
}

const untilEnd = (file: OpenFile, path: string): Stream.Stream<Uint8Array, StorageError> =>
  Stream.repeatEffectOption(
    Effect.suspend(() => {
      const block = Buffer.allocUnsafeSlow(Limits.sourceBlockBytes)
      return Effect.mapError(
        attempt("read", path, () => file.read(block, 0, block.length, null)),
        Option.some
      ).pipe(
        Effect.filterOrFail(({ bytesRead }) => bytesRead > 0, Option.none),
        Effect.map(({ bytesRead }) => block.subarray(0, bytesRead))
      )
    })
  )

const notAFile = (path: string, stats: BigIntStats): StorageError =>
  new StorageError({
    reason: "NotAFile",
    path,
    message: stats.isDirectory()
      ? `cannot send "${path}": it is a directory; name the files in it`
      : `cannot send "${path}": it is a terminal, a socket or a block device; name a file or a pipe`
  })

const changed = (path: string): StorageError =>
  new StorageError({
    reason: "Changed",
    path,
    message: `"${path}" was changed while it was being sent; send it again when no program writes to it`
  })
