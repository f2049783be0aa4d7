/** The classic wire as a Transport. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import { outOfRange, unknownName } from "../OptionRange.ts"
import { keyUnsupported } from "../PinnedKey.ts"
import * as WireLayer from "../WireLayer.ts"
import * as ClassicEndpoint from "./ClassicEndpoint.ts"
import { capabilities, ofConnection, ofPeer, planOf } from "./ClassicSession.ts"

const problemOf = ({ dialect, idleTimeoutMillis }: ClassicEndpoint.ClassicOptions): string | undefined =>
  unknownName("dialect", dialect, ["frame", "payload"]) ??
    outOfRange("idleTimeoutMillis", idleTimeoutMillis, 1)

/**
 * The classic wire: texts and files from a client to a server, one after another. `layerConfig` reads its options from the
 * configuration: `layerConfig({ dialect: Config.literal("frame", "payload")("DIALECT") })`; durations are milliseconds.
 */
export const { layer, layerConfig } = WireLayer.make<ClassicEndpoint.ClassicOptions, Socket | Crc>((options) => ({
  capabilities,
  plan: (envelope) => planOf(envelope, ""),
  connect: (where) =>
    where.key === undefined
      ? Effect.map(ClassicEndpoint.connect({ ...where, ...options }), ofConnection)
      : keyUnsupported(where, "the classic wire has no keys"),
  listen: (where) =>
    Effect.map(ClassicEndpoint.listen({ ...where, ...options }), (listener) => ({
      capabilities,
      local: listener.local,
      publicKey: undefined,
      sessions: Stream.map(listener.peers, ofPeer),
      open: listener.open,
      counters: () => ({ ...listener.counters }),
      drain: listener.drain,
      isDraining: listener.isDraining
    }))
}), problemOf)
