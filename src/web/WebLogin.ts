/** Logs in for a page over a client of rooms of its own: the same checks, waits and words as for every other client. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Address } from "../net/Address.ts"
import * as ClientLimits from "../protocol/conversation/client/ClientLimits.ts"
import type { ClientMessage, Login } from "../protocol/conversation/client/ClientMessage.ts"
import { readServerMessage, type ServerMessage } from "../protocol/conversation/client/ServerMessage.ts"
import type { ServeTexts } from "./ReaderTexts.ts"

/** A person that has logged in. */
export interface LoggedIn {
  readonly nick: string
  readonly token: string
  /** Unix time in milliseconds. */
  readonly expires: number
}

/** Why not, in words for the person, without a full stop. */
export interface LoginRefused {
  readonly reason: string
  readonly waitMillis: number | undefined
}

/** Fails with the reason of the server. */
export const logIn = (serve: ServeTexts, login: Login, from: Address): Effect.Effect<LoggedIn, LoginRefused> =>
  Effect.gen(function*() {
    const answer = yield* Deferred.make<LoggedIn, LoginRefused>()
    const hello: ClientMessage = { t: "hello", v: 1, device: "login", login }
    const handler = serve({
      send: (text, onTaken) => {
        onTaken?.()
        const result = answerOf(readServerMessage(text))
        if (result !== undefined) Deferred.unsafeDone(answer, result)
      },
      close: (reason) => Deferred.unsafeDone(answer, refused(reason)),
      // There is one text only.
      pause: () => undefined,
      resume: () => undefined
    }, from)
    return yield* Effect.sync(() => handler.onText(JSON.stringify(hello))).pipe(
      Effect.zipRight(Deferred.await(answer)),
      Effect.timeoutFail({
        duration: ClientLimits.helloMillis,
        onTimeout: () => ({ reason: "the server has not answered", waitMillis: undefined })
      }),
      Effect.ensuring(Effect.sync(() => handler.onEnd()))
    )
  })

const answerOf = (
  read: Either.Either<ServerMessage, string>
): Effect.Effect<LoggedIn, LoginRefused> | undefined => {
  if (Either.isLeft(read)) return refused(`the answer of the server ${read.left}`)
  const message = read.right
  switch (message.t) {
    case "welcome":
      return message.token === undefined || message.expires === undefined
        ? refused("the server has given no token")
        : Effect.succeed({ nick: message.nick, token: message.token, expires: message.expires })
    case "refused":
      return refused(message.reason, message.waitMillis)
    case "goodbye":
      return refused(message.reason)
    default:
      return undefined
  }
}

const refused = (reason: string, waitMillis?: number): Effect.Effect<never, LoginRefused> =>
  Effect.fail({ reason, waitMillis })
