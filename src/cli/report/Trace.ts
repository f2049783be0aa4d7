/** Formats a trace, for either wire. */
import type * as Events from "../../telemetry/Events.ts"
import type { ClassicPacket, FlockPacket } from "../../telemetry/TransportEvents.ts"
import * as ClassicTrace from "./ClassicTrace.ts"
import type { Paint } from "./Colours.ts"
import * as FlockTrace from "./FlockTrace.ts"
import type { Emitted } from "./JsonLine.ts"

export { isKeepAlive } from "../../telemetry/PacketTrace.ts"

/** A datagram of the classic wire, or a packet of flock. */
export type Traced = ClassicPacket | FlockPacket

export const eventOf = (packet: Traced, showsPayload: boolean): Emitted<typeof Events.Frame.Type> =>
  packet.wire === "flock" ? FlockTrace.eventOf(packet, showsPayload) : ClassicTrace.eventOf(packet, showsPayload)

export const lineOf = (packet: Traced, showsPayload: boolean, paint: Paint): string =>
  packet.wire === "flock"
    ? FlockTrace.lineOf(packet, showsPayload, paint)
    : ClassicTrace.lineOf(packet, showsPayload, paint)
