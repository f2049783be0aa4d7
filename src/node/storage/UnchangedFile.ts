/**
 * The content of a file that must not change between its check and its last byte. It reads one block ahead. This module
 * reads an open file; which file that is, its caller decides.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import type { BigIntStats } from "node:fs"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { type Source, StorageError } from "../../storage/Storage.ts"
import { attempt, type OpenFile, readAt } from "./Files.ts"

/** A file that was checked. */
export interface Checked {
  readonly name: string
  readonly path: string | undefined
  /** The path for messages. */
  readonly label: string
  /** The attributes at the time of the check. */
  readonly stats: BigIntStats
}

/** The source of a checked file, which each run of its blocks opens with `open`. */
export const source = (
  open: Effect.Effect<OpenFile, StorageError, Scope.Scope>,
  { label, name, path, stats }: Checked
): Source => {
  const size = Number(stats.size)
  let digest: string | undefined

  /** Blocks for reuse. New blocks for each read, which live until they are sent, would load the garbage collector. */
  const spare: Array<Uint8Array> = []
  let spareBytes = 0
  const keepSpare = (blockBytes: number): void => {
    if (blockBytes !== spareBytes) spare.length = 0
    spareBytes = blockBytes
  }
  const recycle = (block: Uint8Array): void => {
    if (spare.length < Limits.spareBlocks && block.length === spareBytes) spare.push(block)
  }

  const read = Effect.fnUntraced(function*(
    file: OpenFile,
    position: number,
    blockBytes: number
  ): Effect.fn.Return<Uint8Array, StorageError> {
    const wantedBytes = Math.min(blockBytes, size - position)
    const block = (wantedBytes === spareBytes ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(wantedBytes)
    const readBytes = yield* readAt(file, label, block, position)
    if (readBytes === block.length) return block
    yield* unchanged(file, label, stats)
    return yield* changed(label, `ended after ${position + readBytes} of ${size} bytes; send it through standard input`)
  })

  const blocks = (blockBytes: number) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      if (!(blockBytes >= 1)) {
        return yield* Effect.dieMessage(`the block size is ${blockBytes} bytes, expected at least 1`)
      }
      const file = yield* open
      yield* unchanged(file, label, stats)
      const scope = yield* Effect.scope
      yield* Effect.addFinalizer(() => Effect.sync(() => keepSpare(0)))
      keepSpare(blockBytes)
      const hash = createHash("sha256")
      let position = 0
      let complete = false
      let ahead: Fiber.Fiber<Uint8Array, StorageError> | undefined

      const pull = Effect.gen(function*() {
        if (complete) return yield* Effect.fail(Option.none())
        const block = yield* ahead === undefined ? read(file, position, blockBytes) : Fiber.join(ahead)
        position += block.length
        if (position < size) {
          ahead = yield* Effect.forkIn(read(file, position, blockBytes), scope)
          // Starts the next read, which runs in parallel with the hash.
          yield* Effect.yieldNow()
        }
        hash.update(block)
        if (position < size) return Chunk.of(block)
        // Checked before the last block is emitted, so that a changed file is never emitted completely.
        yield* unchanged(file, label, stats)
        complete = true
        digest = hash.digest("hex")
        return block.length === 0 ? yield* Effect.fail(Option.none()) : Chunk.of(block)
      })
      return Stream.repeatEffectChunkOption(
        Effect.mapError(pull, (error) => Option.isOption(error) ? error : Option.some(error))
      )
    }))

  const sha256: Effect.Effect<string, StorageError> = Effect.suspend(() =>
    digest === undefined
      ? Effect.zipRight(Stream.runDrain(blocks(Limits.sourceBlockBytes)), sha256)
      : Effect.succeed(digest)
  )
  return { name, path, size, blocks, recycle, sha256 }
}

/** Fails with `Changed` if the file has another size or modification time than `before`. */
export const unchanged = Effect.fnUntraced(function*(
  file: OpenFile,
  label: string,
  before: BigIntStats
): Effect.fn.Return<void, StorageError> {
  const now = yield* attempt("read", label, () => file.stat({ bigint: true }))
  if (now.size > before.size) {
    return yield* changed(label, "grew while it was being sent; send a copy of it, or send it through standard input")
  }
  if (now.mtimeNs !== before.mtimeNs || now.size !== before.size) {
    return yield* changed(label, "was changed while it was being sent; send it again when no program writes to it")
  }
})

const changed = (path: string, what: string): StorageError =>
  new StorageError({ reason: "Changed", path, message: `"${path}" ${what}` })
