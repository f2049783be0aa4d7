/** The wire that a command speaks, and how it behaves, as the settings say. */
import * as Either from "effect/Either"
import type { Address } from "../../net/Address.ts"
import type { WireSettings } from "../../node/Wires.ts"
import type { FragmentOptions, WireName } from "../../transport/Transport.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"
import * as Flags from "./Flags.ts"

export interface WireOptions extends WireSettings {
  readonly wire: WireName
}

export const fromSettings = (read: Read): Either.Either<WireOptions, Failure> =>
  Either.gen(function*() {
    return {
      wire: yield* withDefault(read, Flags.wire),
      dialect: yield* withDefault(read, Flags.dialect),
      silenceMillis: yield* read(Flags.timeout),
      congestion: yield* withDefault(read, Flags.congestion),
      maxDatagramBytes: yield* read(Flags.mtu),
      limitBytesPerSecond: yield* read(Flags.limit)
    }
  })

/** The server that a client connects to, and how its messages travel. */
export interface ClientOptions {
  readonly to: Address
  /** How long an unreachable server is tried again; 0: it is not. */
  readonly waitMillis: number
  /** Undefined on a wire that has no fragments. */
  readonly fragments: FragmentOptions | undefined
}

export const client = (read: Read): Either.Either<ClientOptions, Failure> =>
  Either.gen(function*() {
    const which = yield* read(Flags.damage)
    const kind = yield* withDefault(read, Flags.damageKind)
    const seed = (yield* read(Flags.faults))?.seed
    const damage = which === undefined ? undefined : { which, kind, ...(seed === undefined ? {} : { seed }) }
    const isClassic = (yield* withDefault(read, Flags.wire)) === "classic"
    return {
      to: yield* withDefault(read, Flags.to),
      waitMillis: yield* withDefault(read, Flags.wait),
      fragments: isClassic ? { fragmentSize: yield* read(Flags.fragmentSize), damage } : undefined
    }
  })
