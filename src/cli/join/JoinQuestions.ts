/** What `join` asks a person for: the server, and the trust in its key. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { AnyApp } from "../../apps/App.ts"
import { type Address, format } from "../../net/Address.ts"
import { defaultPorts } from "../../protocol/WireName.ts"
import { ask, Dialog } from "../interactive/Dialog.ts"
import { quoted } from "../text/Format.ts"
import { isTrusted } from "../trust/KeyQuestion.ts"
import * as JoinPlan from "./JoinPlan.ts"

type Complete = Exclude<JoinPlan.JoinPlan, { readonly _tag: "Ask" }>

/** Asks for host and port; undefined when the person goes back. With an app, its server is one of plain programs. */
export const server = (app: AnyApp | undefined): Effect.Effect<Complete | undefined, never, Dialog> =>
  Effect.gen(function*() {
    const host = yield* ask({
      question: "the address of the server",
      fallback: "127.0.0.1",
      check: (text) => {
        const plan = JoinPlan.roomOf(text.trim())
        return Either.isRight(plan) && plan.right.to.port === undefined && plan.right.room === undefined
          ? Effect.succeed(text.trim())
          : Effect.fail("type a name or an IP address, without a port")
      }
    })
    const [dialect] = app?.dialects ?? []
    const port = yield* ask({
      question: "its port",
      fallback: String(dialect?.port ?? defaultPorts.flock),
      check: (text) => {
        const number = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : 0
        return number > 0 && number <= 65_535
          ? Effect.succeed(number)
          : Effect.fail("type a port, a number from 1 to 65535")
      }
    })
    const bare = host.replace(/^\[(.*)\]$/, "$1")
    if (app !== undefined && dialect !== undefined) {
      const transport = dialect.transport === "tcp" ? "tcp" as const : "udp" as const
      return { _tag: "Raw" as const, server: { transport, host: bare, port }, app }
    }
    return { _tag: "Room" as const, to: { host: bare, port }, room: undefined }
  }).pipe(Effect.orElseSucceed(() => undefined))

/** Asks whether to trust the key of an unknown server. */
export const trusting = (dialog: Dialog["Type"]) => (name: string, key: Uint8Array): Effect.Effect<boolean> =>
  Effect.provideService(isTrusted(name, key), Dialog, dialog)

/** The command with the key in its destination. */
export const commandOf = (keyText: string, to: Address, room: string | undefined): string =>
  `holub join ${quoted(`${keyText}@${format(to)}${room === undefined ? "" : `/${room}`}`)}`
