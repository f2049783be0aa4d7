/**
 * The streams of a session (RFC 9000 §2–4; docs/PROTOCOL.md, flock §5): opens and removes them, applies the session's flow control,
 * and collects their frames. PacketBuilder writes the frames; LossDetection reports which were acknowledged or lost.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Frame, StreamFrame } from "../wire/Frame.ts"
import type { TransportParameters } from "../wire/TransportParameters.ts"
import { ControlFrames } from "./ControlFrames.ts"
import { FlowControl } from "./FlowControl.ts"
import { OutOfOrderSpace } from "./OutOfOrderSpace.ts"
import * as PacketRoom from "./PacketRoom.ts"
import type { Outcome } from "./ReceiveStream.ts"
import { SendScheduler } from "./SendScheduler.ts"
import type { ServerBudget } from "./ServerBudget.ts"
import { indexOf, openerOf, type Role, Stream, streamId } from "./Stream.ts"
import { StreamCounts } from "./StreamCounts.ts"
import { type StreamEvent, StreamEvents } from "./StreamEvents.ts"

/** Outcome of a frame for a stream. An error closes the session (docs/PROTOCOL.md, flock §4.11). */
export type StreamOutcome = Outcome | "StreamLimitError" | "StreamStateError"

/** What one side allows the streams of its peer at first. */
export type StreamParameters = Pick<TransportParameters, "maxData" | "maxStreamData" | "maxStreams">

/** The streams of one session. */
export class Streams {
  readonly #role: Role
  readonly #local: StreamParameters
  readonly #peer: StreamParameters
  readonly #streams = new Map<number, Stream>()
  readonly #window: FlowControl
  readonly #space: OutOfOrderSpace
  readonly #events = new StreamEvents()
  #readBytes = 0
  /** Sum of the highest received offsets of all streams: the session's flow control counts it. */
  #receivedOffsetsBytes = 0
  readonly #counts: StreamCounts
  readonly #control: ControlFrames
  readonly #scheduler: SendScheduler

  /** `budget` is what the sessions of a server share; without it the session has its own limits only. */
  constructor(role: Role, local: StreamParameters, peer: StreamParameters, budget?: ServerBudget) {
    this.#role = role
    this.#local = local
    this.#peer = peer
    const mayGrow = (bytes: number): boolean => budget === undefined || budget.credit.grow(bytes)
    this.#window = new FlowControl(local.maxData, Limits.sessionWindowBytes, mayGrow)
    this.#space = new OutOfOrderSpace(this.#window)
    this.#scheduler = new SendScheduler(peer.maxData, (stream) => this.#events.onWritable(stream))
    this.#counts = new StreamCounts(peer.maxStreams, local.maxStreams, budget?.resets)
    this.#control = new ControlFrames(this.#window, this.#counts)
  }

  /** Number of streams that are not closed. */
  get count(): number {
    return this.#streams.size
  }

  /** Size of the session's flow control window, in bytes. */
  get windowBytes(): number {
    return this.#window.windowBytes
  }

  /** Whether a stream may have data to send, new or lost. */
  get hasUnsent(): boolean {
    return this.#scheduler.hasUnsent
  }

  /** Whether unread bytes fill half of the session's window: a reader should then not wait for more bytes before it reads. */
  get isTight(): boolean {
    return 2 * (this.#receivedOffsetsBytes - this.#readBytes) > this.#window.windowBytes
  }

  /** Whether the peer's flow control limits prevent sending. */
  get isBlocked(): boolean {
    for (const { send } of this.#streams.values()) {
      if (send.isBlocked || (send.unsentBytes > 0 && this.#scheduler.creditBytes <= 0)) return true
    }
    return false
  }

  /** Opens a stream; undefined while the peer's limit does not allow it. */
  open(): Stream | undefined {
    const index = this.#counts.open()
    if (index === undefined) return undefined
    const stream = this.#add(streamId(this.#role, index))
    stream.isOpened = true
    return stream
  }

  /** Appends a block, which must not change until it is acknowledged. */
  write(stream: Stream, bytes: Uint8Array): void {
    stream.send.write(bytes)
    stream.isFull = stream.send.unsentBytes > Limits.unsentBytes
    this.#scheduler.activate(stream)
  }

  finish(stream: Stream): void {
    stream.send.finish()
    this.#scheduler.activate(stream)
  }

  reset(stream: Stream, code: number): void {
    stream.send.reset(code)
    this.#scheduler.activate(stream)
  }

  /** Stops reading: unread bytes are discarded, and the peer receives STOP_SENDING with `code`. */
  stop(stream: Stream, code: number): void {
    const unread = stream.receive.furthestBytes - stream.receive.readBytes
    if (!stream.receive.isSettled) this.#control.stopSending(stream, code)
    stream.receive.stop()
    this.#onRead(stream, unread)
  }

  /** Reads the next bytes in order, at most `maxBytes`; undefined when there are none. */
  read(stream: Stream, maxBytes?: number): Uint8Array | undefined {
    const bytes = stream.receive.read(maxBytes)
    if (bytes !== undefined) this.#onRead(stream, bytes.length)
    return bytes
  }

  /** Whether there is room for all frames of a packet: then none of them is `Full`. */
  hasRoomFor(frames: ReadonlyArray<Frame>): boolean {
    return PacketRoom.hasRoomFor(frames, this.#space, (id) => this.#receiverOf(id))
  }

  /** Whether the frame continues its stream, or repeats bytes of it. */
  isInOrder(frame: StreamFrame): boolean {
    return PacketRoom.isInOrder(frame, this.#receiverOf(frame.id))
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
    if (outcome === "Accepted" && (receive.readableBytes > 0 || receive.isAtEnd)) {
      this.#events.onOpened(stream)
      this.#events.onReadable(stream)
    }
    this.#events.onBufferPressure(this.isTight, this.#streams.values())
    return outcome
  }

  onResetStream(id: number, code: number, finalBytes: number): StreamOutcome {
    const stream = this.#streamOfFrame(id)
    if (typeof stream === "string") return stream
    const { receive } = stream
    const wasStopped = receive.isStopped
    const furthestBefore = receive.furthestBytes
    const unread = finalBytes - receive.readBytes
    const outcome = receive.onReset(code, finalBytes, this.#window.limitBytes - this.#receivedOffsetsBytes)
    if (outcome !== "Accepted") return outcome
    this.#receivedOffsetsBytes += receive.furthestBytes - furthestBefore
    stream.isAbandoned ||= receive.resetCode !== undefined && !wasStopped
    // The application has never had the stream, and does not end this side of it.
    if (!stream.isOpened) this.reset(stream, code)
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
    this.#scheduler.activate(stream)
    return "Accepted"
  }

  onMaxData(bytes: number): void {
    if (!this.#scheduler.raiseLimit(bytes)) return
    for (const stream of this.#streams.values()) if (stream.send.unsentBytes > 0) this.#scheduler.activate(stream)
  }

  onMaxStreams(count: number): void {
    if (this.#counts.onMaxStreams(count)) this.#events.onMayOpen()
  }

  /** The next control frame, of at most `smallFrameBytes`. */
  nextControl(roundTripMillis: number, now: number): Frame | undefined {
    return this.#control.next(this.#readBytes, roundTripMillis, now)
  }

  /** Whether {@link nextControl} may have a frame. */
  get hasControl(): boolean {
    return this.#control.isDue
  }

  /** The next STREAM or RESET_STREAM frame, of at most `roomBytes`; streams are served in turn. */
  nextFrame(roomBytes: number): Frame | undefined {
    return this.#scheduler.nextFrame(roomBytes)
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
        return this.#control.onMaxDataLost(frame.bytes)
      case "MaxStreams":
        this.#counts.onMaxStreamsLost()
        return
      case "Stream":
      case "ResetStream":
      case "MaxStreamData":
      case "StopSending": {
        const stream = this.#streams.get(frame.id)
        if (stream === undefined) return
        if (stream.onLost(frame)) this.#control.onLost(stream)
        else this.#scheduler.retransmit(stream)
      }
    }
  }

  /** When {@link handleTimeout} is due, in milliseconds. */
  get deadline(): number {
    return this.#counts.deadline
  }

  /** Lets the peer open streams in place of those that it has reset, as many as the limits allow at `now`. */
  handleTimeout(now: number): void {
    this.#counts.releaseResets(now)
  }

  /** The events since the last call. */
  pollEvents(): ReadonlyArray<StreamEvent> {
    return this.#events.poll()
  }

  #add(id: number): Stream {
    const stream = new Stream(id, this.#peer.maxStreamData, this.#local.maxStreamData, this.#space)
    this.#streams.set(id, stream)
    return stream
  }

  #receiverOf(id: number): PacketRoom.Receiver {
    const known = this.#streams.get(id)
    if (known !== undefined) return known.receive
    return openerOf(id) !== this.#role && indexOf(id) >= this.#counts.openedByPeer ? "New" : undefined
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
    while (counts.openedByPeer <= index) this.#add(streamId(openerOf(id), counts.openPeers()))
    return this.#streams.get(id) ?? "StreamStateError"
  }

  #onRead(stream: Stream, bytes: number): void {
    this.#readBytes += bytes
    this.#control.onRead(stream, this.#readBytes)
    this.#forgetSettled(stream)
  }

  /** Removes the stream when both of its directions are complete; if the peer opened it, the peer may open another. */
  #forgetSettled(stream: Stream): void {
    const { receive, send } = stream
    const isReceived = receive.isAtEnd || receive.resetCode !== undefined ||
      (receive.isSettled && receive.readableBytes === 0)
    if (!send.isSettled || !isReceived || !this.#streams.delete(stream.id)) return
    this.#scheduler.forget(stream)
    this.#control.forget(stream)
    if (openerOf(stream.id) === this.#role) return
    if (stream.isAbandoned) this.#counts.onPeerStreamReset()
    else this.#counts.onPeerStreamClosed()
  }
}
