/** The answers that the communicator remembers: the last ones are the next defaults, the first ones come from the flags. */
import * as Either from "effect/Either"
import type { DamageKind, Which } from "../../Connection.ts"
import type { Way } from "../Connecting.ts"
import type { Failure } from "../Failure.ts"
import * as Flags from "../Flags.ts"
import type { ServeOptions } from "../Serve.ts"
import * as Serve from "../Serve.ts"
import type { Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"

export type Role = "server" | "client"
export type Sending = "text" | "damagedText" | "file" | "damagedFile"

export interface Answers {
  role: Role
  /** Of the server: what is asked, and what flags say beyond that. */
  serve: ServeOptions
  /** Of the client. */
  way: Way
  sending: Sending
  text: string
  /** Undefined before a file was sent. */
  path: string | undefined
  /** Undefined: what fits the way to the peer. */
  fragmentSize: number | undefined
  /** As it is written. */
  damage: string
  damageKind: DamageKind
}

/** Those of the first questions. */
export const fromSettings = (read: Read): Either.Either<Answers, Failure> =>
  Either.gen(function*() {
    const which = yield* read(Flags.damage)
    const to = yield* read(Flags.to)
    return {
      role: to === undefined ? "server" : "client",
      serve: { ...(yield* Serve.options(read)), isOnce: false },
      way: {
        to: to ?? { host: "127.0.0.1", port: Flags.defaultPort },
        dialect: yield* withDefault(read, Flags.dialect),
        silenceMillis: yield* withDefault(read, Flags.timeout),
        waitMillis: 0
      },
      sending: "text",
      text: (yield* read(Flags.text)) ?? "Hello from holub",
      path: undefined,
      fragmentSize: yield* read(Flags.fragmentSize),
      damage: which === undefined ? "first" : damageText(which),
      damageKind: yield* withDefault(read, Flags.damageKind)
    }
  })

/** As `--damage` is written. */
const damageText = (which: Which): string => {
  if ("every" in which) return `every:${which.every}`
  if ("rate" in which) return `rate:${which.rate}`
  return which.list.join() === "1" ? "first" : `list:${which.list.join()}`
}
