/** The classic wire as a Transport. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Crc } from "../../net/Crc.ts"
import { Socket } from "../../net/Socket.ts"
import { Transport } from "../Transport.ts"
import * as ClassicEndpoint from "./ClassicEndpoint.ts"
import { capabilities, ofConnection, ofPeer, planOf } from "./ClassicSession.ts"

/** The layer of the classic wire: texts and files from a client to a server, one after another. */
export const layer = (options: ClassicEndpoint.ClassicOptions = {}): Layer.Layer<Transport, never, Socket | Crc> =>
  Layer.effect(
    Transport,
    Effect.map(Effect.context<Socket | Crc>(), Context.pick(Socket, Crc)).pipe(Effect.map((services) => ({
      capabilities,
      plan: (envelope) => planOf(envelope, ""),
      connect: (where) =>
        ClassicEndpoint.connect({ ...where, ...options }).pipe(
          Effect.map(ofConnection),
          Effect.provide(services)
        ),
      listen: (where) =>
        ClassicEndpoint.listen({ ...where, ...options }).pipe(
          Effect.map((listener) => ({
            capabilities,
            local: listener.local,
            sessions: Stream.map(listener.peers, ofPeer),
            open: listener.open,
            counters: () => ({ ...listener.counters }),
            drain: listener.drain,
            isDraining: listener.isDraining
          })),
          Effect.provide(services)
        )
    })))
  )

/**
 * The layer of the classic wire with options from the configuration, such as
 * `{ dialect: Config.literal("frame", "payload")("DIALECT") }`.
 */
export const layerConfig = (
  options: Config.Config.Wrap<ClassicEndpoint.ClassicOptions>
): Layer.Layer<Transport, ConfigError, Socket | Crc> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
