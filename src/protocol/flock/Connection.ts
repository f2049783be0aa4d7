/**
 * A session after its handshake: packets in, packets out, deadlines, the end (RFC 9000). It joins what the parts know and has no
 * clock, no socket and no randomness of its own.
 */
import * as Limits from "../ProtocolLimits.ts"
import { closeCode, type CloseName, type CloseReason } from "./CloseCode.ts"
import { Closing } from "./Closing.ts"
import { type Congestion, initialWindowBytes } from "./congestion/Congestion.ts"
import { Pacer } from "./congestion/Pacer.ts"
import type { Protection } from "./handshake/Protection.ts"
import { PacketBuilder } from "./PacketBuilder.ts"
import { IdleTimer } from "./path/IdleTimer.ts"
import { MtuDiscovery } from "./path/MtuDiscovery.ts"
import { type Path, PathValidation } from "./path/PathValidation.ts"
import { LossDetection } from "./recovery/LossDetection.ts"
import { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import type { Role } from "./streams/Stream.ts"
import type { StreamEvent } from "./streams/StreamEvents.ts"
import { type StreamOutcome, Streams } from "./streams/Streams.ts"
import { type LimitingFactor, Transmission, type Transmit } from "./Transmission.ts"
import { type Frame, isAckEliciting, readAll } from "./wire/Frame.ts"
import { dataHeaderBytes, numberOf } from "./wire/Packet.ts"
import type { TransportParameters } from "./wire/TransportParameters.ts"

export interface ConnectionOptions {
  readonly role: Role
  /** Whom packets to us, and to the peer, are for. */
  readonly localId: number
  readonly remoteId: number
  readonly local: TransportParameters
  readonly peer: TransportParameters
  readonly protection: Protection
  readonly congestion: Congestion
  readonly path: Path
  /** The largest datagram that the interface takes, in bytes of UDP payload. */
  readonly maxDatagramBytes: number
  /** From 0 up to but not including 1; not to be guessed. */
  readonly random: () => number
  /** What the handshake took, in milliseconds; undefined when a repeat makes it doubtful. */
  readonly roundTripMillis: number | undefined
  /** HELLO3, for a client. */
  readonly prefix?: Uint8Array
  readonly isKeptAlive: boolean
  /** Bytes a millisecond, of UDP payload, that are sent at the most. */
  readonly limitBytesPerMilli: number
}

export type ConnectionEvent = StreamEvent | { readonly type: "Closed"; readonly reason: CloseReason }

export interface ConnectionCounters {
  receivedPackets: number
  receivedBytes: number
  /** Packets that were dropped: not authentic, seen before, not well-formed, no room. */
  damaged: number
  duplicates: number
  malformed: number
  full: number
}

export class Connection {
  readonly localId: number
  readonly streams: Streams
  readonly recovery: LossDetection
  readonly pathMtu: MtuDiscovery
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
  readonly #paths: PathValidation
  readonly #idle: IdleTimer
  readonly #transmission: Transmission
  readonly #ending = new Closing()

  constructor(options: ConnectionOptions, now: number) {
    const { congestion, local, peer, protection, random, role } = options
    this.localId = options.localId
    this.#protection = protection
    this.streams = new Streams(role, local, peer)
    this.pathMtu = new MtuDiscovery(Math.min(options.maxDatagramBytes, peer.maxDatagramBytes))
    this.#paths = new PathValidation(options.path, () => Math.floor(random() * Number.MAX_SAFE_INTEGER))
    this.#idle = new IdleTimer(Math.min(local.idleMillis, peer.idleMillis), options.isKeptAlive, now)
    this.recovery = new LossDetection(congestion, peer.maxAckDelayMicros / 1000, {
      onFrameAcked: (frame) => this.streams.onFrameAcked(frame),
      onFrameLost: (frame) => this.streams.onFrameLost(frame),
      onProbe: (bytes, arrived) => this.#onProbe(bytes, arrived),
      onDatagram: (bytes, arrived, sentAt) => {
        const { smoothedMillis } = this.recovery.roundTrip
        if (this.pathMtu.onDatagram(bytes, arrived, sentAt, smoothedMillis)) this.#fitDatagrams()
      }
    })
    if (options.roundTripMillis !== undefined) this.recovery.roundTrip.sample(options.roundTripMillis, 0)
    const writer = new PacketBuilder(options.remoteId, protection, this.recovery, this.#received, this.streams)
    this.#transmission = new Transmission(
      {
        recovery: this.recovery,
        received: this.#received,
        streams: this.streams,
        writer,
        pacer: new Pacer(initialWindowBytes(Limits.leastDatagramBytes), now),
        pathMtu: this.pathMtu,
        paths: this.#paths,
        random,
        peerBufferBytes: peer.receiveBufferBytes,
        limitBytesPerMilli: options.limitBytesPerMilli
      },
      options.prefix,
      now
    )
    if (options.prefix !== undefined) this.#transmission.ping()
  }

  /** Where the peer is. */
  get path(): Path {
    return this.#paths.current
  }

  get isClosed(): boolean {
    return this.#ending.isClosed
  }

  get isOpen(): boolean {
    return this.#ending.isOpen
  }

  /** When `handleTimeout` is due, in milliseconds. */
  get deadline(): number {
    if (!this.isOpen) return this.#ending.deadline
    return Math.min(
      this.recovery.deadline,
      this.#received.deadline,
      this.#transmission.deadline,
      this.#paths.deadline,
      this.#idle.keepAliveAt,
      this.#idle.lostAt
    )
  }

  /** Milliseconds for which each thing held the sender back, and what left. */
  get limitedMillis(): Readonly<Record<LimitingFactor, number>> {
    return this.#transmission.limitedMillis
  }

  get sent(): Readonly<{ sentPackets: number; sentBytes: number }> {
    return this.#transmission.counters
  }

  /** A DATA packet for this session, from `start` up to `end`, that came from `from`. */
  handlePacket(bytes: Uint8Array, start: number, end: number, from: Path, now: number): void {
    if (this.isClosed) return
    const framesAt = start + dataHeaderBytes
    const framesEnd = end - this.#protection.tagBytes
    if (framesEnd < framesAt) return void this.counters.malformed++
    const packetNumber = numberOf(bytes, start, this.#received.largest + 1)
    if (!this.#received.isNew(packetNumber)) return void this.counters.duplicates++
    if (!this.#protection.open(bytes, start, framesAt, framesEnd, packetNumber)) return void this.counters.damaged++
    const frames = readAll(bytes, framesAt, framesEnd)
    if (frames === undefined) return void this.counters.malformed++
    this.counters.receivedPackets++
    this.counters.receivedBytes += end - start
    this.#transmission.confirm()
    if (!this.isOpen) return this.#ending.onLatecomer(frames.some(({ type }) => type === "Close"))
    let elicitsAck = false
    for (const frame of frames) {
      if (isAckEliciting(frame)) elicitsAck = true
      const outcome = this.#handleFrame(frame, from, now)
      if (outcome === "Full") return void this.counters.full++
      if (outcome !== "Taken") return this.close(closeCode[outcome], "", now)
      if (!this.isOpen) return
    }
    this.#received.onReceived(packetNumber, elicitsAck, now)
    this.#idle.onReceived(now)
    this.#paths.onPacket(from, packetNumber === this.#received.largest, now)
  }

  handleTimeout(now: number): void {
    this.#ending.onTimeout(now)
    if (!this.isOpen) return
    if (this.#idle.isLost(now)) return this.#ending.onIdle()
    if (now >= this.#idle.keepAliveAt) {
      this.#idle.onSent(now)
      this.#transmission.ping()
    }
    if (now < this.recovery.deadline) return
    if (!this.recovery.onTimeout(now)) return
    this.#transmission.probe()
    if (this.pathMtu.onTimeout()) this.#fitDatagrams()
  }

  /** What may leave now; `fill` writes it, and then this is asked again. */
  nextTransmit(now: number): Transmit | undefined {
    if (this.#ending.isCloseDue) return { to: this.path, datagramBytes: Limits.leastDatagramBytes }
    return this.isOpen ? this.#transmission.next(now) : undefined
  }

  /** Writes what `nextDeparture` promised at the start of `target`, and returns how many bytes it is. */
  fill(target: Uint8Array, now: number): number {
    if (!this.#ending.isCloseDue) {
      this.#idle.onSent(now)
      return this.#transmission.fill(target, now)
    }
    const { code = closeCode.NoError, text = "" } = this.#ending.reason ?? {}
    this.#ending.onCloseSent()
    return this.#transmission.fillFrames(target, [{ type: "Close", code, reason: text }])
  }

  /** The system says that datagrams of that size do not go. */
  onTooLarge(datagramBytes: number): void {
    this.recovery.forgetProbe(datagramBytes)
    if (this.pathMtu.onTooLarge(datagramBytes)) this.#fitDatagrams()
  }

  /** Ends the session at once: what has not arrived is given up. The peer is told. */
  close(code: number, text: string, now: number): void {
    if (!this.isOpen) return
    const timeoutMillis = this.recovery.roundTrip.probeTimeoutMillis(0, 0)
    this.#ending.close(code, text, now + Limits.closingTimeouts * timeoutMillis)
  }

  /** Ends the session because the host goes away: soon where all that was sent has arrived, for then nobody has to wait. */
  leave(now: number): void {
    this.close(closeCode.NoError, "", now)
    if (!this.streams.hasUnsent && this.recovery.rate.bytesInFlight === 0) this.#ending.leave()
  }

  pollEvents(): ReadonlyArray<ConnectionEvent> {
    const events = this.streams.pollEvents()
    const reason = this.#ending.takeReason()
    return reason === undefined ? events : [...events, { type: "Closed", reason }]
  }

  #handleFrame(frame: Frame, from: Path, now: number): StreamOutcome | CloseName {
    switch (frame.type) {
      case "Stream":
        return this.streams.onStreamFrame(frame)
      case "Ack":
        return this.recovery.onAck(frame, now) ? "Taken" : "ProtocolViolation"
      case "ResetStream":
        return this.streams.onResetStream(frame.id, frame.code, frame.finalBytes)
      case "StopSending":
        return this.streams.onStopSending(frame.id, frame.code)
      case "MaxStreamData":
        return this.streams.onMaxStreamData(frame.id, frame.bytes)
      case "MaxData":
        this.streams.onMaxData(frame.bytes)
        return "Taken"
      case "MaxStreams":
        this.streams.onMaxStreams(frame.count)
        return "Taken"
      case "PathChallenge":
        this.#paths.onChallenge(from, frame.token)
        return "Taken"
      case "PathResponse":
        this.#paths.onResponse(frame.token)
        return "Taken"
      case "Close":
        this.#ending.onClose(frame.code, frame.reason)
        return "Taken"
      case "Ping":
      case "Datagram":
        return "Taken"
    }
  }

  #onProbe(bytes: number, arrived: boolean): void {
    if (!arrived) this.pathMtu.onProbeLost(bytes)
    else if (this.pathMtu.onProbeAcked(bytes)) this.#fitDatagrams()
  }

  #fitDatagrams(): void {
    this.recovery.congestion.onDatagramBytes(this.pathMtu.datagramBytes)
  }
}
