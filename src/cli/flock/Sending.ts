/** `send` over the modern wire: a session to the server, and a message at a time over it. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Address } from "../../Address.ts"
import { format } from "../../Address.ts"
import type { BatchSocket } from "../../BatchSocket.ts"
import type { Crc } from "../../Crc.ts"
import * as Endpoint from "../../flock/Endpoint.ts"
import * as Messages from "../../flock/Sending.ts"
import type { Session } from "../../flock/Session.ts"
import * as Limits from "../../protocol/Limits.ts"
import type { Failure } from "../Failure.ts"
import * as BaseFailures from "../Failure.ts"
import type { Item } from "../Items.ts"
import type { Report } from "../Report.ts"
import * as Failures from "./Failures.ts"

export interface FlockWay extends Endpoint.TransportOptions {
  readonly to: Address
  /** How long a server that is not there is waited for; 0 for not at all. */
  readonly waitMillis: number
}

/** Between two tries to reach a server that is not there yet. */
const retryMillis = 500

/** A session with the server, whose beginning is told. */
export const connect = (
  way: FlockWay,
  report: Report
): Effect.Effect<Session, Failure, BatchSocket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const session = yield* way.waitMillis > 0 ? awaited(way, report) : open(way)
    yield* report.emit({ type: "connected", peer: format(session.peer()) })
    return session
  })

const open = ({ to, ...way }: FlockWay) =>
  Effect.mapError(
    Endpoint.connect({ ...way, ...to }),
    (error) => error._tag === "SocketError" ? BaseFailures.ofConnecting(error) : Failures.ofSession(error)
  )

const awaited = (way: FlockWay, report: Report) =>
  Effect.gen(function*() {
    const told = yield* Effect.once(report.note(`waiting for ${format(way.to)}`))
    return yield* Effect.retry(Effect.tapError(open(way), () => told), {
      schedule: Schedule.spaced(retryMillis),
      while: ({ code }) => passing.has(code)
    }).pipe(Effect.timeoutFail({ duration: way.waitMillis, onTimeout: () => nobody(way) }))
  })

/** What may change while one waits. */
const passing = new Set(["Unreachable", "Silent", "ServerFull", "HostNotFound"])

const nobody = ({ to }: FlockWay): Failure =>
  new BaseFailures.Failure({
    code: "Unreachable",
    exitCode: BaseFailures.ExitCode.unreachable,
    message: `${format(to)} has not answered in all that time`,
    hint: BaseFailures.reachHint
  })

/** Sends one; what limited it is told to those who want to know. */
export const sent = (session: Session, item: Item): Effect.Effect<Messages.Sent, Failure> =>
  item.kind === "text"
    ? Effect.mapError(Messages.sendText(session, item.text), failureOf)
    : Effect.mapError(Messages.sendFile(session, item.source), failureOf)

type SendingError = Effect.Effect.Error<ReturnType<typeof Messages.sendFile | typeof Messages.sendText>>

const failureOf = (error: SendingError): Failure => {
  switch (error._tag) {
    case "SessionError":
      return Failures.ofSession(error)
    case "MessageDeclined":
      return Failures.ofDeclined(error)
    case "StorageError":
      return BaseFailures.ofSource(error)
  }
}

/** A text that is too long for any receiver. */
export const checked = (item: Item): Effect.Effect<number, Failure> => {
  if (item.kind === "file") return Effect.succeed(item.source.size)
  const size = new TextEncoder().encode(item.text).length
  return size <= Limits.textBytes ? Effect.succeed(size) : Effect.fail(
    new BaseFailures.Failure({
      code: "TextTooLong",
      exitCode: BaseFailures.ExitCode.usage,
      message: `the text has ${size} bytes, and a text has at most ${Limits.textBytes}; send it as a file`
    })
  )
}
