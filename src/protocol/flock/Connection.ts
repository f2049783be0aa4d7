/**
 * A session after its handshake (RFC 9000; docs/PROTOCOL.md, flock §2–§10): it connects streams, recovery, congestion control and
 * path. The caller passes the time, in milliseconds, and random numbers. Order of calls: input (`handlePacket`, `handleTimeout`,
 * stream operations), `nextTransmit` and `fill` until there is no more to send, `pollEvents`, `deadline`.
 */
import * as Limits from "../ProtocolLimits.ts"
import { closeCode, type CloseReason } from "./CloseCode.ts"
import { Closing } from "./Closing.ts"
import { initialWindowBytes } from "./congestion/Congestion.ts"
import { Pacer } from "./congestion/Pacer.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"
import { type FrameParts, handleFrame } from "./FrameHandler.ts"
import { Outcomes } from "./Outcomes.ts"
import { PacketBuilder } from "./PacketBuilder.ts"
import { type PacketCounters, PacketReader } from "./PacketReader.ts"
import { IdleTimer } from "./path/IdleTimer.ts"
import { MtuDiscovery } from "./path/MtuDiscovery.ts"
import { type Path, PathValidation } from "./path/PathValidation.ts"
import { LossDetection } from "./recovery/LossDetection.ts"
import { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import type { Role } from "./streams/Stream.ts"
import type { StreamEvent } from "./streams/StreamEvents.ts"
import { Streams } from "./streams/Streams.ts"
import { type LimitingFactor, Transmission, type Transmit } from "./Transmission.ts"
import { type Frame, isAckEliciting, pathFrameBytes } from "./wire/Frame.ts"
import { dataHeaderBytes } from "./wire/Packet.ts"

/** `Closed` is emitted once, when the session starts to close, whichever side closed it. */
export type ConnectionEvent = StreamEvent | { readonly _tag: "Closed"; readonly reason: CloseReason }

/** The state machine of one session. A packet that cannot be accepted is counted, never an exception. */
export class Connection {
  readonly localId: number
  readonly remoteId: number
  readonly streams: Streams
  readonly recovery: LossDetection
  readonly mtuDiscovery: MtuDiscovery
  readonly #role: Role
  readonly #makeCongestion: ConnectionOptions["makeCongestion"]
  readonly #reader: PacketReader
  readonly #received = new ReceivedPackets()
  readonly #pathValidation: PathValidation
  readonly #idleTimer: IdleTimer
  readonly #transmission: Transmission
  readonly #closing = new Closing()
  readonly #frameParts: FrameParts
  readonly #outcomes: Outcomes

  constructor(options: ConnectionOptions, now: number) {
    const { local, peer, protection, random, role } = options
    this.localId = options.localId
    this.remoteId = options.remoteId
    this.#role = role
    this.#makeCongestion = options.makeCongestion
    this.#reader = new PacketReader(options, this.#received)
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
    const congestion = options.makeCongestion(now, options.roundTripMillis)
    this.#outcomes = new Outcomes(this.streams, this.mtuDiscovery, () => this.recovery)
    this.recovery = new LossDetection(congestion, peer.maxAckDelayMicros / 1000, this.#outcomes)
    if (options.roundTripMillis !== undefined) this.recovery.roundTrip.sample(options.roundTripMillis, 0)
    this.#frameParts = {
      streams: this.streams,
      recovery: this.recovery,
      pathValidation: this.#pathValidation,
      closing: this.#closing,
      onMoved: (at) => this.#onMoved(at)
    }
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

  /** What was received and dropped. */
  get counters(): Readonly<PacketCounters> {
    return this.#reader.counters
  }

  /** Whether a RESET may end the session: a client that knows its server's token. */
  get isResettable(): boolean {
    return this.#reader.isResettable
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

  /**
   * Receives the DATA packet in [start, end) of `bytes`, sent from `from` (docs/PROTOCOL.md, flock §2.7). Returns whether it was
   * authentic and new.
   */
  handlePacket(bytes: Uint8Array, start: number, end: number, from: Path, now: number): boolean {
    if (this.isClosed) return false
    const oldKeyMillis = Limits.closingTimeouts * this.recovery.roundTrip.probeTimeoutMillis(0, 0)
    const packetNumber = this.#reader.open(bytes, start, end, from, now, oldKeyMillis)
    if (packetNumber === undefined) return false
    const frames = this.#reader.frames(bytes, start, end)
    if (frames === undefined) return true
    this.#transmission.confirm()
    if (!this.isOpen) this.#closing.onPacketWhileClosing(frames.some(({ _tag }) => _tag === "Close"))
    else if (this.#hasHandled(frames, from, now)) this.#onAccepted(frames, packetNumber, from, end - start, now)
    this.#freeIfClosed()
    return true
  }

  /** Receives a RESET with that token from `from`. Returns whether it has ended the session (docs/PROTOCOL.md, flock §10.3). */
  onReset(token: Uint8Array, from: Path): boolean {
    if (this.isClosed || !this.#reader.isReset(token, from)) return false
    this.#closing.onReset()
    this.#freeIfClosed()
    return true
  }

  /** This side sends from another socket from now on. */
  onNewSocket(): void {
    this.#transmission.onNewSocket()
  }

  /** Overwrites the keys: packets are neither sent nor read any more. Done by the session itself when it is closed. */
  free(): void {
    this.#reader.free()
  }

  /** Runs every timer that is due at `now`. */
  handleTimeout(now: number): void {
    this.#closing.onTimeout(now)
    if (!this.isOpen) return this.#freeIfClosed()
    const isKeepAliveDue = now >= this.#idleTimer.keepAliveAt
    const lateMillis = now - this.deadline
    if (lateMillis > Limits.stallMillis && lateMillis < Infinity) this.#idleTimer.onStall(lateMillis)
    if (this.#idleTimer.hasExpired(now)) {
      this.#closing.onIdleTimeout()
      return this.#freeIfClosed()
    }
    if (isKeepAliveDue) {
      this.#idleTimer.onSent(now)
      this.#transmission.ping()
    }
    this.streams.handleTimeout(now)
    if (now < this.recovery.deadline || !this.recovery.onTimeout(now)) return
    this.#transmission.probe()
    if (this.mtuDiscovery.onTimeout()) this.#outcomes.updateDatagramBytes()
  }

  /** The next run of datagrams that may be sent now, undefined when there is none. After `fill` has written it, call this again. */
  nextTransmit(now: number): Transmit | undefined {
    if (this.#reader.isFreed) return undefined
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
    const bytes = this.#transmission.fillFrames(target, [{ _tag: "Close", code, reason: text }])
    this.#freeIfClosed()
    return bytes
  }

  /** The operating system refused to send a datagram of that size (EMSGSIZE). Closes the session if the path carries none of its datagrams. */
  onTooLarge(datagramBytes: number, now: number): void {
    this.recovery.forgetMtuProbe(datagramBytes)
    if (this.mtuDiscovery.onTooLarge(datagramBytes)) this.#outcomes.updateDatagramBytes()
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

  /**
   * Handles the frames of a packet; false when the packet does not count as received, and may arrive again. Without room for all of
   * them only bytes that continue a stream are kept: that has no effect when it is repeated, and frees the room of what follows.
   */
  #hasHandled(frames: ReadonlyArray<Frame>, from: Path, now: number): boolean {
    const hasRoom = this.streams.hasRoomFor(frames)
    if (!hasRoom) this.#reader.counters.full++
    for (const frame of frames) {
      if (!hasRoom && !(frame._tag === "Stream" && this.streams.isInOrder(frame))) continue
      const outcome = handleFrame(this.#frameParts, frame, this.#role === "server" ? from : this.path, now)
      if (outcome === "Full") throw new RangeError("a frame has no room although that was checked")
      if (outcome !== "Accepted") this.close(closeCode[outcome], "", now)
      if (!this.isOpen) return false
    }
    return hasRoom
  }

  #onAccepted(frames: ReadonlyArray<Frame>, packetNumber: number, from: Path, bytes: number, now: number): void {
    this.#received.onReceived(packetNumber, frames.some(isAckEliciting), now)
    this.#reader.counters.receivedPackets++
    this.#reader.counters.receivedBytes += bytes
    this.#idleTimer.onReceived(now)
    const isNewest = packetNumber === this.#received.largest
    if (this.#role === "server") this.#pathValidation.onPacket(from, isNewest, bytes)
  }

  /** The peer is at another host: what is known of the old path says nothing of the new one (RFC 9000 §9.4). */
  #onMoved(now: number): void {
    this.mtuDiscovery.restart()
    this.recovery.restart(this.#makeCongestion(now, undefined), now)
    this.#transmission.restart(now)
  }

  /** A CLOSE that is still to be sent needs the keys. */
  #freeIfClosed(): void {
    if (this.isClosed && !this.#closing.isCloseDue) this.free()
  }
}
