/** What a trace tells of, whichever wire it is on. */
import * as BatchTrace from "../../telemetry/BatchTrace.ts"
import type * as Events from "../../telemetry/Events.ts"
import * as Trace from "../../telemetry/Trace.ts"
import * as ClassicTrace from "./ClassicTrace.ts"
import type { Paint } from "./Colours.ts"
import * as FlockTrace from "./FlockTrace.ts"
import type { Told } from "./JsonLine.ts"

/** A datagram of the classic wire, or a packet of flock. */
export type Traced = Trace.Datagram | BatchTrace.Packet

export const eventOf = (traced: Traced, showsPayload: boolean): Told<typeof Events.Frame.Type> =>
  isPacket(traced) ? FlockTrace.eventOf(traced, showsPayload) : ClassicTrace.eventOf(traced, showsPayload)

export const lineOf = (traced: Traced, showsPayload: boolean, paint: Paint): string =>
  isPacket(traced) ? FlockTrace.lineOf(traced, showsPayload, paint) : ClassicTrace.lineOf(traced, showsPayload, paint)

/** Whether it is shown only to those who want keep-alives too: of the classic wire with FIN, which says nothing but that it is over. */
export const isKeepAlive = (traced: Traced): boolean =>
  isPacket(traced)
    ? BatchTrace.isKeepAlive(traced)
    : traced.frame !== undefined && Trace.isOfConnection(traced.frame)

const isPacket = (traced: Traced): traced is BatchTrace.Packet => "frames" in traced
