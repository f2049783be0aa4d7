/** The registry of wires on Node: each is a layer of Transport, made from the settings that concern it. */
import type * as Layer from "effect/Layer"
import type { Crc } from "../net/Crc.ts"
import type { Socket } from "../net/Socket.ts"
import type { Dialect } from "../protocol/classic/ClassicFrame.ts"
import type { Name as CongestionName } from "../protocol/flock/congestion/Congestion.ts"
import * as ClassicTransport from "../transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../transport/flock/FlockTransport.ts"
import type { Transport, WireName } from "../transport/Transport.ts"

/** The settings of all wires; each wire uses those that apply to it. */
export interface WireSettings {
  readonly dialect?: Dialect | undefined
  /** The idle timeout of a session, in milliseconds. Default: the wire's own. */
  readonly idleTimeoutMillis?: number | undefined
  readonly congestion?: CongestionName | undefined
  readonly maxDatagramBytes?: number | undefined
  readonly limitBytesPerSecond?: number | undefined
}

type MakeWire = (settings: WireSettings) => Layer.Layer<Transport, never, Socket | Crc>

const wires: Readonly<Record<WireName, MakeWire>> = {
  classic: ClassicTransport.layer,
  flock: FlockTransport.layer
}

/** The layer of the wire with the given name. */
export const layer = (name: WireName, settings: WireSettings = {}): Layer.Layer<Transport, never, Socket | Crc> =>
  wires[name](settings)
