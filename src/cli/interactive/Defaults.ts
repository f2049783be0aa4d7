/** The answers that the communicator remembers: the last ones are the next defaults, the first ones come from the flags. */
import * as Either from "effect/Either"
import type { Address } from "../../net/Address.ts"
import type { DamageKind } from "../../protocol/classic/Damage.ts"
import type { ServeOptions } from "../commands/Serve.ts"
import * as Serve from "../commands/Serve.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Read, Sources } from "../Settings.ts"
import { withDefault, written } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"

export type Role = "server" | "client"
export type Sending = "text" | "damagedText" | "file" | "damagedFile"

export interface Answers {
  role: Role
  /** Of the server: what is asked, and what flags say beyond that. */
  serve: ServeOptions
  /** Of the client: where the server is. */
  to: Address
  sending: Sending
  text: string
  /** As it is typed; undefined before one was sent. */
  file: string | undefined
  /** Undefined: what fits the way to the peer. */
  fragmentSize: number | undefined
  /** As it is written. */
  damage: string
  damageKind: DamageKind
}

/** Those of the first questions. */
export const fromSettings = (read: Read, sources: Sources): Either.Either<Answers, Failure> =>
  Either.gen(function*() {
    yield* read(Flags.damage)
    const to = yield* read(Flags.to)
    return {
      role: to === undefined ? "server" : "client",
      serve: { ...(yield* Serve.options(read)), isOnce: false },
      to: to ?? { host: "127.0.0.1", port: Flags.defaultPort },
      sending: "text",
      text: (yield* read(Flags.text)) ?? "Hello from holub",
      file: undefined,
      fragmentSize: yield* read(Flags.fragmentSize),
      damage: written(Flags.damage, sources).texts[0] ?? "first",
      damageKind: yield* withDefault(read, Flags.damageKind)
    }
  })
