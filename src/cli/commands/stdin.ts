/** Standard input as a stream of blocks. */
import * as Stream from "effect/Stream"
import { StorageError } from "../../storage/Storage.ts"

export const stdin: Stream.Stream<Uint8Array, StorageError> = Stream.fromAsyncIterable(
  {
    [Symbol.asyncIterator]: () => {
      const chunks = process.stdin[Symbol.asyncIterator]()
      return { next: () => chunks.next() }
    }
  },
  (cause) => new StorageError({ reason: "Io", path: "-", message: "standard input cannot be read", cause })
)
