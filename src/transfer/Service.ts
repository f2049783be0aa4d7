/**
 * Services of an application: a kind of message with the Schemas of its message, its receipt and its error. A Router can
 * have handlers of services together with the inbox; `call` is the client. A Channel is a group of services.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ParseError } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { format } from "../net/Address.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"
import type { Peer } from "../transport/Peer.ts"
import { SessionError } from "../transport/SessionError.ts"
import type { Incoming, Session } from "../transport/Transport.ts"
import type { Handler } from "./Router.ts"
import * as TransferLimits from "./TransferLimits.ts"
import * as TransferSpan from "./TransferSpan.ts"

/**
 * A service. `message`, `receipt` and `error` are sent as JSON, each in a header of at most `Limits.messageHeaderBytes`.
 */
export interface Service<Message, Receipt, EncodedMessage, EncodedReceipt, Failure = never, EncodedFailure = never> {
  readonly kind: string
  readonly message: Schema.Schema<Message, EncodedMessage>
  readonly receipt: Schema.Schema<Receipt, EncodedReceipt>
  readonly error: Schema.Schema<Failure, EncodedFailure>
  /** Whether a body follows the message. */
  readonly hasBody: boolean
  /** Bytes of the longest body that a handler receives. */
  readonly mostBodyBytes: number
}

/** `hasBody` is false by default, `error` is no error, and `mostBodyBytes` is `TransferLimits.serviceBodyBytes`. */
export const make = <Message, Receipt, EncodedMessage, EncodedReceipt, Failure = never, EncodedFailure = never>(
  kind: string,
  { error, hasBody = false, message, mostBodyBytes = TransferLimits.serviceBodyBytes, receipt }: {
    readonly message: Schema.Schema<Message, EncodedMessage>
    readonly receipt: Schema.Schema<Receipt, EncodedReceipt>
    readonly error?: Schema.Schema<Failure, EncodedFailure> | undefined
    readonly hasBody?: boolean | undefined
    readonly mostBodyBytes?: number | undefined
  }
): Service<Message, Receipt, EncodedMessage, EncodedReceipt, Failure, EncodedFailure> => ({
  kind,
  message,
  receipt,
  // Without a Schema of errors `Failure` is never, which its default cannot express.
  error: error ?? (Schema.Never as unknown as Schema.Schema<Failure, EncodedFailure>),
  hasBody,
  mostBodyBytes
})

/**
 * A handler's refusal, which is sent to the sender: `reason` is a code for programs, `message` a sentence for users. An
 * error that the sender's program handles is better a value of the service's `error`.
 */
export class Refusal
  extends Schema.TaggedError<Refusal>()("Refusal", { reason: Schema.String, message: Schema.String })
{}

/** Codes of refusals by a service itself. With the first two, and with those of the Router, no handler has run. */
export const refusalCode = {
  /** The message does not match the Schema. */
  malformed: "Malformed",
  /** The message has a body, and the service takes none; or the receiver does not offer the service. */
  unsupported: "Unsupported",
  /** The handler failed with a value of the service's `error`, which is the metadata of the refusal. */
  error: "HandlerError",
  /** The handler failed with a defect. */
  defect: "Failed",
  /** The body has more than `mostBodyBytes`. */
  bodyTooLong: "BodyTooLong",
  /** The handler's receipt, or its error, is longer than `Limits.messageHeaderBytes`. */
  answerTooLong: "ReceiptTooLong"
} as const

/** A message and its context, for the handler. */
export interface Call<Message> {
  readonly message: Message
  /** The sender: its key, for a decision on what it may do, and its address at the start of the session. */
  readonly peer: Peer
  readonly session: Session
  /** Blocks of the body; empty for a service without one. Fails with a Refusal after `mostBodyBytes`. */
  readonly body: Stream.Stream<Uint8Array, SessionError | Refusal>
}

/**
 * The Router's handler of a service. It refuses a message that does not match the Schema, and a message whose `handle`
 * fails; the details of a defect and of a mismatch (level Debug) are logged, not sent. A handler runs to its end, also when
 * its caller is gone.
 */
export const handler = <Message, Receipt, EncodedMessage, EncodedReceipt, Failure, EncodedFailure, R>(
  service: Service<Message, Receipt, EncodedMessage, EncodedReceipt, Failure, EncodedFailure>,
  handle: (call: Call<Message>) => Effect.Effect<Receipt, Failure | Refusal | SessionError, R>
): Handler<never, R> => {
  const decode = Schema.decodeUnknown(service.message)
  const encode = Schema.encode(service.receipt)
  const encodeError = Schema.encode(service.error)
  return {
    kinds: [service.kind],
    handle: (incoming, { peer, session }) => {
      let ending: Pick<TransferSpan.Outcome, "outcome" | "failure"> | undefined
      const refuse = (
        outcome: string,
        failure: Cause.Cause<unknown>,
        [reason, message, metadata]: Parameters<Incoming["refuse"]>
      ) =>
        Effect.suspend(() => {
          ending = { outcome, failure }
          return incoming.refuse(reason, message, metadata)
        })
      const failed = (error: Failure | Refusal | SessionError) => {
        const failure = Cause.fail(error)
        if (error instanceof Refusal) return refuse("refused", failure, [error.reason, error.message])
        // The sender has closed the session, with or without its receipt, or has abandoned the message.
        if (error instanceof SessionError) {
          return Effect.sync(() => void (ending ??= { outcome: error.reason, failure }))
        }
        return Effect.flatMap(
          Effect.orDie(encodeError(error)),
          (metadata) =>
            refuse("error", failure, [refusalCode.error, `"${service.kind}" failed with an error of its own`, metadata])
        )
      }
      const answer = (receipt: Receipt) =>
        Effect.flatMap(Effect.orDie(encode(receipt)), (metadata) => {
          ending = { outcome: "delivered" }
          return Effect.catchAll(incoming.accept(metadata), (error) =>
            error.reason === "Unsupported"
              ? refuse("refused", Cause.fail(error), [error.detail ?? refusalCode.answerTooLong, error.message])
              : failed(error))
        })
      const malformed = (error: ParseError) =>
        Effect.zipRight(
          Effect.logDebug(`a message of ${format(peer)} does not match the Schema of "${service.kind}"`, error.message),
          refuse("malformed", Cause.fail(error), [
            refusalCode.malformed,
            `"${service.kind}" does not accept this message`
          ])
        )
      const withoutBody = new Refusal({
        reason: refusalCode.unsupported,
        message: `"${service.kind}" accepts no body`
      })
      const answering = Effect.matchEffect(decode(incoming.metadata), {
        onFailure: malformed,
        onSuccess: (message) =>
          !service.hasBody && (incoming.size ?? 0) > 0
            ? failed(withoutBody)
            : Effect.matchEffect(handle({ message, peer, session, body: bodyOf(service, incoming) }), {
              onFailure: failed,
              onSuccess: answer
            })
      }).pipe(
        Effect.catchAllDefect((defect) =>
          Effect.zipRight(
            Effect.logError(
              `the service "${service.kind}" failed on a message of ${format(peer)}`,
              Cause.die(defect)
            ),
            refuse("defect", Cause.die(defect), [refusalCode.defect, "the service failed on this message"])
          )
        )
      )
      const observed = TransferSpan.observed("receive", session, service.kind, answering, (exit) => ({
        outcome: Exit.isFailure(exit) ? TransferSpan.reasonOf(exit.cause) : "defect",
        ...ending,
        size: incoming.arrivedBytes()
      }))
      return Stream.drain(Stream.fromEffect(observed))
    }
  }
}

/** The body of a message, up to the service's limit. */
const bodyOf = (
  { hasBody, kind, mostBodyBytes }: {
    readonly hasBody: boolean
    readonly kind: string
    readonly mostBodyBytes: number
  },
  incoming: Incoming
): Stream.Stream<Uint8Array, SessionError | Refusal> => {
  if (!hasBody) return Stream.empty
  const tooLong = new Refusal({
    reason: refusalCode.bodyTooLong,
    message: `"${kind}" accepts a body of at most ${mostBodyBytes} bytes`
  })
  if ((incoming.size ?? 0) > mostBodyBytes) return Stream.fail(tooLong)
  return Stream.tap(incoming.body(1), () => incoming.arrivedBytes() > mostBodyBytes ? tooLong : Effect.void)
}

const firstLineOf = (text: string): string => text.split("\n", 1)[0]?.slice(0, Limits.closeReasonBytes) ?? ""

/**
 * Sends a message to a service of the peer and returns the receipt. Fails with the handler's error, or with the
 * SessionError of `Session.send`. `body` is called when the message is on its way.
 */
export const call = <Message, Receipt, EncodedMessage, EncodedReceipt, Failure, EncodedFailure, E = never>(
  session: Session,
  service: Service<Message, Receipt, EncodedMessage, EncodedReceipt, Failure, EncodedFailure>,
  message: Message,
  body: (blockBytes: number) => Stream.Stream<Uint8Array, E> = () => Stream.empty
): Effect.Effect<Receipt, Failure | SessionError | E> => {
  const { kind } = service
  const fails = (reason: "Unsupported" | "Protocol", detail: string, what: (peer: string) => string) => {
    const peer = format(session.peer())
    return new SessionError({ reason, peer, detail, message: what(peer) })
  }
  return Effect.gen(function*() {
    const metadata = yield* Effect.mapError(
      Schema.encode(service.message)(message),
      (error) =>
        fails(
          "Unsupported",
          refusalCode.malformed,
          () => `the message does not match the schema of "${kind}": ${firstLineOf(error.message)}`
        )
    )
    const { receipt } = yield* TransferSpan.send<E>(session, { kind, metadata, body })
    return yield* Effect.mapError(
      Schema.decodeUnknown(service.receipt)(receipt),
      () =>
        fails(
          "Protocol",
          answerDetail,
          (peer) => `${peer} answered "${kind}" with a receipt that does not match its schema`
        )
    )
  }).pipe(Effect.catchIf(isHandlerError, ({ metadata }) =>
    Effect.flatMap(
      Effect.mapError(Schema.decodeUnknown(service.error)(metadata), () =>
        fails("Protocol", answerDetail, (peer) =>
          `${peer} answered "${kind}" with an error that does not match its schema`)),
      Effect.fail
    )))
}

/** The detail of a SessionError for an answer of the handler that does not match the Schemas. */
export const answerDetail = "Answer"

const isHandlerError = (error: unknown): error is SessionError =>
  error instanceof SessionError && error.reason === "Declined" && error.detail === refusalCode.error
