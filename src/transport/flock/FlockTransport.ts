/** Flock as a Transport. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Crc } from "../../net/Crc.ts"
import { Socket } from "../../net/Socket.ts"
import { Transport } from "../Transport.ts"
import * as FlockEndpoint from "./FlockEndpoint.ts"
import { capabilities, planOf } from "./FlockSession.ts"
import type { SessionOptions } from "./SessionOptions.ts"

/** The layer of flock with these options, over a Socket. */
export const layer = (options: SessionOptions = {}): Layer.Layer<Transport, never, Socket | Crc> =>
  Layer.effect(
    Transport,
    Effect.map(Effect.context<Socket | Crc>(), Context.pick(Socket, Crc)).pipe(Effect.map((services) => ({
      capabilities,
      plan: (envelope) => planOf(envelope, ""),
      connect: (where) => Effect.provide(FlockEndpoint.connect({ ...where, ...options }), services),
      listen: (where) => Effect.provide(FlockEndpoint.listen({ ...where, ...options }), services)
    })))
  )

/**
 * The layer of flock with options from the configuration, such as
 * `{ congestion: Config.literal("bbr", "cubic")("CONGESTION") }`.
 */
export const layerConfig = (
  options: Config.Config.Wrap<SessionOptions>
): Layer.Layer<Transport, ConfigError, Socket | Crc> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
