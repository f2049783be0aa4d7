/** A source whose content is in memory. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Digest from "./Digest.ts"
import { type Source, StorageError } from "./Storage.ts"

/** The content of a source. */
export interface Content {
  readonly name: string
  readonly path: string | undefined
  readonly bytes: Uint8Array
  /** Whether the path still has these bytes; a source whose path has others fails with `Changed`. Default: always. */
  readonly isCurrent?: (() => boolean) | undefined
}

/** The source of `bytes`, of which it emits copies. */
export const make = ({ bytes, isCurrent = () => true, name, path }: Content): Source => ({
  name,
  path,
  size: bytes.length,
  blocks: (blockBytes) =>
    Stream.unfoldEffect(0, (position) => {
      if (!(blockBytes >= 1)) return Effect.dieMessage(`the block size is ${blockBytes} bytes, expected at least 1`)
      if (!isCurrent()) return Effect.fail(changed(path ?? name))
      const end = Math.min(position + blockBytes, bytes.length)
      return Effect.succeed(
        position === bytes.length ? Option.none() : Option.some([bytes.slice(position, end), end] as const)
      )
    }),
  sha256: Digest.ofBytes(bytes)
})

const changed = (path: string): StorageError =>
  new StorageError({
    reason: "Changed",
    path,
    message: `"${path}" was changed while it was being sent; send it again when no program writes to it`
  })
