/**
 * Services of an application: a kind of message with the Schemas of its message and its receipt. A Router can have
 * handlers of services together with the inbox; `call` is the client.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Address } from "../net/Address.ts"
import { format } from "../net/Address.ts"
import { SessionError } from "../transport/SessionError.ts"
import type { Session } from "../transport/Transport.ts"
import type { Handler } from "./Router.ts"
import * as TransferSpan from "./TransferSpan.ts"

/** A service. `message` and `receipt` are sent as JSON, of at most `Limits.messageHeaderBytes` each. */
export interface Service<Message, Receipt, EncodedMessage, EncodedReceipt> {
  readonly kind: string
  readonly message: Schema.Schema<Message, EncodedMessage>
  readonly receipt: Schema.Schema<Receipt, EncodedReceipt>
  /** Whether a body follows the message. */
  readonly hasBody: boolean
}

export const make = <Message, Receipt, EncodedMessage, EncodedReceipt>(
  kind: string,
  { hasBody = false, message, receipt }: {
    readonly message: Schema.Schema<Message, EncodedMessage>
    readonly receipt: Schema.Schema<Receipt, EncodedReceipt>
    readonly hasBody?: boolean | undefined
  }
): Service<Message, Receipt, EncodedMessage, EncodedReceipt> => ({ kind, message, receipt, hasBody })

/**
 * A handler's refusal, which is sent to the sender: `reason` is a code for programs, `message` a sentence for users.
 */
export class Refusal
  extends Schema.TaggedError<Refusal>()("Refusal", { reason: Schema.String, message: Schema.String })
{}

/** A message and its context, for the handler. */
export interface Call<Message> {
  readonly message: Message
  readonly peer: Address
  readonly session: Session
  /** Blocks of the body; empty for a service without one. Its size is not limited here: the handler must limit it. */
  readonly body: Stream.Stream<Uint8Array, SessionError>
}

/**
 * The Router's handler of a service. It refuses a message that does not match the Schema, and a message whose `handle`
 * fails with a Refusal or a defect; the details of a defect and of a mismatch (level Debug) are logged, not sent.
 */
export const handler = <Message, Receipt, EncodedMessage, EncodedReceipt, R>(
  service: Service<Message, Receipt, EncodedMessage, EncodedReceipt>,
  handle: (call: Call<Message>) => Effect.Effect<Receipt, Refusal | SessionError, R>
): Handler<never, R> => {
  const decode = Schema.decodeUnknown(service.message)
  const encode = Schema.encode(service.receipt)
  return {
    kinds: [service.kind],
    handle: (incoming, { peer, session }) => {
      let outcome: string | undefined
      const refuse = (as: string, reason: string, message: string) =>
        Effect.suspend(() => {
          outcome = as
          return incoming.refuse(reason, message)
        })
      const answering = Effect.gen(function*() {
        const message = yield* decode(incoming.metadata)
        if (!service.hasBody && (incoming.size ?? 0) > 0) {
          return yield* refuse("malformed", "Unsupported", `"${service.kind}" accepts no body`)
        }
        const body = service.hasBody ? incoming.body(1) : Stream.empty
        const receipt = yield* handle({ message, peer, session, body })
        const answer = yield* Effect.orDie(encode(receipt))
        outcome = "delivered"
        yield* incoming.accept(answer)
      }).pipe(
        Effect.catchTags({
          Refusal: ({ message, reason }) => refuse("refused", reason, message),
          ParseError: ({ message }) =>
            Effect.zipRight(
              Effect.logDebug(`a message of ${format(peer)} does not match the Schema of "${service.kind}"`, message),
              refuse("malformed", "Malformed", `"${service.kind}" does not accept this message`)
            ),
          // The sender has closed the session, with or without its receipt, or has abandoned the message.
          SessionError: ({ reason }) => Effect.sync(() => void (outcome ??= reason))
        }),
        Effect.catchAllDefect((defect) =>
          Effect.zipRight(
            Effect.logError(
              `the service "${service.kind}" failed on a message of ${format(peer)}`,
              Cause.die(defect)
            ),
            refuse("defect", "Failed", "the service failed on this message")
          )
        )
      )
      const observed = TransferSpan.observed("receive", session, service.kind, answering, (exit) => ({
        outcome: outcome ?? (Exit.isFailure(exit) ? TransferSpan.reasonOf(exit.cause) : "defect"),
        size: incoming.arrivedBytes()
      }))
      return Stream.drain(Stream.fromEffect(observed))
    }
  }
}

/** Sends a message to a service of the peer and returns the receipt. */
export const call = <Message, Receipt, EncodedMessage, EncodedReceipt, E = never>(
  session: Session,
  service: Service<Message, Receipt, EncodedMessage, EncodedReceipt>,
  message: Message,
  body?: (blockBytes: number) => Stream.Stream<Uint8Array, E>
): Effect.Effect<Receipt, SessionError | E> =>
  Effect.gen(function*() {
    const metadata = yield* Effect.orDie(Schema.encode(service.message)(message))
    const { receipt } = yield* TransferSpan.send<E>(session, {
      kind: service.kind,
      metadata,
      body: body ?? (() => Stream.empty)
    })
    return yield* Effect.mapError(
      Schema.decodeUnknown(service.receipt)(receipt),
      () =>
        new SessionError({
          reason: "Protocol",
          peer: format(session.peer()),
          message: `${format(session.peer())} answered "${service.kind}" with a receipt that does not match its schema`
        })
    )
  })
