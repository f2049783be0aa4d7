/** What `join` asks a person for: the server, the trust in its key, and the room. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AnyApp } from "../../apps/App.ts"
import * as SessionListener from "../../conversation/SessionListener.ts"
import { type Address, format } from "../../net/Address.ts"
import { defaultPorts } from "../../protocol/WireName.ts"
import type { Session } from "../../transport/Transport.ts"
import { type Failure, ofSession, usage } from "../errors/Failure.ts"
import { ask, choose, Dialog } from "../interactive/Dialog.ts"
import { harmless, listed, quoted } from "../text/Format.ts"
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

/** The room, chosen from the list of the server. Undefined when the person goes back; a script gets the list as an error. */
export const room = (
  session: Session,
  dialog: Dialog["Type"] | undefined
): Effect.Effect<string | undefined, Failure> =>
  Effect.gen(function*() {
    const rooms = yield* Effect.mapError(
      SessionListener.list(session),
      (error) => ofSession(error, session.capabilities.wire)
    )
    const peer = format(session.peer())
    const [first] = rooms
    if (first === undefined) {
      return yield* Effect.fail(usage(`${peer} offers no app`, "its operator offers one with holub serve --app NAME"))
    }
    if (dialog === undefined) {
      const names = listed(rooms.map(({ name }) => harmless(name)))
      return yield* Effect.fail(usage(`no app is named; ${peer} offers ${names}`, "write: holub join HOST/APP"))
    }
    const menu = {
      title: `Rooms of ${peer}`,
      items: rooms.map(({ name, summary }) => ({ value: name, word: harmless(name), label: harmless(summary) })),
      fallback: first.name
    }
    return Option.getOrUndefined(yield* Effect.option(Effect.provideService(choose(menu), Dialog, dialog)))
  })
