/** The answers in the interactive mode: the last answers are the next defaults, the settings provide the first ones. */
import type { Address } from "../../net/Address.ts"
import type { DamageKind } from "../../protocol/classic/Damage.ts"
import type { ServeOptions } from "../commands/Serve.ts"
import * as Serve from "../commands/Serve.ts"
import type { Keyed } from "../settings/DestinationKey.ts"
import type { Values } from "../settings/Settings.ts"
import { settings } from "../settings/Settings.ts"
import type { Sources } from "../settings/Sources.ts"
import { written } from "../settings/Sources.ts"
import * as WireOptions from "../settings/WireOptions.ts"

export type Role = "server" | "client"
export type Sending = "text" | "damagedText" | "file" | "damagedFile"

export interface Answers {
  role: Role
  /** The server's options: answers, and settings without a question. */
  serve: ServeOptions
  /** The address of the server, for a client, and its key, if it is named. */
  to: Address & Keyed
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
  "host" | "port" | "dir" | "ifExists" | "quota" | "to" | "text" | "fragmentSize" | "damageKind" | "wire" | "pskFile"
>

/** The answers before the first question. */
export const fromSettings = (values: AnswerValues, sources: Sources): Answers => ({
  role: values.to === undefined ? "server" : "client",
  serve: Serve.options({ ...values, portSearch: 0, once: false }),
  to: WireOptions.addressOf(values.to ?? { host: "127.0.0.1", port: undefined }, values.wire),
  sending: "text",
  text: values.text[0] ?? "Hello from holub",
  file: undefined,
  fragmentSize: values.fragmentSize,
  damage: written(settings.damage, sources).texts[0] ?? "first",
  damageKind: values.damageKind
})
