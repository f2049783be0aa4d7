/**
 * All streams of a session: which there are, who may send what, and whose turn it is (RFC 9000 §2–4). It neither builds
 * packets nor knows what is lost: it is told.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Frame, StreamFrame } from "../wire/Frame.ts"
import { smallFrameBytes } from "../wire/Frame.ts"
import type { TransportParameters } from "../wire/TransportParameters.ts"
import { FlowControl } from "./FlowControl.ts"
import type { Outcome } from "./ReceiveStream.ts"
import { indexOf, openerOf, type Role, Stream, streamId } from "./Stream.ts"
import { StreamCounts } from "./StreamCounts.ts"
import { type StreamEvent, StreamEvents } from "./StreamEvents.ts"

/** What became of a frame for a stream: what does not fit the protocol ends the session. */
export type StreamOutcome = Outcome | "StreamLimitError" | "StreamStateError"

export class Streams {
  readonly #role: Role
  readonly #local: TransportParameters
  readonly #peer: TransportParameters
  readonly #streams = new Map<number, Stream>()
  /** Those that may have something to send, in turn. */
  readonly #active = new Set<Stream>()
  /** Those that have to send something again, before anything new of another. */
  readonly #losing = new Set<Stream>()
  /** Those with something small to tell: windows, stops. */
  readonly #telling = new Set<Stream>()
  readonly #window: FlowControl
  readonly #events = new StreamEvents()
  #readBytes = 0
  /** The furthest bytes of all streams together. */
  #furthestBytes = 0
  #allowedBytes: number
  #sentBytes = 0
  readonly #counts: StreamCounts
  #isWindowDue = false

  constructor(role: Role, local: TransportParameters, peer: TransportParameters) {
    this.#role = role
    this.#local = local
    this.#peer = peer
    this.#window = new FlowControl(local.maxData, Limits.sessionWindowBytes)
    this.#allowedBytes = peer.maxData
    this.#counts = new StreamCounts(peer.maxStreams, local.maxStreams)
  }

  /** How many there are. */
  get count(): number {
    return this.#streams.size
  }

  /** What all of them hold that was not sent for the first time. */
  get hasUnsent(): boolean {
    return this.#active.size > 0 || this.#losing.size > 0
  }

  /** Whether what was not read fills half of what the session may hold: nobody should wait for more before he reads. */
  get isTight(): boolean {
    return 2 * (this.#furthestBytes - this.#readBytes) > this.#window.windowBytes
  }

  /** Whether the peer's limits, not the path, hold back what waits. */
  get isBlocked(): boolean {
    for (const { send } of this.#streams.values()) {
      if (send.isBlocked || (send.unsentBytes > 0 && this.#creditBytes <= 0)) return true
    }
    return false
  }

  /** A new stream; undefined while the peer allows no more. */
  open(): Stream | undefined {
    const index = this.#counts.openOurs()
    return index === undefined ? undefined : this.#add(streamId(this.#role, index))
  }

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

  /** Nothing more of it is wanted: what has come is forgotten, and the peer is told. */
  stop(stream: Stream, code: number): void {
    const unread = stream.receive.furthestBytes - stream.receive.readBytes
    if (!stream.receive.isSettled) {
      stream.stopDue = code
      this.#telling.add(stream)
    }
    stream.receive.stop()
    this.#onRead(stream, unread)
  }

  /** The next bytes that came in order; undefined when there are none. */
  read(stream: Stream, maxBytes?: number): Uint8Array | undefined {
    const bytes = stream.receive.read(maxBytes)
    if (bytes !== undefined) this.#onRead(stream, bytes.length)
    return bytes
  }

  onStreamFrame(frame: StreamFrame): StreamOutcome {
    const stream = this.#forFrame(frame.id)
    if (typeof stream === "string") return stream
    const { receive } = stream
    const furthestBefore = receive.furthestBytes
    const readBefore = receive.readBytes
    const outcome = receive.onFrame(frame, this.#window.limitBytes - this.#furthestBytes)
    this.#furthestBytes += receive.furthestBytes - furthestBefore
    this.#onRead(stream, receive.readBytes - readBefore)
    if (outcome === "Taken" && (receive.readableBytes > 0 || receive.isAtEnd)) this.#events.onReadable(stream)
    this.#events.onTightness(this.isTight, this.#streams.values())
    return outcome
  }

  onResetStream(id: number, code: number, finalBytes: number): StreamOutcome {
    const stream = this.#forFrame(id)
    if (typeof stream === "string") return stream
    const { receive } = stream
    const furthestBefore = receive.furthestBytes
    const unread = finalBytes - receive.readBytes
    const outcome = receive.onReset(code, finalBytes, this.#window.limitBytes - this.#furthestBytes)
    if (outcome !== "Taken") return outcome
    this.#furthestBytes += receive.furthestBytes - furthestBefore
    if (receive.resetCode !== undefined) this.#onRead(stream, unread)
    this.#events.onReadable(stream)
    return outcome
  }

  onStopSending(id: number, code: number): StreamOutcome {
    const stream = this.#forFrame(id)
    if (typeof stream === "string") return stream
    stream.stoppedCode = code
    this.reset(stream, code)
    this.#events.onWritable(stream)
    return "Taken"
  }

  onMaxStreamData(id: number, bytes: number): StreamOutcome {
    const stream = this.#forFrame(id)
    if (typeof stream === "string") return stream
    stream.send.allow(bytes)
    this.#active.add(stream)
    return "Taken"
  }

  onMaxData(bytes: number): void {
    if (bytes <= this.#allowedBytes) return
    this.#allowedBytes = bytes
    for (const stream of this.#streams.values()) if (stream.send.unsentBytes > 0) this.#active.add(stream)
  }

  onMaxStreams(count: number): void {
    if (this.#counts.allow(count)) this.#events.onMayOpen()
  }

  /** The next of the small frames, for which there is room. */
  nextControl(roundTripMillis: number, now: number): Frame | undefined {
    if (this.#isWindowDue) {
      this.#isWindowDue = false
      return { type: "MaxData", bytes: this.#window.raise(this.#readBytes, roundTripMillis, now) }
    }
    if (this.#counts.isDue) return { type: "MaxStreams", count: this.#counts.tell() }
    for (const stream of this.#telling) {
      if (stream.stopDue !== undefined) {
        const frame: Frame = { type: "StopSending", id: stream.id, code: stream.stopDue }
        stream.stopDue = undefined
        return frame
      }
      this.#telling.delete(stream)
      if (!stream.isWindowDue || stream.receive.isSettled) continue
      stream.isWindowDue = false
      const { readBytes, window } = stream.receive
      return { type: "MaxStreamData", id: stream.id, bytes: window.raise(readBytes, roundTripMillis, now) }
    }
    return undefined
  }

  get hasControl(): boolean {
    return this.#isWindowDue || this.#counts.isDue || this.#telling.size > 0
  }

  /** The next frame with bytes of a stream, of at most `roomBytes`; streams take turns. */
  nextFrame(roomBytes: number): Frame | undefined {
    if (roomBytes < smallFrameBytes + 1) return undefined
    const again = this.#losing.size > 0 ? this.#nextOf(this.#losing, roomBytes) : undefined
    return again ?? this.#nextOf(this.#active, roomBytes)
  }

  #nextOf(turns: Set<Stream>, roomBytes: number): Frame | undefined {
    for (const stream of turns) {
      const sentBefore = stream.send.sentBytes
      const frame = stream.send.nextFrame(roomBytes, this.#creditBytes)
      if (frame === undefined) {
        turns.delete(stream)
        continue
      }
      this.#sentBytes += stream.send.sentBytes - sentBefore
      if (stream.takeWritable()) this.#events.onWritable(stream)
      const isReady = stream.send.isReady(this.#creditBytes)
      const next = stream.send.hasLost ? this.#losing : isReady ? this.#active : undefined
      // One that is alone has the next turn too: to leave a set and come again costs more than the rest.
      if (next === turns && turns.size === 1) return frame
      turns.delete(stream)
      next?.add(stream)
      return frame
    }
    return undefined
  }

  onFrameAcked(frame: Frame): void {
    if (frame.type !== "Stream" && frame.type !== "ResetStream") return
    const stream = this.#streams.get(frame.id)
    if (stream === undefined) return
    stream.send.onAcked(frame)
    if (stream.send.isSettled) this.#events.onSettled(stream)
    this.#forgetSettled(stream)
  }

  onFrameLost(frame: Frame): void {
    switch (frame.type) {
      case "MaxData":
        if (frame.bytes === this.#window.limitBytes) this.#isWindowDue = true
        return
      case "MaxStreams":
        this.#counts.tellAgain()
        return
      case "Stream":
      case "ResetStream":
      case "MaxStreamData":
      case "StopSending": {
        const stream = this.#streams.get(frame.id)
        if (stream === undefined) return
        if (stream.onLost(frame)) this.#telling.add(stream)
        else this.#losing.add(stream)
      }
    }
  }

  pollEvents(): ReadonlyArray<StreamEvent> {
    return this.#events.poll()
  }

  get #creditBytes(): number {
    return this.#allowedBytes - this.#sentBytes
  }

  #add(id: number): Stream {
    const stream = new Stream(id, this.#peer.maxStreamData, this.#local.maxStreamData)
    this.#streams.set(id, stream)
    return stream
  }

  /** The stream that a peer's frame is about, opened if need be; what is over takes anything. */
  #forFrame(id: number): Stream | StreamOutcome {
    const known = this.#streams.get(id)
    if (known !== undefined) return known
    const index = indexOf(id)
    const counts = this.#counts
    if (openerOf(id) === this.#role) return index < counts.ours ? "Taken" : "StreamStateError"
    if (index < counts.theirs) return "Taken"
    if (index >= counts.theirsAllowed) return "StreamLimitError"
    while (counts.theirs <= index) {
      const stream = this.#add(streamId(openerOf(id), counts.openTheirs()))
      this.#events.onOpened(stream)
    }
    return this.#streams.get(id) ?? "StreamStateError"
  }

  #onRead(stream: Stream, bytes: number): void {
    this.#readBytes += bytes
    if (this.#window.isStale(this.#readBytes)) this.#isWindowDue = true
    if (stream.receive.window.isStale(stream.receive.readBytes) && !stream.receive.isSettled) {
      stream.isWindowDue = true
      this.#telling.add(stream)
    }
    this.#forgetSettled(stream)
  }

  /** Nothing more can happen to it; the peer may open another. */
  #forgetSettled(stream: Stream): void {
    const { receive, send } = stream
    const isReceived = receive.isAtEnd || receive.resetCode !== undefined ||
      (receive.isSettled && receive.readableBytes === 0)
    if (!send.isSettled || !isReceived || !this.#streams.delete(stream.id)) return
    this.#active.delete(stream)
    this.#losing.delete(stream)
    this.#telling.delete(stream)
    if (openerOf(stream.id) !== this.#role) this.#counts.onTheirsOver()
  }
}
