/** Formats a trace, for every wire. */
import type * as Events from "../../telemetry/Events.ts"
import type { ClassicPacket, FlockPacket } from "../../telemetry/TransportEvents.ts"
import * as ClassicTrace from "./ClassicTrace.ts"
import type { Paint } from "./Colours.ts"
import * as FlockTrace from "./FlockTrace.ts"
import type { Emitted } from "./JsonLine.ts"

export { isKeepAlive } from "../../telemetry/PacketTrace.ts"

/** A datagram of the classic wire, a packet of flock, or a record of tcp. */
export type Traced = ClassicPacket | FlockPacket

export const eventOf = (packet: Traced, showsPayload: boolean): Emitted<typeof Events.Frame.Type> =>
  packet.wire === "classic" ? ClassicTrace.eventOf(packet, showsPayload) : FlockTrace.eventOf(packet, showsPayload)

export const lineOf = (packet: Traced, showsPayload: boolean, paint: Paint): string =>
  packet.wire === "classic"
    ? ClassicTrace.lineOf(packet, showsPayload, paint)
    : FlockTrace.lineOf(packet, showsPayload, paint)
