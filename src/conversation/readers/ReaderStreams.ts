/** Clients of rooms over sessions: streams of the kind `rooms`, whose messages are JSON behind a length of 32 bits. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ClientLimits from "../../protocol/conversation/client/ClientLimits.ts"
import { prefix } from "../../protocol/framing/LengthFraming.ts"
import * as ProtocolLimits from "../../protocol/ProtocolLimits.ts"
import { joined } from "../../storage/Blocks.ts"
import * as Router from "../../transfer/Router.ts"
import type { PeerStream } from "../../transport/SessionStream.ts"
import type { Readers, TextPort } from "./Readers.ts"
import * as Limits from "./ReadersLimits.ts"

/** The kind of the stream of a client. */
export const kind = "rooms"

/** Serves the clients of sessions until the scope closes. The handler is for a Router. */
export const handler = (readers: Readers): Effect.Effect<Router.Handler, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { handler: routed, streams } = yield* Router.streams(kind)
    const all = Stream.mapEffect(streams, (stream) => serve(readers, stream), {
      concurrency: ProtocolLimits.sessions,
      unordered: true
    })
    yield* Effect.forkScoped(Stream.runDrain(all))
    yield* Effect.addFinalizer(() => readers.stop)
    return routed
  })

/** Serves one client, and then ends its stream when it has everything, or has had the time for it. */
const serve = (readers: Readers, stream: PeerStream): Effect.Effect<void> => {
  const settled = Effect.timeoutOption(Effect.ignore(stream.settled), Limits.farewellMillis)
  return readers.serve(portOf(stream)).pipe(
    Effect.zipRight(stream.finish),
    Effect.zipRight(settled),
    Effect.ensuring(stream.abandon)
  )
}

/** The messages of a stream. */
export const portOf = (stream: Pick<PeerStream, "peer" | "read" | "write">): TextPort => {
  const codec = prefix("u32").open(ClientLimits.messageBytes)
  const { host, port, publicKey } = stream.peer()
  return {
    address: { host, port },
    publicKey,
    receive: Effect.map(stream.read(), (bytes) => {
      if (bytes === undefined) return undefined
      const { failure, messages } = codec.handleBytes(bytes, 0)
      return {
        texts: messages.map((message) => decoder.decode(message.bytes)),
        failure: failure === undefined ? undefined : `cannot be read: ${failure.message}`
      }
    }),
    send: (messages) => stream.write(joined(messages.map(({ framed }) => framed)))
  }
}

/** What is no UTF-8 becomes U+FFFD, in a name or a text as in what is no JSON. */
const decoder = new TextDecoder()
