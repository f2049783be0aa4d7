/**
 * A bidirectional stream of a session: its two halves and the frames and events that are pending for it. Its id contains the role of
 * its opener (docs/PROTOCOL.md, flock §5.1).
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Frame } from "../wire/Frame.ts"
import type { OutOfOrderSpace } from "./OutOfOrderSpace.ts"
import { ReceiveStream } from "./ReceiveStream.ts"
import { SendStream } from "./SendStream.ts"

/** The side of a session: which one sent HELLO. */
export type Role = "client" | "server"

/** Id of the stream that `role` opens as number `index`, counted from 0. */
export const streamId = (role: Role, index: number): number => 2 * index + (role === "client" ? 0 : 1)

/** Role of the side that opens stream `id`. */
export const openerOf = (id: number): Role => id % 2 === 0 ? "client" : "server"

/** Index of stream `id` among the streams of its opener, counted from 0. */
export const indexOf = (id: number): number => Math.floor(id / 2)

/** One stream. Its operations are those of Streams. */
export class Stream {
  readonly id: number
  readonly send: SendStream
  readonly receive: ReceiveStream
  /** Code of the peer's STOP_SENDING; undefined when there was none. */
  stoppedCode: number | undefined
  /** Code of a STOP_SENDING that has to be sent. */
  stopSendingDue: number | undefined
  /** Whether the application has the stream; one of the peer's is `Opened` when there is something to read. */
  isOpened = false
  /** Whether the peer has reset the stream before this side stopped reading it. */
  isAbandoned = false
  /** Whether MAX_STREAM_DATA has to be sent. */
  isMaxStreamDataDue = false
  /** `Readable` and `Writable` events that are pending; `isSettled`: `Settled` was emitted. */
  isReadable = false
  isWritable = false
  isSettled = false
  /** Whether more than `Limits.unsentBytes` wait to be sent: the application should not write more. */
  isFull = false

  constructor(id: number, sendLimitBytes: number, windowBytes: number, space: OutOfOrderSpace) {
    this.id = id
    this.send = new SendStream(id, sendLimitBytes)
    this.receive = new ReceiveStream(id, windowBytes, space)
  }

  /** A frame of this stream was lost. True when a control frame has to be sent again, false when stream data has. */
  onLost(frame: Frame): boolean {
    if (frame._tag === "StopSending") this.stopSendingDue = frame.code
    else if (frame._tag === "MaxStreamData") this.isMaxStreamDataDue = true
    else this.send.onLost(frame)
    return frame._tag === "StopSending" || frame._tag === "MaxStreamData"
  }

  /** Ends {@link isFull} when at most half of `Limits.unsentBytes` wait to be sent. True when it did. */
  takeWritable(): boolean {
    if (!this.isFull || this.send.unsentBytes > Limits.unsentBytes / 2) return false
    this.isFull = false
    return true
  }
}
