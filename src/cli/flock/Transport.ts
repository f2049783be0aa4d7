/** How the modern wire behaves, as flags say. */
import * as Either from "effect/Either"
import type { TransportOptions } from "../../flock/Transport.ts"
import type { Failure } from "../Failure.ts"
import * as Flags from "../Flags.ts"
import type { Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"

export const options = (read: Read): Either.Either<TransportOptions, Failure> =>
  Either.gen(function*() {
    return {
      congestion: yield* withDefault(read, Flags.congestion),
      maxDatagramBytes: yield* read(Flags.mtu),
      limitBytesPerSecond: yield* read(Flags.limit),
      // What counts is the lesser of what both ends say; the default is this wire's own.
      idleMillis: yield* read(Flags.timeout)
    }
  })
