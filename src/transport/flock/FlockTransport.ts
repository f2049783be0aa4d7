/** Flock as a Transport. */
import type { Socket } from "../../net/Socket.ts"
import * as WireLayer from "../WireLayer.ts"
import * as FlockEndpoint from "./FlockEndpoint.ts"
import { capabilities, planOf } from "./FlockSession.ts"
import type { SecurityServices } from "./HandshakeKeys.ts"
import type { SessionOptions } from "./SessionOptions.ts"
import { problemOf } from "./SessionOptions.ts"

/**
 * Flock with these options, over a Socket. `layerConfig` reads them from the configuration:
 * `layerConfig({ maxDatagramBytes: Config.withDefault(Config.integer("MTU"), undefined) })`; durations are milliseconds.
 */
export const { layer, layerConfig } = WireLayer.make<SessionOptions, Socket | SecurityServices>((options) => ({
  capabilities,
  plan: (envelope) => planOf(envelope, ""),
  connect: (where) => FlockEndpoint.connect({ ...where, ...options }),
  listen: (where) => FlockEndpoint.listen({ ...where, ...options })
}), problemOf)
