/**
 * A session of the wire tcp after its handshake (docs/PROTOCOL.md, tcp §4–§6): the frames and streams of flock in records. TCP delivers
 * them once and in order, so that there is no loss, no congestion control and no path; ACK says how many records have arrived. Times are
 * milliseconds. Order of calls: input, `nextRecord` until there is none, `pollEvents`, `deadline`.
 */
import { closeCode, type CloseName, type CloseReason } from "../flock/CloseCode.ts"
import type { ConnectionEvent } from "../flock/Connection.ts"
import { IdleTimer } from "../flock/path/IdleTimer.ts"
import { RoundTrip } from "../flock/recovery/RoundTrip.ts"
import type { ServerBudget } from "../flock/streams/ServerBudget.ts"
import type { Role } from "../flock/streams/Stream.ts"
import { type StreamOutcome, Streams } from "../flock/streams/Streams.ts"
import {
  ackBytes,
  type AckFrame,
  type Frame,
  readAll,
  smallFrameBytes,
  write as writeFrame
} from "../flock/wire/Frame.ts"
import { isAckEliciting } from "../flock/wire/Frame.ts"
import * as Limits from "../ProtocolLimits.ts"
import { AckSchedule } from "./AckSchedule.ts"
import { framed, type RecordProtection } from "./Records.ts"
import * as TcpLimits from "./TcpLimits.ts"
import type { TcpParameters } from "./TcpPayload.ts"
import { UnackedRecords } from "./UnackedRecords.ts"

export interface RecordConnectionOptions {
  readonly role: Role
  readonly local: TcpParameters
  readonly peer: TcpParameters
  readonly protection: RecordProtection
  /** What the session shares with the others of its server; undefined on a client. */
  readonly budget?: ServerBudget | undefined
}

/** What the session has sent and received, after its handshake. */
export interface RecordCounters {
  sentRecords: number
  sentBytes: number
  deliveredBytes: number
  receivedRecords: number
  receivedBytes: number
}

export class RecordConnection {
  readonly streams: Streams
  readonly roundTrip = new RoundTrip()
  readonly counters: RecordCounters = {
    sentRecords: 0,
    sentBytes: 0,
    deliveredBytes: 0,
    receivedRecords: 0,
    receivedBytes: 0
  }
  readonly #protection: RecordProtection
  readonly #maxAckDelayMillis: number
  readonly #idleTimer: IdleTimer
  readonly #unacked = new UnackedRecords()
  readonly #acks = new AckSchedule()
  /** The frames of the next record are written here before they are encrypted. */
  #plaintext: Uint8Array | undefined
  #state: "Open" | "Closing" | "Closed" = "Open"
  #reason: CloseReason | undefined
  #isReasonEmitted = false
  #isCloseDue = false
  #isPingDue = false
  #closedAt = Infinity

  constructor({ budget, local, peer, protection, role }: RecordConnectionOptions, now: number) {
    this.#protection = protection
    this.#maxAckDelayMillis = peer.maxAckDelayMicros / 1000
    this.streams = new Streams(role, local, peer, budget)
    // The client keeps the session alive, and gives up first: a server remembers it while it sleeps.
    const isKeptAlive = role === "client"
    const idleTimeoutMillis = isKeptAlive
      ? Math.min(local.idleTimeoutMillis, peer.idleTimeoutMillis)
      : local.idleTimeoutMillis
    this.#idleTimer = new IdleTimer(idleTimeoutMillis, isKeptAlive, now)
  }

  /** Whether neither side has closed the session. */
  get isOpen(): boolean {
    return this.#state === "Open"
  }

  /** Whether this side has written everything, CLOSE too: the connection can be finished. */
  get isFinished(): boolean {
    return this.#state !== "Open" && !this.#isCloseDue
  }

  /** Whether the session has ended completely: the connection can be reset, and forgotten. */
  get isClosed(): boolean {
    return this.#state === "Closed"
  }

  /** When `handleTimeout` is due; Infinity when no timer runs. */
  get deadline(): number {
    if (!this.isOpen) return this.#closedAt
    const { expiresAt, keepAliveAt } = this.#idleTimer
    return Math.min(this.#acks.deadline, this.streams.deadline, keepAliveAt, expiresAt)
  }

  /** Bytes of records that are not acknowledged. */
  get inFlightBytes(): number {
    return this.#unacked.bytes
  }

  /** Receives a record, without its length. */
  handleRecord(record: Uint8Array, now: number): void {
    // A peer that closes has sent everything before; one that is closed by this side is not read any more.
    if (!this.isOpen) return
    const plaintext = this.#protection.open(record)
    if (plaintext === undefined) return this.#break("a record was changed on the way")
    this.counters.receivedRecords++
    this.counters.receivedBytes += record.length
    this.#idleTimer.onReceived(now)
    const frames = readAll(plaintext, 0, plaintext.length)
    if (frames === undefined) return this.close(closeCode.ProtocolViolation, "", now)
    this.#acks.onRecord(frames, record.length, now)
    for (const frame of frames) {
      const outcome = this.#handleFrame(frame, now)
      if (outcome !== "Accepted") this.close(closeCode[outcome === "Full" ? "ProtocolViolation" : outcome], "", now)
      if (!this.isOpen) return
    }
  }

  /** The peer has ended its direction of the connection, or the connection has failed; `why` is what happened, if it is known. */
  onDisconnected(why = ""): void {
    if (this.isOpen) this.#break(why)
    else this.#end()
  }

  /** Runs every timer that is due at `now`. */
  handleTimeout(now: number): void {
    if (!this.isOpen) {
      if (now >= this.#closedAt) this.#end()
      return
    }
    const lateMillis = now - this.deadline
    if (lateMillis > Limits.stallMillis && lateMillis < Infinity) this.#idleTimer.onStall(lateMillis)
    if (this.#idleTimer.hasExpired(now)) {
      this.#reason = { by: "Idle", code: 0, text: "" }
      return this.#end()
    }
    if (now >= this.#idleTimer.keepAliveAt) {
      this.#isPingDue = true
      // Also where the connection has no room for it now.
      this.#idleTimer.onSent(now)
    }
    this.#acks.onTimeout(now)
    this.streams.handleTimeout(now)
  }

  /** The next record to write, with its length; undefined when there is none. */
  nextRecord(now: number): Uint8Array | undefined {
    if (this.#isCloseDue) {
      this.#isCloseDue = false
      const { code = closeCode.NoError, text = "" } = this.#reason ?? {}
      return this.#sealed([{ _tag: "Close", code, reason: text }], now)
    }
    if (!this.isOpen) return undefined
    return this.#sealed(this.#frames(now), now)
  }

  /** Closes the session immediately, with CLOSE to the peer: data that was not acknowledged is abandoned. No effect on a closed one. */
  close(code: number, text: string, now: number): void {
    if (!this.isOpen) return
    this.#reason = { by: "us", code, text }
    this.#isCloseDue = true
    this.#beginClosing(now)
  }

  /** The events since the last call, in the order in which they occurred; a `Closed` is last. */
  pollEvents(): ReadonlyArray<ConnectionEvent> {
    const events = this.streams.pollEvents()
    if (this.#reason === undefined || this.#isReasonEmitted) return events
    this.#isReasonEmitted = true
    return [...events, { _tag: "Closed", reason: this.#reason }]
  }

  /** Overwrites the keys, once the session has ended or is given up. */
  free(): void {
    this.#protection.free()
  }

  #handleFrame(frame: Frame, now: number): StreamOutcome | CloseName {
    switch (frame._tag) {
      case "Stream":
        return this.streams.onStreamFrame(frame)
      case "Ack":
        return this.#onAck(frame, now)
      case "ResetStream":
        return this.streams.onResetStream(frame.id, frame.code, frame.finalBytes)
      case "StopSending":
        return this.streams.onStopSending(frame.id, frame.code)
      case "MaxStreamData":
        return this.streams.onMaxStreamData(frame.id, frame.bytes)
      case "MaxData":
        this.streams.onMaxData(frame.bytes)
        return "Accepted"
      case "MaxStreams":
        this.streams.onMaxStreams(frame.count)
        return "Accepted"
      case "Close":
        this.#reason = { by: "peer", code: frame.code, text: frame.reason }
        this.#beginClosing(now)
        return "Accepted"
      case "Ping":
      case "Datagram":
        return "Accepted"
      case "PathChallenge":
      case "PathResponse":
        return "ProtocolViolation"
    }
  }

  /** All records up to the largest number have arrived. */
  #onAck({ delayMicros, ranges }: AckFrame, now: number): "Accepted" | "ProtocolViolation" {
    const [first, largest = -1] = ranges
    if (ranges.length !== 2 || first !== 0 || largest >= this.counters.sentRecords) return "ProtocolViolation"
    const acked = this.#unacked.ack(largest)
    for (const { bytes, frames } of acked) {
      this.counters.deliveredBytes += bytes
      for (const frame of frames) this.streams.onFrameAcked(frame)
    }
    const newest = acked.at(-1)
    if (newest?.number === largest) {
      this.roundTrip.sample(now - newest.sentAt, Math.min(delayMicros / 1000, this.#maxAckDelayMillis))
    }
    return "Accepted"
  }

  /** The frames of the next record, written to `#plaintext`. Data waits while too much is not acknowledged. */
  #frames(now: number): ReadonlyArray<Frame> {
    const frames: Array<Frame> = []
    let room = TcpLimits.recordBytes - this.#protection.tagBytes
    const add = (frame: Frame, bytes: number): void => {
      frames.push(frame)
      room -= bytes
    }
    if (this.#isPingDue) {
      this.#isPingDue = false
      add({ _tag: "Ping" }, 1)
    }
    while (room >= smallFrameBytes + ackBytes(1) && !this.#unacked.isFull) {
      const frame = this.streams.nextControl(this.roundTrip.smoothedMillis, now)
      if (frame === undefined) break
      add(frame, smallFrameBytes)
    }
    while (room > smallFrameBytes + ackBytes(1) && !this.#unacked.isFull) {
      const frame = this.streams.nextFrame(room - ackBytes(1))
      if (frame === undefined) break
      add(frame, frame._tag === "Stream" ? smallFrameBytes + frame.end - frame.start : smallFrameBytes)
    }
    const ack = this.#acks.take(now, frames.length > 0)
    return ack === undefined ? frames : [ack, ...frames]
  }

  #sealed(frames: ReadonlyArray<Frame>, now: number): Uint8Array | undefined {
    if (frames.length === 0) return undefined
    this.#plaintext ??= new Uint8Array(TcpLimits.recordBytes - this.#protection.tagBytes)
    let end = 0
    for (const frame of frames) end = writeFrame(this.#plaintext, end, frame)
    const record = this.#protection.seal(this.#plaintext.subarray(0, end))
    const eliciting = frames.filter(isAckEliciting)
    if (eliciting.length > 0) this.#unacked.add(this.counters.sentRecords, eliciting, record.length, now)
    this.counters.sentRecords++
    this.counters.sentBytes += record.length
    this.#idleTimer.onSent(now)
    return framed(record)
  }

  /** The session is over, and the connection is not used any more. */
  #break(why: string): void {
    this.#reason ??= { by: "Broken", code: 0, text: why }
    this.#end()
  }

  #beginClosing(now: number): void {
    this.#state = "Closing"
    this.#closedAt = now + TcpLimits.closingMillis
  }

  #end(): void {
    this.#state = "Closed"
    this.#isCloseDue = false
    this.#closedAt = Infinity
    this.free()
  }
}
