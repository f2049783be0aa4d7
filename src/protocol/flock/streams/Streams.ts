/**
 * The streams of a session (RFC 9000 §2–4; docs/PROTOCOL.md, flock §5): opens and removes them, applies the session's flow control,
 * and schedules their frames. PacketBuilder writes the frames; LossDetection reports which were acknowledged or lost.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { type Frame, smallFrameBytes, type StreamFrame } from "../wire/Frame.ts"
import type { TransportParameters } from "../wire/TransportParameters.ts"
import { FlowControl } from "./FlowControl.ts"
import type { Outcome } from "./ReceiveStream.ts"
import { indexOf, openerOf, type Role, Stream, streamId } from "./Stream.ts"
import { StreamCounts } from "./StreamCounts.ts"
import { type StreamEvent, StreamEvents } from "./StreamEvents.ts"

/** Outcome of a frame for a stream. An error closes the session (docs/PROTOCOL.md, flock §4.11). */
export type StreamOutcome = Outcome | "StreamLimitError" | "StreamStateError"

/** The streams of one session. */
export class Streams {
  readonly #role: Role
  readonly #local: TransportParameters
  readonly #peer: TransportParameters
  readonly #streams = new Map<number, Stream>()
  /** Streams that may have data to send, in round-robin order. */
  readonly #active = new Set<Stream>()
  /** Streams with lost data: it is sent before new data of any stream. */
  readonly #retransmitting = new Set<Stream>()
  /** Streams with a MAX_STREAM_DATA or STOP_SENDING to send. */
  readonly #controlPending = new Set<Stream>()
  readonly #window: FlowControl
  readonly #events = new StreamEvents()
  #readBytes = 0
  /** Sum of the highest received offsets of all streams: the session's flow control counts it. */
  #receivedOffsetsBytes = 0
  #peerMaxDataBytes: number
  #sentBytes = 0
  readonly #counts: StreamCounts
  #isMaxDataDue = false

  constructor(role: Role, local: TransportParameters, peer: TransportParameters) {
    this.#role = role
    this.#local = local
    this.#peer = peer
    this.#window = new FlowControl(local.maxData, Limits.sessionWindowBytes)
    this.#peerMaxDataBytes = peer.maxData
    this.#counts = new StreamCounts(peer.maxStreams, local.maxStreams)
  }

  /** Number of streams that are not closed. */
  get count(): number {
    return this.#streams.size
  }

  /** Whether a stream may have data to send, new or lost. */
  get hasUnsent(): boolean {
    return this.#active.size > 0 || this.#retransmitting.size > 0
  }

  /** Whether unread bytes fill half of the session's window: a reader should then not wait for more bytes before it reads. */
  get isTight(): boolean {
    return 2 * (this.#receivedOffsetsBytes - this.#readBytes) > this.#window.windowBytes
  }

  /** Whether the peer's flow control limits prevent sending. */
  get isBlocked(): boolean {
    for (const { send } of this.#streams.values()) {
      if (send.isBlocked || (send.unsentBytes > 0 && this.#creditBytes <= 0)) return true
    }
    return false
  }

  /** Opens a stream; undefined while the peer's limit does not allow it. */
  open(): Stream | undefined {
    const index = this.#counts.open()
    return index === undefined ? undefined : this.#add(streamId(this.#role, index))
  }

  /** Appends a block, which must not change until it is acknowledged. */
  write(stream: Stream, bytes: Uint8Array): void {
    stream.send.write(bytes)
    stream.isFull = stream.send.unsentBytes > Limits.unsentBytes
    this.#active.add(stream)
  }

  finish(stream: Stream): void {
    stream.send.finish()
    this.#active.add(stream)
  }

  reset(stream: Stream, code: number): void {
    stream.send.reset(code)
    this.#active.add(stream)
  }

  /** Stops reading: unread bytes are discarded, and the peer receives STOP_SENDING with `code`. */
  stop(stream: Stream, code: number): void {
    const unread = stream.receive.furthestBytes - stream.receive.readBytes
    if (!stream.receive.isSettled) {
      stream.stopSendingDue = code
      this.#controlPending.add(stream)
    }
    stream.receive.stop()
    this.#onRead(stream, unread)
  }

  /** Reads the next bytes in order, at most `maxBytes`; undefined when there are none. */
  read(stream: Stream, maxBytes?: number): Uint8Array | undefined {
    const bytes = stream.receive.read(maxBytes)
    if (bytes !== undefined) this.#onRead(stream, bytes.length)
    return bytes
  }

  onStreamFrame(frame: StreamFrame): StreamOutcome {
    const stream = this.#streamOfFrame(frame.id)
    if (typeof stream === "string") return stream
    const { receive } = stream
    const furthestBefore = receive.furthestBytes
    const readBefore = receive.readBytes
    const outcome = receive.onFrame(frame, this.#window.limitBytes - this.#receivedOffsetsBytes)
    this.#receivedOffsetsBytes += receive.furthestBytes - furthestBefore
    this.#onRead(stream, receive.readBytes - readBefore)
    if (outcome === "Accepted" && (receive.readableBytes > 0 || receive.isAtEnd)) this.#events.onReadable(stream)
    this.#events.onBufferPressure(this.isTight, this.#streams.values())
    return outcome
  }

  onResetStream(id: number, code: number, finalBytes: number): StreamOutcome {
    const stream = this.#streamOfFrame(id)
    if (typeof stream === "string") return stream
    const { receive } = stream
    const furthestBefore = receive.furthestBytes
    const unread = finalBytes - receive.readBytes
    const outcome = receive.onReset(code, finalBytes, this.#window.limitBytes - this.#receivedOffsetsBytes)
    if (outcome !== "Accepted") return outcome
    this.#receivedOffsetsBytes += receive.furthestBytes - furthestBefore
    if (receive.resetCode !== undefined) this.#onRead(stream, unread)
    this.#events.onReadable(stream)
    return outcome
  }

  onStopSending(id: number, code: number): StreamOutcome {
    const stream = this.#streamOfFrame(id)
    if (typeof stream === "string") return stream
    stream.stoppedCode = code
    this.reset(stream, code)
    this.#events.onWritable(stream)
    return "Accepted"
  }

  onMaxStreamData(id: number, bytes: number): StreamOutcome {
    const stream = this.#streamOfFrame(id)
    if (typeof stream === "string") return stream
    stream.send.raiseLimit(bytes)
    this.#active.add(stream)
    return "Accepted"
  }

  onMaxData(bytes: number): void {
    if (bytes <= this.#peerMaxDataBytes) return
    this.#peerMaxDataBytes = bytes
    for (const stream of this.#streams.values()) if (stream.send.unsentBytes > 0) this.#active.add(stream)
  }

  onMaxStreams(count: number): void {
    if (this.#counts.onMaxStreams(count)) this.#events.onMayOpen()
  }

  /** The next control frame, of at most `smallFrameBytes`. */
  nextControl(roundTripMillis: number, now: number): Frame | undefined {
    if (this.#isMaxDataDue) {
      this.#isMaxDataDue = false
      return { _tag: "MaxData", bytes: this.#window.raise(this.#readBytes, roundTripMillis, now) }
    }
    if (this.#counts.isMaxStreamsDue) return { _tag: "MaxStreams", count: this.#counts.takeMaxStreams() }
    for (const stream of this.#controlPending) {
      if (stream.stopSendingDue !== undefined) {
        const frame: Frame = { _tag: "StopSending", id: stream.id, code: stream.stopSendingDue }
        stream.stopSendingDue = undefined
        return frame
      }
      this.#controlPending.delete(stream)
      if (!stream.isMaxStreamDataDue || stream.receive.isSettled) continue
      stream.isMaxStreamDataDue = false
      const { readBytes, window } = stream.receive
      return { _tag: "MaxStreamData", id: stream.id, bytes: window.raise(readBytes, roundTripMillis, now) }
    }
    return undefined
  }

  /** Whether {@link nextControl} may have a frame. */
  get hasControl(): boolean {
    return this.#isMaxDataDue || this.#counts.isMaxStreamsDue || this.#controlPending.size > 0
  }

  /** The next STREAM or RESET_STREAM frame, of at most `roomBytes`; streams are served in turn. */
  nextFrame(roomBytes: number): Frame | undefined {
    if (roomBytes < smallFrameBytes + 1) return undefined
    const retransmission = this.#retransmitting.size > 0 ? this.#nextFrom(this.#retransmitting, roomBytes) : undefined
    return retransmission ?? this.#nextFrom(this.#active, roomBytes)
  }

  #nextFrom(queue: Set<Stream>, roomBytes: number): Frame | undefined {
    for (const stream of queue) {
      const sentBefore = stream.send.sentBytes
      const frame = stream.send.nextFrame(roomBytes, this.#creditBytes)
      if (frame === undefined) {
        queue.delete(stream)
        continue
      }
      this.#sentBytes += stream.send.sentBytes - sentBefore
      if (stream.takeWritable()) this.#events.onWritable(stream)
      const isReady = stream.send.isReady(this.#creditBytes)
      const next = stream.send.hasLost ? this.#retransmitting : isReady ? this.#active : undefined
      // A stream that is alone stays in the set: removing and adding it costs more than the rest of this method.
      if (next === queue && queue.size === 1) return frame
      queue.delete(stream)
      next?.add(stream)
      return frame
    }
    return undefined
  }

  onFrameAcked(frame: Frame): void {
    if (frame._tag !== "Stream" && frame._tag !== "ResetStream") return
    const stream = this.#streams.get(frame.id)
    if (stream === undefined) return
    stream.send.onAcked(frame)
    if (stream.send.isSettled) this.#events.onSettled(stream)
    this.#forgetSettled(stream)
  }

  onFrameLost(frame: Frame): void {
    switch (frame._tag) {
      case "MaxData":
        if (frame.bytes === this.#window.limitBytes) this.#isMaxDataDue = true
        return
      case "MaxStreams":
        this.#counts.onMaxStreamsLost()
        return
      case "Stream":
      case "ResetStream":
      case "MaxStreamData":
      case "StopSending": {
        const stream = this.#streams.get(frame.id)
        if (stream === undefined) return
        if (stream.onLost(frame)) this.#controlPending.add(stream)
        else this.#retransmitting.add(stream)
      }
    }
  }

  /** The events since the last call. */
  pollEvents(): ReadonlyArray<StreamEvent> {
    return this.#events.poll()
  }

  get #creditBytes(): number {
    return this.#peerMaxDataBytes - this.#sentBytes
  }

  #add(id: number): Stream {
    const stream = new Stream(id, this.#peer.maxStreamData, this.#local.maxStreamData)
    this.#streams.set(id, stream)
    return stream
  }

  /** The stream of a peer's frame, opened if necessary; the outcome where there is none: frames for a closed stream are ignored. */
  #streamOfFrame(id: number): Stream | StreamOutcome {
    const known = this.#streams.get(id)
    if (known !== undefined) return known
    const index = indexOf(id)
    const counts = this.#counts
    if (openerOf(id) === this.#role) return index < counts.openedByUs ? "Accepted" : "StreamStateError"
    if (index < counts.openedByPeer) return "Accepted"
    if (index >= counts.peerLimit) return "StreamLimitError"
    while (counts.openedByPeer <= index) this.#events.onOpened(this.#add(streamId(openerOf(id), counts.openPeers())))
    return this.#streams.get(id) ?? "StreamStateError"
  }

  #onRead(stream: Stream, bytes: number): void {
    this.#readBytes += bytes
    if (this.#window.isUpdateDue(this.#readBytes)) this.#isMaxDataDue = true
    if (stream.receive.window.isUpdateDue(stream.receive.readBytes) && !stream.receive.isSettled) {
      stream.isMaxStreamDataDue = true
      this.#controlPending.add(stream)
    }
    this.#forgetSettled(stream)
  }

  /** Removes the stream when both of its directions are complete; if the peer opened it, the peer may open another. */
  #forgetSettled(stream: Stream): void {
    const { receive, send } = stream
    const isReceived = receive.isAtEnd || receive.resetCode !== undefined ||
      (receive.isSettled && receive.readableBytes === 0)
    if (!send.isSettled || !isReceived || !this.#streams.delete(stream.id)) return
    this.#active.delete(stream)
    this.#retransmitting.delete(stream)
    this.#controlPending.delete(stream)
    if (openerOf(stream.id) !== this.#role) this.#counts.onPeerStreamClosed()
  }
}
