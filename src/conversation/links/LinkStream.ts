/** One link on a stream: its messages are JSON behind a length of 32 bits (docs/PROTOCOL.md, conversations §6), many in one write. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { linkMessageBytes } from "../../protocol/conversation/ConversationLimits.ts"
import type { LinkEnd } from "../../protocol/conversation/LinkedRooms.ts"
import { decodeMessage, encodeMessage, type StopReason } from "../../protocol/conversation/LinkMessage.ts"
import { prefix } from "../../protocol/framing/LengthFraming.ts"
import { joined } from "../../storage/Blocks.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import type { SessionStream } from "../../transport/SessionStream.ts"
import type { ExchangeDriver } from "./ExchangeDriver.ts"
import * as LinkLimits from "./LinkLimits.ts"

const framing = prefix("u32")

/** Tells a server that dials why it gets no link. `text` is the rest of a sentence that begins with that server. */
export const refuse = (
  stream: Pick<SessionStream, "write" | "finish" | "settled">,
  reason: StopReason,
  text: string
): Effect.Effect<void> => {
  const bytes = framing.open().encode({ bytes: encodeMessage({ t: "stop", reason, text }) })
  const told = bytes === undefined ? Effect.void : stream.write(bytes)
  return Effect.zipRight(Effect.ignore(told), settled(stream))
}

/** Ends the direction of this side, and waits for a while until the peer has everything. */
const settled = ({ finish, settled: all }: Pick<SessionStream, "finish" | "settled">): Effect.Effect<void> =>
  Effect.zipRight(finish, Effect.asVoid(Effect.timeoutOption(Effect.ignore(all), LinkLimits.farewellMillis)))

/** Runs a link with a server, whose key the stream's session has proved, until it ends. An interruption closes it. */
export const run = (
  driver: ExchangeDriver,
  stream: Pick<SessionStream, "read" | "write" | "finish" | "settled">,
  server: string
): Effect.Effect<LinkEnd> =>
  Effect.gen(function*() {
    const codec = framing.open(linkMessageBytes)
    const ended = yield* Deferred.make<LinkEnd>()
    const news = Effect.unsafeMakeLatch(false)
    const room = Effect.unsafeMakeLatch(false)
    let isEnded = false
    const link = driver.openLink(server, {
      wake: () => {
        news.unsafeOpen()
        room.unsafeOpen()
      },
      onEnd: (end) => {
        isEnded = true
        Deferred.unsafeDone(ended, Effect.succeed(end))
        news.unsafeOpen()
      }
    })

    const receive = (bytes: Uint8Array): void => {
      const { failure, messages } = codec.handleBytes(bytes, 0)
      for (const message of messages) {
        const decoded = decodeMessage(message.bytes)
        if (Either.isRight(decoded)) driver.receive(link, decoded.right)
        else driver.refuse(link, decoded.left)
      }
      if (failure !== undefined) driver.refuse(link, `cannot be read: ${failure.message}`)
    }

    /** The next messages as one block; undefined if there is none. */
    const nextBlock = (): Uint8Array | undefined => {
      const parts: Array<Uint8Array> = []
      for (let bytes = 0; bytes < LinkLimits.writeBytes;) {
        const message = driver.nextMessage(link)
        if (message === undefined) break
        // Each message that an exchange makes fits into the framing: its events were checked.
        const part = codec.encode({ bytes: encodeMessage(message) }) ?? new Uint8Array(0)
        parts.push(part)
        bytes += part.length
      }
      return parts.length === 0 ? undefined : joined(parts)
    }

    const reading: Effect.Effect<void, SessionError> = Effect.suspend(() => {
      // While much waits for the disk, the peer waits.
      if (driver.exchange.isFull) {
        room.unsafeClose()
        return Effect.zipRight(room.await, reading)
      }
      return Effect.flatMap(stream.read(), (bytes) => {
        if (bytes === undefined) return Effect.void
        receive(bytes)
        return isEnded ? Effect.void : reading
      })
    })
    const writing: Effect.Effect<void, SessionError> = Effect.suspend(() => {
      const block = nextBlock()
      if (block !== undefined) return Effect.zipRight(stream.write(block), writing)
      if (isEnded) return Effect.void
      news.unsafeClose()
      return Effect.zipRight(news.await, writing)
    })

    const lost = (error: SessionError): void => driver.closeLink(link, error.message)
    const both = Effect.raceFirst(
      Effect.matchEffect(reading, {
        onFailure: (error) => Effect.sync(() => lost(error)),
        onSuccess: () => isEnded ? Effect.never : Effect.sync(() => driver.closeLink(link, `${server} has left`))
      }),
      Effect.catchAll(writing, (error) => Effect.sync(() => lost(error)))
    )
    const close = Effect.sync(() => driver.closeLink(link, "this server has ended the link"))
    yield* Effect.ensuring(both, Effect.zipRight(close, stream.finish))
    yield* settled(stream)
    return yield* Deferred.await(ended)
  })
