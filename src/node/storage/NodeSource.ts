/**
 * Files to send on Node: regular files as they lie, pipes and devices by way of a private temporary file. It knows how
 * to read blocks ahead and when a file has changed; it knows no inbox.
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

/** A file to send. Fails with `NotFound`, `NotAFile` or `Denied`. */
export const source = Effect.fnUntraced(function*(
  files: Files,
  path: string
): Effect.fn.Return<Source, StorageError, Scope.Scope> {
  const absolute = resolve(path)
  const name = basename(absolute)
  const facts = yield* attempt("send", absolute, () => files.stat(absolute))
  if (facts.isFIFO()) return yield* spool(files, name, NodePipe.bytes(absolute))
  if (!facts.isFile() && !facts.isCharacterDevice()) return yield* notAFile(absolute, facts)

  const file = yield* opened("send", absolute, () => files.open(absolute, flags.read))
  const open = yield* attempt("send", absolute, () => file.stat({ bigint: true }))
  if (open.isCharacterDevice() && !isatty(file.fd)) return yield* spool(files, name, untilEnd(file, absolute))
  if (!open.isFile()) return yield* notAFile(absolute, open)
  // Files of /proc and the like say that they are empty and are not.
  const unsized = open.size === 0n && (yield* readAt(file, absolute, new Uint8Array(1), 0)) > 0
  return unsized
    ? yield* spool(files, name, untilEnd(file, absolute))
    : fromFile(file, { name, path: absolute, label: absolute, facts: open })
})

/** Keeps `bytes` in a nameless temporary file until the scope closes. Fails with `NoSpace` or as `bytes` does. */
export const spool = Effect.fnUntraced(function*(
  files: Files,
  name: string,
  bytes: Stream.Stream<Uint8Array, StorageError>
): Effect.fn.Return<Source, StorageError, Scope.Scope> {
  const path = join(tmpdir(), `holub-${randomBytes(16).toString("hex")}`)
  const file = yield* opened("create", path, async () => {
    const fresh = await files.open(path, flags.create | flags.readWrite, 0o600)
    // From here on nobody else can open it, and no crash leaves it behind.
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
  const facts = yield* attempt("read", path, () => file.stat({ bigint: true }))
  return fromFile(file, { name, path: undefined, label: path, facts })
})

interface Opened {
  readonly name: string
  readonly path: string | undefined
  /** What errors call it. */
  readonly label: string
  /** As it was when it was opened; from then on it must not change. */
  readonly facts: BigIntStats
}

const fromFile = (file: OpenFile, { facts, label, name, path }: Opened): Source => {
  const size = Number(facts.size)
  let digest: string | undefined

  const unchanged = Effect.flatMap(
    attempt("read", label, () => file.stat({ bigint: true })),
    (now) => now.mtimeNs === facts.mtimeNs && now.size === facts.size ? Effect.void : Effect.fail(changed(label))
  )

  /** Blocks that may be filled again: fresh ones, which live until they are sent, keep the garbage collector busy. */
  const spare: Array<Uint8Array> = []
  let spareBytes = 0
  const recycle = (block: Uint8Array): void => {
    if (spare.length < Limits.spareBlocks && block.length === spareBytes) spare.push(block)
  }

  const read = Effect.fnUntraced(function*(
    position: number,
    blockBytes: number
  ): Effect.fn.Return<Uint8Array, StorageError> {
    const wanted = Math.min(blockBytes, size - position)
    const block = (wanted === spareBytes ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(wanted)
    const count = yield* readAt(file, label, block, position)
    return count === block.length ? block : yield* changed(label)
  })

  const blocks = (blockBytes: number) =>
    Stream.fromPull(Effect.gen(function*() {
      if (!(blockBytes >= 1)) return yield* Effect.dieMessage(`a block of ${blockBytes} bytes was asked for`)
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
          // The next read begins now and runs beside the hash.
          yield* Effect.yieldNow()
        }
        hash.update(block)
        if (position < size) return Chunk.of(block)
        // Before the last block is handed out, so that nobody gets all of a file that has changed.
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

const notAFile = (path: string, facts: BigIntStats): StorageError =>
  new StorageError({
    reason: "NotAFile",
    path,
    message: facts.isDirectory()
      ? `cannot send "${path}": it is a directory; name the files in it`
      : `cannot send "${path}": it is a terminal, a socket or a block device; name a file or a pipe`
  })

const changed = (path: string): StorageError =>
  new StorageError({
    reason: "Changed",
    path,
    message: `"${path}" was changed while it was being sent; send it again once nobody writes to it`
  })
