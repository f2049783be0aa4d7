/**
 * A session after its handshake (RFC 9000; docs/PROTOCOL.md, flock §2–§10): it connects streams, recovery, congestion control and
 * path. The caller passes the time, in milliseconds, and random numbers. Order of calls: input (`handlePacket`, `handleTimeout`,
 * stream operations), `nextTransmit` and `fill` until there is no more to send, `pollEvents`, `deadline`.
 */
import * as Limits from "../ProtocolLimits.ts"
import { closeCode, type CloseName, type CloseReason } from "./CloseCode.ts"
import { Closing } from "./Closing.ts"
import { initialWindowBytes } from "./congestion/Congestion.ts"
import { Pacer } from "./congestion/Pacer.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"
import type { Protection } from "./handshake/Protection.ts"
import { PacketBuilder } from "./PacketBuilder.ts"
import { IdleTimer } from "./path/IdleTimer.ts"
import { MtuDiscovery } from "./path/MtuDiscovery.ts"
import { type Path, PathValidation } from "./path/PathValidation.ts"
import { LossDetection } from "./recovery/LossDetection.ts"
import { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import type { StreamEvent } from "./streams/StreamEvents.ts"
import { type StreamOutcome, Streams } from "./streams/Streams.ts"
import { type LimitingFactor, Transmission, type Transmit } from "./Transmission.ts"
import { type Frame, isAckEliciting, pathFrameBytes, readAll } from "./wire/Frame.ts"
import { dataHeaderBytes, numberOf } from "./wire/Packet.ts"

/** `Closed` is emitted once, when the session starts to close, whichever side closed it. */
export type ConnectionEvent = StreamEvent | { readonly _tag: "Closed"; readonly reason: CloseReason }

/** Received packets; the last four count dropped ones by the reason for the drop (docs/PROTOCOL.md, flock §2.7). */
export interface ConnectionCounters {
  receivedPackets: number
  /** Bytes of accepted packets, header and tag included. */
  receivedBytes: number
  /** The tag was wrong. */
  damaged: number
  /** The packet number was received before, or is too old to know. */
  duplicates: number
  /** The packet was too short, or a frame was malformed. */
  malformed: number
  /** A stream had no buffer space for the bytes. */
  full: number
}

/** The state machine of one session. A packet that cannot be accepted is counted, never an exception. */
export class Connection {
  readonly localId: number
  readonly streams: Streams
  readonly recovery: LossDetection
  readonly mtuDiscovery: MtuDiscovery
  readonly counters: ConnectionCounters = {
    receivedPackets: 0,
    receivedBytes: 0,
    damaged: 0,
    duplicates: 0,
    malformed: 0,
    full: 0
  }
  readonly #protection: Protection
  readonly #received = new ReceivedPackets()
  readonly #pathValidation: PathValidation
  readonly #idleTimer: IdleTimer
  readonly #transmission: Transmission
  readonly #closing = new Closing()

  constructor(options: ConnectionOptions, now: number) {
    const { congestion, local, peer, protection, random, role } = options
    this.localId = options.localId
    this.#protection = protection
    this.streams = new Streams(role, local, peer, options.budget)
    this.mtuDiscovery = new MtuDiscovery(Math.min(options.maxDatagramBytes, peer.maxDatagramBytes))
    this.#pathValidation = new PathValidation(
      options.path,
      dataHeaderBytes + pathFrameBytes + protection.tagBytes,
      () => Math.floor(random() * Number.MAX_SAFE_INTEGER)
    )
    // The side that keeps the session alive gives up first: the other remembers it while it sleeps.
    const idleTimeoutMillis = options.isKeptAlive
      ? Math.min(local.idleTimeoutMillis, peer.idleTimeoutMillis)
      : local.idleTimeoutMillis
    this.#idleTimer = new IdleTimer(idleTimeoutMillis, options.isKeptAlive, now)
    this.recovery = new LossDetection(congestion, peer.maxAckDelayMicros / 1000, {
      onFrameAcked: (frame) => this.streams.onFrameAcked(frame),
      onFrameLost: (frame) => this.streams.onFrameLost(frame),
      onMtuProbe: (bytes, isAcked) => this.#onMtuProbe(bytes, isAcked),
      onDatagramOutcome: (bytes, isAcked, sentAt) => {
        const { smoothedMillis } = this.recovery.roundTrip
        if (this.mtuDiscovery.onDatagramOutcome(bytes, isAcked, sentAt, smoothedMillis)) this.#updateDatagramBytes()
      }
    })
    if (options.roundTripMillis !== undefined) this.recovery.roundTrip.sample(options.roundTripMillis, 0)
    const packetBuilder = new PacketBuilder(options.remoteId, protection, this.recovery, this.#received, this.streams)
    this.#transmission = new Transmission(
      {
        recovery: this.recovery,
        received: this.#received,
        streams: this.streams,
        packetBuilder,
        pacer: new Pacer(initialWindowBytes(Limits.leastDatagramBytes), now),
        mtuDiscovery: this.mtuDiscovery,
        pathValidation: this.#pathValidation,
        random,
        peerBufferBytes: peer.receiveBufferBytes,
        limitBytesPerMilli: options.limitBytesPerMilli
      },
      options.prefix,
      now
    )
    if (options.prefix !== undefined) this.#transmission.ping()
  }

  /** The peer's validated address. */
  get path(): Path {
    return this.#pathValidation.current
  }

  /** Whether the session has ended completely and may be forgotten. */
  get isClosed(): boolean {
    return this.#closing.isClosed
  }

  /** Whether neither side has closed the session. */
  get isOpen(): boolean {
    return this.#closing.isOpen
  }

  /** When `handleTimeout` is due, in milliseconds; Infinity when no timer runs. */
  get deadline(): number {
    if (!this.isOpen) return this.#closing.deadline
    return Math.min(
      this.recovery.deadline,
      this.#received.deadline,
      this.#transmission.deadline,
      this.#pathValidation.deadline,
      this.streams.deadline,
      this.#idleTimer.keepAliveAt,
      this.#idleTimer.expiresAt
    )
  }

  /** How long each factor limited the sender, in milliseconds. */
  get limitedMillis(): Readonly<Record<LimitingFactor, number>> {
    return this.#transmission.limitedMillis
  }

  /** Packets that were written, and the bytes of their datagrams. */
  get sent(): Readonly<{ sentPackets: number; sentBytes: number }> {
    return this.#transmission.counters
  }

  /** Receives the DATA packet in [start, end) of `bytes`, sent from `from` (docs/PROTOCOL.md, flock §2.7). */
  handlePacket(bytes: Uint8Array, start: number, end: number, from: Path, now: number): void {
    if (this.isClosed) return
    const framesAt = start + dataHeaderBytes
    const framesEnd = end - this.#protection.tagBytes
    if (framesEnd < framesAt) return void this.counters.malformed++
    const packetNumber = numberOf(bytes, start, this.#received.largest + 1)
    if (!this.#received.isNew(packetNumber)) return void this.counters.duplicates++
    const oldKeyMillis = Limits.closingTimeouts * this.recovery.roundTrip.probeTimeoutMillis(0, 0)
    if (!this.#protection.open(bytes, start, framesAt, framesEnd, packetNumber, now, oldKeyMillis)) {
      return void this.counters.damaged++
    }
    const frames = readAll(bytes, framesAt, framesEnd)
    if (frames === undefined) return void this.counters.malformed++
    this.counters.receivedPackets++
    this.counters.receivedBytes += end - start
    this.#transmission.confirm()
    if (!this.isOpen) return this.#closing.onPacketWhileClosing(frames.some(({ _tag }) => _tag === "Close"))
    let elicitsAck = false
    for (const frame of frames) {
      if (isAckEliciting(frame)) elicitsAck = true
      const outcome = this.#handleFrame(frame, from, now)
      if (outcome === "Full") return void this.counters.full++
      if (outcome !== "Accepted") return this.close(closeCode[outcome], "", now)
      if (!this.isOpen) return
    }
    this.#received.onReceived(packetNumber, elicitsAck, now)
    this.#idleTimer.onReceived(now)
    this.#pathValidation.onPacket(from, packetNumber === this.#received.largest, end - start)
  }

  /** Runs every timer that is due at `now`. */
  handleTimeout(now: number): void {
    this.#closing.onTimeout(now)
    if (!this.isOpen) return
    const isKeepAliveDue = now >= this.#idleTimer.keepAliveAt
    const lateMillis = now - this.deadline
    if (lateMillis > Limits.stallMillis && lateMillis < Infinity) this.#idleTimer.onStall(lateMillis)
    if (this.#idleTimer.hasExpired(now)) return this.#closing.onIdleTimeout()
    if (isKeepAliveDue) {
      this.#idleTimer.onSent(now)
      this.#transmission.ping()
    }
    this.streams.handleTimeout(now)
    if (now < this.recovery.deadline || !this.recovery.onTimeout(now)) return
    this.#transmission.probe()
    if (this.mtuDiscovery.onTimeout()) this.#updateDatagramBytes()
  }

  /** The next run of datagrams that may be sent now, undefined when there is none. After `fill` has written it, call this again. */
  nextTransmit(now: number): Transmit | undefined {
    if (this.#closing.isCloseDue) return { to: this.path, datagramBytes: Limits.leastDatagramBytes }
    return this.isOpen ? this.#transmission.next(now) : undefined
  }

  /** Writes the run that `nextTransmit` returned to the start of `target`, and returns its length in bytes. */
  fill(target: Uint8Array, now: number): number {
    if (!this.#closing.isCloseDue) {
      this.#idleTimer.onSent(now)
      return this.#transmission.fill(target, now)
    }
    const { code = closeCode.NoError, text = "" } = this.#closing.reason ?? {}
    this.#closing.onCloseSent()
    return this.#transmission.fillFrames(target, [{ _tag: "Close", code, reason: text }])
  }

  /** The operating system refused to send a datagram of that size (EMSGSIZE). Closes the session if the path carries none of its datagrams. */
  onTooLarge(datagramBytes: number, now: number): void {
    this.recovery.forgetMtuProbe(datagramBytes)
    if (this.mtuDiscovery.onTooLarge(datagramBytes)) this.#updateDatagramBytes()
    if (this.mtuDiscovery.isPathTooSmall(datagramBytes, now)) this.close(closeCode.NoViablePath, "", now)
  }

  /**
   * Closes the session immediately, with CLOSE of `code` and `text` to the peer: data that was not acknowledged is abandoned. No
   * effect on a session that is closing already.
   */
  close(code: number, text: string, now: number): void {
    if (!this.isOpen) return
    const timeoutMillis = this.recovery.roundTrip.probeTimeoutMillis(0, 0)
    this.#closing.close(code, text, now + Limits.closingTimeouts * timeoutMillis)
  }

  /**
   * Closes the session because the host shuts down. When everything that was sent is acknowledged it skips the closing period,
   * so that the host does not wait for a round trip (docs/PROTOCOL.md, flock §10.2).
   */
  leave(now: number): void {
    this.close(closeCode.NoError, "", now)
    if (!this.streams.hasUnsent && this.recovery.rate.bytesInFlight === 0) this.#closing.onHostLeaving()
  }

  /** The events since the last call, in the order in which they occurred; a `Closed` is last. */
  pollEvents(): ReadonlyArray<ConnectionEvent> {
    const events = this.streams.pollEvents()
    const reason = this.#closing.takeReason()
    return reason === undefined ? events : [...events, { _tag: "Closed", reason }]
  }

  #handleFrame(frame: Frame, from: Path, now: number): StreamOutcome | CloseName {
    switch (frame._tag) {
      case "Stream":
        return this.streams.onStreamFrame(frame)
      case "Ack":
        return this.recovery.onAck(frame, now) ? "Accepted" : "ProtocolViolation"
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
      case "PathChallenge":
        this.#pathValidation.onChallenge(from, frame.token)
        return "Accepted"
      case "PathResponse":
        this.#pathValidation.onResponse(frame.token)
        return "Accepted"
      case "Close":
        this.#closing.onClose(frame.code, frame.reason)
        return "Accepted"
      case "Ping":
      case "Datagram":
        return "Accepted"
    }
  }

  #onMtuProbe(bytes: number, isAcked: boolean): void {
    if (!isAcked) this.mtuDiscovery.onProbeLost(bytes)
    else if (this.mtuDiscovery.onProbeAcked(bytes)) this.#updateDatagramBytes()
  }

  #updateDatagramBytes(): void {
    this.recovery.congestion.onDatagramBytes(this.mtuDiscovery.datagramBytes)
  }
}
