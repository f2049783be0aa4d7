/**
 * A bidirectional stream of a session: both its directions, and what is known of it at this end. Its id tells who opened it.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Frame } from "../wire/Frame.ts"
import { ReceiveStream } from "./ReceiveStream.ts"
import { SendStream } from "./SendStream.ts"

export type Role = "client" | "server"

/** The id of the stream that `role` opens as number `index`, from 0. */
export const streamId = (role: Role, index: number): number => 2 * index + (role === "client" ? 0 : 1)

export const openerOf = (id: number): Role => id % 2 === 0 ? "client" : "server"

/** What number of its opener's it is, from 0. */
export const indexOf = (id: number): number => Math.floor(id / 2)

export class Stream {
  readonly id: number
  readonly send: SendStream
  readonly receive: ReceiveStream
  /** With what code the peer wants no more; undefined while it does. */
  stoppedCode: number | undefined
  /** STOP_SENDING is to be told with this code. */
  stopDue: number | undefined
  /** MAX_STREAM_DATA is to be told. */
  isWindowDue = false
  /** News that the application has not been told. */
  isReadable = false
  isWritable = false
  isSettled = false
  /** Whether more was written than the application should keep here. */
  isFull = false

  constructor(id: number, sendAllowedBytes: number, windowBytes: number) {
    this.id = id
    this.send = new SendStream(id, sendAllowedBytes)
    this.receive = new ReceiveStream(id, windowBytes)
  }

  /** A frame of it was lost. True when it is a small one that is to be told again, false when bytes are to be sent again. */
  onLost(frame: Frame): boolean {
    if (frame.type === "StopSending") this.stopDue = frame.code
    else if (frame.type === "MaxStreamData") this.isWindowDue = true
    else this.send.onLost(frame)
    return frame.type === "StopSending" || frame.type === "MaxStreamData"
  }

  /** Takes the news that there is room again, if there is: half of what may wait has left. */
  takeWritable(): boolean {
    if (!this.isFull || this.send.unsentBytes > Limits.unsentBytes / 2) return false
    this.isFull = false
    return true
  }
}
