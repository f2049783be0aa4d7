/** Sessions without a network: the test sets their statistics and their end. */
import * as Effect from "effect/Effect"
import * as Classic from "../../src/transport/classic/ClassicSession.ts"
import * as Flock from "../../src/transport/flock/FlockSession.ts"
import type { SessionError } from "../../src/transport/SessionError.ts"
import * as Tcp from "../../src/transport/tcp/TcpSession.ts"
import type { Capabilities, Delivery, Session, Statistics, WireName } from "../../src/transport/Transport.ts"
import { statistics } from "../suites/statistics.ts"

const capabilities: Readonly<Record<WireName, Capabilities>> = {
  classic: Classic.capabilities,
  flock: Flock.capabilities,
  tcp: Tcp.capabilities
}

export interface FakeSession extends Session {
  /** The statistics that are not zero. */
  done: Partial<Statistics>
  hasAnswered: boolean
  /** The reason of its end; undefined while it is open. */
  ended: SessionError | undefined
  /** Calls of `close`. */
  closes: number
}

/** `delivery` is the outcome of each message; without it no message is ever delivered. */
export const fakeSession = (wire: WireName, delivery?: Delivery): FakeSession => {
  const peer = { host: "192.0.2.7", port: 4040, publicKey: undefined, isTrusted: false }
  const session: FakeSession = {
    done: {},
    hasAnswered: true,
    ended: undefined,
    closes: 0,
    capabilities: capabilities[wire],
    peer: () => peer,
    channelBinding: undefined,
    established: Effect.void,
    isEstablished: () => session.hasAnswered,
    ping: Effect.succeed(1),
    plan: (envelope) => (wire === "classic" ? Classic : Flock).planOf(envelope, "192.0.2.7:4040"),
    send: () => delivery === undefined ? Effect.never : Effect.succeed(delivery),
    serve: () => Effect.asVoid(session.closed),
    serveStreams: () => Effect.asVoid(session.closed),
    openStream: Effect.never,
    openService: () => Effect.never,
    closed: Effect.suspend(() => session.ended === undefined ? Effect.never : Effect.succeed(session.ended)),
    isClosed: () => session.ended !== undefined,
    close: () =>
      Effect.sync(() => {
        session.closes++
      }),
    statistics: () => statistics(session.done)
  }
  return session
}
