/** A connection of a client of rooms: a stream of a session of the kind `rooms`, whose messages are JSON behind a length of 32 bits. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ClientLimits from "../../protocol/conversation/client/ClientLimits.ts"
import type { ClientMessage } from "../../protocol/conversation/client/ClientMessage.ts"
import { readServerMessage, type ServerMessage } from "../../protocol/conversation/client/ServerMessage.ts"
import { prefix } from "../../protocol/framing/LengthFraming.ts"
import { textOf } from "../../protocol/framing/Utf8Text.ts"
import { joined } from "../../storage/Blocks.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import type { SessionStream } from "../../transport/SessionStream.ts"
import * as Limits from "./ClientDriverLimits.ts"

/** The kind of the streams. */
export const kind = "rooms"

/** What a connection needs of a stream. */
export type ClientBytes = Pick<SessionStream, "read" | "write" | "finish" | "settled">

export interface StreamOptions {
  readonly receive: (message: ServerMessage) => void
  /** The next message for the server; undefined if there is none now. */
  readonly next: () => ClientMessage | undefined
  /** Opened when there may be a message. */
  readonly news: Effect.Latch
  /** Whether the client has nothing more to do with this connection. */
  readonly isOver: () => boolean
}

/** Runs a connection until it is over. Returns why, as a sentence without a full stop. */
export const run = (stream: ClientBytes, { isOver, news, next, receive }: StreamOptions): Effect.Effect<string> => {
  const codec = prefix("u32").open(ClientLimits.messageBytes)

  /** Returns why the server's messages cannot be read. */
  const received = (bytes: Uint8Array): string | undefined => {
    const { failure, messages } = codec.handleBytes(bytes, 0)
    for (const message of messages) {
      const text = textOf(message.bytes)
      const read = text === undefined ? Either.left("is no text in UTF-8") : readServerMessage(text)
      if (Either.isLeft(read)) return `the server has sent a message that ${read.left}`
      receive(read.right)
    }
    return failure === undefined ? undefined : `the messages of the server cannot be read: ${failure.message}`
  }

  const nextBlock = (): Uint8Array | undefined => {
    const parts: Array<Uint8Array> = []
    for (let bytes = 0; bytes < Limits.writeBytes;) {
      const message = next()
      if (message === undefined) break
      // A length of 32 bits carries each message.
      const part = codec.encode({ bytes: encoder.encode(JSON.stringify(message)) }) ?? new Uint8Array(0)
      parts.push(part)
      bytes += part.length
    }
    return parts.length === 0 ? undefined : joined(parts)
  }

  const reading: Effect.Effect<string, SessionError> = Effect.suspend(() =>
    Effect.flatMap(stream.read(), (bytes) => {
      if (bytes === undefined) return Effect.succeed("the server has ended the connection")
      const problem = received(bytes)
      if (problem !== undefined) return Effect.succeed(problem)
      return isOver() ? Effect.succeed("the server has said goodbye") : reading
    })
  )
  const writing: Effect.Effect<never, SessionError> = Effect.suspend(() => {
    const block = nextBlock()
    if (block !== undefined) return Effect.zipRight(stream.write(block), writing)
    news.unsafeClose()
    return Effect.zipRight(news.await, writing)
  })
  const settled = Effect.timeoutOption(Effect.ignore(stream.settled), Limits.farewellMillis)
  return Effect.raceFirst(reading, writing).pipe(
    Effect.catchAll(({ message }) => Effect.succeed(message)),
    Effect.ensuring(Effect.zipRight(stream.finish, settled))
  )
}

const encoder = new TextEncoder()
