/** The answers of the communicator: the last ones are the next defaults, and the settings give the first ones. */
import type { Address } from "../../net/Address.ts"
import type { DamageKind } from "../../protocol/classic/Damage.ts"
import type { ServeOptions } from "../commands/Serve.ts"
import * as Serve from "../commands/Serve.ts"
import type { Values } from "../settings/Settings.ts"
import { defaultPort, settings } from "../settings/Settings.ts"
import type { Sources } from "../settings/Sources.ts"
import { written } from "../settings/Sources.ts"

export type Role = "server" | "client"
export type Sending = "text" | "damagedText" | "file" | "damagedFile"

export interface Answers {
  role: Role
  /** Of the server: the answers, and the settings that no question is about. */
  serve: ServeOptions
  /** Of the client: the address of the server. */
  to: Address
  sending: Sending
  text: string
  /** As it is typed; undefined before a file was sent. */
  file: string | undefined
  /** Undefined: the size that fits the path to the peer. */
  fragmentSize: number | undefined
  /** As it is typed. */
  damage: string
  damageKind: DamageKind
}

export type AnswerValues = Pick<
  Values,
  "host" | "port" | "dir" | "ifExists" | "quota" | "to" | "text" | "fragmentSize" | "damageKind"
>

/** The answers before the first question. */
export const fromSettings = (values: AnswerValues, sources: Sources): Answers => ({
  role: values.to === undefined ? "server" : "client",
  serve: Serve.options({ ...values, portSearch: 0, once: false }),
  to: values.to ?? { host: "127.0.0.1", port: defaultPort },
  sending: "text",
  text: values.text[0] ?? "Hello from holub",
  file: undefined,
  fragmentSize: values.fragmentSize,
  damage: written(settings.damage, sources).texts[0] ?? "first",
  damageKind: values.damageKind
})
