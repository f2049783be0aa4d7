/**
 * Messages over any socket of `@effect/platform`: a framing isolates them in its bytes, in both directions. It is the namespace
 * `Framing` of `holub/platform`. The codec works in the turn in which the socket has read something; a fiber wakes for messages only.
 *
 * ```ts
 * import * as NodeSocket from "@effect/platform-node/NodeSocket"
 * import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
 * import { Effect, Stream } from "effect"
 * import { Framing } from "holub/platform"
 *
 * const program = Effect.gen(function*() {
 *   const server = yield* NodeSocketServer.make({ host: "127.0.0.1", port: 0 })
 *   const answering = server.run((socket) =>
 *     Effect.scoped(Effect.gen(function*() {
 *       const { messages, send } = yield* Framing.over(socket, Framing.padded(10))
 *       yield* Stream.runForEach(messages, ({ text }) => send(`You said ${text}`))
 *     }))
 *   )
 *   yield* Effect.forkScoped(answering)
 *   const port = server.address._tag === "TcpAddress" ? server.address.port : 0
 *   const socket = yield* NodeSocket.makeNet({ host: "127.0.0.1", port })
 *   const { receive, send } = yield* Framing.over(socket, Framing.padded(10))
 *   yield* send("coo")
 *   const { text } = yield* receive
 *   console.log(text) // You said coo
 * })
 *
 * await Effect.runPromise(Effect.scoped(program))
 * ```
 */
import type * as Socket from "@effect/platform/Socket"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Codec, Decoded, Framing, FramingFailure, Message } from "../../protocol/framing/Framing.ts"
import { textOf } from "../../protocol/framing/Utf8Text.ts"
import * as Alarm from "../Alarm.ts"
import * as Timing from "../Timing.ts"
import * as Limits from "../TransportLimits.ts"

export { auto } from "../../protocol/framing/AutoFraming.ts"
export { delimiter } from "../../protocol/framing/DelimiterFraming.ts"
export type { Codec, Decoded, Framing, FramingFailure, Message } from "../../protocol/framing/Framing.ts"
export { type Form, forms, parse } from "../../protocol/framing/FramingName.ts"
export { prefix, typed, type Width } from "../../protocol/framing/LengthFraming.ts"
export { lines } from "../../protocol/framing/LineFraming.ts"
export { padded, type PaddedOptions } from "../../protocol/framing/PaddedFraming.ts"
export { chunk, datagram, raw } from "../../protocol/framing/ReadFraming.ts"

export const FramedReason = Schema.Literal(
  /** The peer has sent a message that is longer than allowed. */
  "TooLong",
  /** The peer has sent what is no message of this framing. */
  "Malformed",
  /** The peer has ended the connection within a message. */
  "Truncated",
  /** The framing cannot carry a message to send: it is too long, or it contains the delimiter. Nothing was sent. */
  "Unsendable",
  /** Messages have arrived for which the program has not asked for too long. */
  "Overrun",
  /** The connection is over: there is no further message, and nothing can be sent. */
  "Ended",
  /** The socket has failed; `cause` is its error. */
  "Socket"
)
export type FramedReason = typeof FramedReason.Type

export class FramedSocketError extends Schema.TaggedError<FramedSocketError>()("FramedSocketError", {
  reason: FramedReason,
  /** What happened, as a sentence without a full stop. */
  message: Schema.String,
  cause: Schema.optional(Schema.Defect)
}) {}

/** A message from the peer. */
export class ReceivedMessage implements Message {
  readonly bytes: Uint8Array
  /** The kind of the content, 0 to 255; only with the framing `typed`. */
  readonly type: number | undefined

  constructor({ bytes, type }: Message) {
    this.bytes = bytes
    this.type = type
  }

  /** The bytes as text; undefined where they are not UTF-8. */
  get text(): string | undefined {
    return textOf(this.bytes)
  }
}

export interface FramedSocket {
  /** Sends a message, a text as UTF-8; waits until the socket is open and has room. */
  readonly send: (message: string | Uint8Array | Message) => Effect.Effect<void, FramedSocketError>
  /** The next message; fails with `Ended` after the last one. */
  readonly receive: Effect.Effect<ReceivedMessage, FramedSocketError>
  /** All messages that `receive` has not taken, until the peer ends the connection. */
  readonly messages: Stream.Stream<ReceivedMessage, FramedSocketError>
}

export interface FramedOptions {
  /** The longest message; 64 KiB by default. */
  readonly messageBytes?: number | undefined
}

/**
 * Runs a socket and isolates messages in its bytes. The connection ends with the scope, after everything that was sent. What the peer sends
 * too fast, or too long, or otherwise than the framing says, ends the connection, because a socket cannot be paused.
 */
export const over = (
  socket: Socket.Socket,
  framing: Framing,
  { messageBytes }: FramedOptions = {}
): Effect.Effect<FramedSocket, never, Scope.Scope> =>
  Effect.gen(function*() {
    const codec = framing.open(messageBytes)
    const input = yield* inputOf(codec)
    const outcome = yield* Deferred.make<never, FramedSocketError>()
    const run = Effect.mapError(socket.run(input.handleBytes), ofSocket)
    yield* Effect.raceFirst(run, Deferred.await(input.failed)).pipe(
      Effect.onExit((exit) => {
        const isFailed = Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause)
        input.handleEnd(isFailed ? exit : Exit.void)
        return Deferred.failCause(outcome, isFailed ? exit.cause : Cause.fail(ended))
      }),
      Effect.exit,
      Effect.forkScoped
    )
    // Acquired after the fiber, and therefore released before it: the socket finishes what was sent, and then its run ends.
    const write = yield* socket.writer
    return {
      send: (message) =>
        Effect.suspend(() => {
          const bytes = codec.encode(messageOf(message))
          if (bytes === undefined) return unsendable(framing)
          // A socket whose run is over would wait for the next one.
          return Effect.raceFirst(Deferred.await(outcome), Effect.mapError(write(bytes), ofSocket))
        }),
      receive: input.receive,
      messages: input.messages
    }
  })

/** The input of a socket. */
interface Input extends Pick<FramedSocket, "receive" | "messages"> {
  readonly handleBytes: (bytes: Uint8Array) => void
  /** Processes the end of the socket's run; the messages before it are still received. */
  readonly handleEnd: (exit: Exit.Exit<void, FramedSocketError>) => void
  /** Fails as soon as the input cannot be isolated any more. */
  readonly failed: Deferred.Deferred<never, FramedSocketError>
}

const inputOf = (codec: Codec): Effect.Effect<Input> =>
  Effect.gen(function*() {
    const waiting = yield* Mailbox.make<ReceivedMessage, FramedSocketError>()
    const failed = yield* Deferred.make<never, FramedSocketError>()
    const makeAlarm = yield* Alarm.make
    const now = yield* Timing.monotonic
    let waitingBytes = 0
    const accept = ({ failure, messages }: Decoded): FramedSocketError | undefined => {
      alarm.set(codec.deadline)
      for (const message of messages) {
        waitingBytes += costOf(message)
        if (waitingBytes > Limits.waitingFramedBytes) return overrun
        waiting.unsafeOffer(new ReceivedMessage(message))
      }
      return failure === undefined ? undefined : ofFraming(failure)
    }
    const handle = (decoded: Decoded): void => {
      const error = accept(decoded)
      if (error !== undefined) Deferred.unsafeDone(failed, Exit.fail(error))
    }
    const alarm = makeAlarm(now, () => handle(codec.handleTimeout(now())))
    const taken = (message: ReceivedMessage): ReceivedMessage => {
      waitingBytes -= costOf(message)
      return message
    }
    return {
      failed,
      handleBytes: (bytes) => handle(codec.handleBytes(bytes, now())),
      handleEnd: (exit) => {
        const error = Exit.isSuccess(exit) ? accept(codec.handleEnd()) : undefined
        alarm.set(Infinity)
        waiting.unsafeDone(error === undefined ? exit : Exit.fail(error))
      },
      receive: Effect.mapBoth(waiting.take, {
        onFailure: (error) => error._tag === "FramedSocketError" ? error : ended,
        onSuccess: taken
      }),
      messages: Stream.map(Mailbox.toStream(waiting), taken)
    }
  })

const costOf = ({ bytes }: Message): number => bytes.length + Limits.waitingOverheadBytes

const messageOf = (message: string | Uint8Array | Message): Message =>
  typeof message === "string"
    ? { bytes: encoder.encode(message) }
    : message instanceof Uint8Array
    ? { bytes: message }
    : message

const encoder = new TextEncoder()

const ofFraming = ({ message, reason }: FramingFailure): FramedSocketError => new FramedSocketError({ reason, message })

const ofSocket = (cause: Socket.SocketError): FramedSocketError =>
  new FramedSocketError({ reason: "Socket", message: cause.message, cause })

const unsendable = ({ name }: Framing): FramedSocketError =>
  new FramedSocketError({
    reason: "Unsendable",
    message: `the framing ${name} cannot carry this message: it is too long, or it contains the delimiter`
  })

const overrun = new FramedSocketError({
  reason: "Overrun",
  message: "more messages have arrived than wait for a program; receive them sooner"
})

const ended = new FramedSocketError({ reason: "Ended", message: "the connection is over" })
