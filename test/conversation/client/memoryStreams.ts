/** Streams in memory between clients of rooms and model servers. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import type { ClientBytes } from "../../../src/conversation/client/ClientStream.ts"
import { readClientMessage } from "../../../src/protocol/conversation/client/ClientMessage.ts"
import type { ServerMessage } from "../../../src/protocol/conversation/client/ServerMessage.ts"
import { prefix } from "../../../src/protocol/framing/LengthFraming.ts"
import { ModelConnection, type ModelServer } from "../../protocol/conversation/client/modelServers.ts"

const framing = prefix("u32")

/** A stream to a server that answers at once; what is cut is over for both ends. */
export interface MemoryStream {
  readonly bytes: ClientBytes
  readonly connection: ModelConnection
  /** Passes what the server has to say. */
  readonly flush: () => void
  readonly cut: () => void
  /** Bytes of the server's choice. */
  readonly sendBytes: (bytes: Uint8Array) => void
}

export const encoded = (message: ServerMessage): Uint8Array =>
  framing.open().encode({ bytes: new TextEncoder().encode(JSON.stringify(message)) }) ?? new Uint8Array(0)

export const streamTo = (server: ModelServer): Effect.Effect<MemoryStream, never, Scope.Scope> =>
  Effect.gen(function*() {
    const connection = new ModelConnection(server)
    const arriving = yield* Mailbox.make<Uint8Array>()
    const codec = framing.open()
    const flush = (): void => {
      for (const message of connection.toClient.splice(0)) arriving.unsafeOffer(encoded(message))
    }
    const cut = (): void => {
      connection.close()
      arriving.unsafeDone(Exit.void)
    }
    yield* Effect.addFinalizer(() => Effect.sync(() => connection.close()))
    return {
      connection,
      flush,
      cut,
      sendBytes: (bytes) => arriving.unsafeOffer(bytes),
      bytes: {
        read: () => Effect.orElseSucceed(arriving.take, () => undefined),
        write: (block) =>
          Effect.sync(() => {
            for (const { bytes } of codec.handleBytes(block, 0).messages) {
              const message = Either.getOrThrow(readClientMessage(new TextDecoder().decode(bytes)))
              connection.toServer.push(message)
              connection.handleOne()
            }
            flush()
          }),
        finish: Effect.void,
        settled: Effect.void
      }
    }
  })
