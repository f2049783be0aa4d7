/** How the modern wire behaves, as flags say. */
import * as Either from "effect/Either"
import type { SessionOptions } from "../../transport/flock/SessionOptions.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"

export const options = (read: Read): Either.Either<SessionOptions, Failure> =>
  Either.gen(function*() {
    return {
      congestion: yield* withDefault(read, Flags.congestion),
      maxDatagramBytes: yield* read(Flags.mtu),
      limitBytesPerSecond: yield* read(Flags.limit),
      // What counts is the lesser of what both ends say; the default is this wire's own.
      idleMillis: yield* read(Flags.timeout)
    }
  })
