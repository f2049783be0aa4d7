/**
 * A session for many users: it is opened when one of them needs it, and opened anew when it is over. Requests at the same
 * time share one attempt to connect.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"
import { format } from "../net/Address.ts"
import { SessionError } from "./SessionError.ts"
import type { ConnectOptions, Session } from "./Transport.ts"
import { Transport } from "./Transport.ts"

export interface SharedSession {
  /**
   * The open session; it connects if there is none. An interrupted request leaves the attempt to the others, and a failed
   * attempt is repeated by the next request only.
   */
  readonly get: Effect.Effect<Session, SessionError>
}

type Opening = Deferred.Deferred<Session, SessionError>

/** The session is closed with the scope. Nothing is sent before the first request. */
export const make = (options: ConnectOptions): Effect.Effect<SharedSession, never, Transport | Scope.Scope> =>
  Effect.gen(function*() {
    const { connect } = yield* Transport
    const scope = yield* Effect.scope
    let current: Opening | undefined
    /** Ends with the session, or with the error of the attempt. */
    const opened = (opening: Opening) =>
      connect(options).pipe(
        Effect.tap((session) => Deferred.succeed(opening, session)),
        Effect.flatMap((session) => Effect.flip(session.closed)),
        Effect.scoped,
        Effect.exit
      )
    const begin = Effect.suspend(() => {
      const opening: Opening = Deferred.unsafeMake(FiberId.none)
      current = opening
      return Effect.map(Effect.forkIn(Effect.interruptible(opened(opening)), scope), (fiber) => {
        fiber.addObserver((exit) => {
          if (current === opening) current = undefined
          Deferred.unsafeDone(opening, Exit.isSuccess(exit) ? exit.value : Exit.fail(left(options)))
        })
        return opening
      })
    })
    const get: Effect.Effect<Session, SessionError> = Effect.suspend(() => {
      const opening = current
      if (opening === undefined) return Effect.flatMap(begin, (begun) => Deferred.await(begun))
      return Effect.flatMap(Deferred.await(opening), (session) => {
        if (!session.isClosed()) return Effect.succeed(session)
        if (current === opening) current = undefined
        return get
      })
    })
    return { get }
  })

const left = (options: ConnectOptions): SessionError => {
  const peer = format(options)
  return new SessionError({ reason: "Left", peer, message: `the session with ${peer} was closed by this side` })
}
