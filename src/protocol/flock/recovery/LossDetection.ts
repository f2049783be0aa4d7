/**
 * Loss detection (RFC 9002 §6; docs/PROTOCOL.md, flock §7): determines which packets are acknowledged or lost and when to send
 * probe packets. It reports them to the congestion controller, measures the round trip, and reports the frames of acknowledged
 * and lost packets to a {@link LossObserver}, which sends lost data again. Times are milliseconds.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Congestion } from "../congestion/Congestion.ts"
import type { AckFrame, Frame } from "../wire/Frame.ts"
import { DeliveryRate } from "./DeliveryRate.ts"
import { RoundTrip } from "./RoundTrip.ts"
import { type SentPacket, SentPackets } from "./SentPackets.ts"

/** Receives the outcome (acknowledged or lost) of each frame and each datagram. */
export interface LossObserver {
  readonly onFrameAcked: (frame: Frame) => void
  /** Also called after a probe timeout, for frames whose packet is not declared lost. */
  readonly onFrameLost: (frame: Frame) => void
  /** A probe of the path MTU was acknowledged or lost; `datagramBytes` is the size of its datagram. */
  readonly onMtuProbe: (datagramBytes: number, isAcked: boolean, now: number) => void
  /** A datagram of `bytes`, sent at `sentAt`, was acknowledged or declared lost. Not called for probes of the MTU. */
  readonly onDatagramOutcome: (bytes: number, isAcked: boolean, sentAt: number) => void
}

/** Probes of the path MTU are not counted as lost packets. */
export interface LossDetectionCounters {
  lostPackets: number
  /** Packets that were declared lost and acknowledged later. */
  spuriousLosses: number
  probeTimeouts: number
}

/** Loss detection for the one packet number space of a session. */
export class LossDetection {
  readonly sent = new SentPackets()
  readonly rate = new DeliveryRate()
  readonly counters: LossDetectionCounters = { lostPackets: 0, spuriousLosses: 0, probeTimeouts: 0 }
  readonly #observer: LossObserver
  #congestion: Congestion
  #roundTrip = new RoundTrip()
  /** Packets with a smaller number were sent on another path. */
  #firstOfPath = 0
  readonly #maxAckDelayMillis: number
  #largestAcked = -1
  /** When the newest ack-eliciting packet was sent. */
  #lastSentAt = 0
  /** When the next packet is lost by the time threshold unless it is acknowledged (RFC 9002 §6.1.2); Infinity when none is. */
  #lossDeadline = Infinity
  #timeouts = 0
  #lastAckedAt: number | undefined
  /** Reordering that is tolerated, in packets and in milliseconds beyond RFC 9002's delay: spurious losses increase both. */
  #packetThreshold: number = Limits.packetThreshold
  #reorderingMillis = 0
  /** The newest packet number that was left out, to detect a peer that acknowledges packets it did not receive (RFC 9000 §21.4). */
  #skippedNumber = -1

  constructor(congestion: Congestion, maxAckDelayMillis: number, observer: LossObserver) {
    this.#congestion = congestion
    this.#maxAckDelayMillis = maxAckDelayMillis
    this.#observer = observer
  }

  /** The round trip of the current path. */
  get roundTrip(): RoundTrip {
    return this.#roundTrip
  }

  /** The congestion controller that this object reports to. */
  get congestion(): Congestion {
    return this.#congestion
  }

  /** When an ACK last acknowledged a new packet; before that, when the first packet was sent; Infinity before both. */
  get answeredAt(): number {
    return this.#lastAckedAt ?? Infinity
  }

  /** Consecutive probe timeouts (RFC 9002 §6.2, pto_count). */
  get timeouts(): number {
    return this.#timeouts
  }

  /** When {@link onTimeout} is due; Infinity while nothing is in flight. */
  get deadline(): number {
    if (this.#lossDeadline !== Infinity) return this.#lossDeadline
    if (this.rate.bytesInFlight === 0) return Infinity
    return this.#lastSentAt + this.roundTrip.probeTimeoutMillis(this.#maxAckDelayMillis, this.#timeouts)
  }

  /** Leaves a packet number out: a peer that acknowledges it violates the protocol (docs/PROTOCOL.md, flock §7.6). */
  skipNumber(): void {
    this.#skippedNumber = this.sent.next
    this.sent.skip()
  }

  /** `packet` was sent in a datagram of `bytes` of UDP payload. A packet that is not ack-eliciting is settled at once. */
  onSent(packet: SentPacket, bytes: number, isAckEliciting: boolean, now: number): void {
    if (!isAckEliciting) {
      this.sent.settle(packet)
      return
    }
    this.rate.onPacketSent(packet.state, bytes, now)
    this.#lastSentAt = now
    this.#lastAckedAt ??= now
    this.#congestion.onPacketSent(packet.state, this.rate, now)
  }

  /** The system refused to send a probe of the MTU of that size: it is no longer in flight, and not lost. */
  forgetMtuProbe(datagramBytes: number): void {
    for (let number = this.sent.oldestInFlight; number < this.sent.next; number++) {
      const packet = this.sent.get(number)
      if (packet?.fate !== "InFlight" || packet.probedBytes !== datagramBytes) continue
      this.rate.onPacketForgotten(packet.state)
      this.sent.settle(packet)
      return
    }
  }

  /**
   * The session has moved to a path of which nothing is known (RFC 9000 §9.4). What is in flight was sent on the old one: its frames
   * are sent again, and neither their loss nor a late acknowledgement is a sample of the new path.
   */
  restart(congestion: Congestion, now: number): void {
    for (let number = this.sent.oldestInFlight; number < this.sent.next; number++) {
      const packet = this.sent.get(number)
      if (packet?.fate !== "InFlight") continue
      this.sent.markLost(packet, now)
      this.rate.onPacketForgotten(packet.state)
      for (const frame of packet.frames) this.#observer.onFrameLost(frame)
    }
    this.#congestion = congestion
    this.#roundTrip = new RoundTrip()
    this.#firstOfPath = this.sent.next
    this.#lossDeadline = Infinity
    this.#timeouts = 0
    this.#packetThreshold = Limits.packetThreshold
    this.#reorderingMillis = 0
  }

  /** Receives an ACK. False when it acknowledges a packet that was never sent: then nothing has changed. */
  onAck({ delayMicros, ranges }: AckFrame, now: number): boolean {
    const largest = ranges[1] ?? -1
    if (largest >= this.sent.next || isWithin(ranges, this.#skippedNumber)) return false
    const newest = this.sent.get(largest)
    const isNewest = largest > this.#largestAcked
    this.#largestAcked = Math.max(this.#largestAcked, largest)
    if (newest !== undefined && isNewest && largest >= this.#firstOfPath) {
      const delay = Math.min(delayMicros / 1000, this.#maxAckDelayMillis)
      this.roundTrip.sample(now - newest.state.sentAt, delay)
    }
    for (let index = 0; index < ranges.length; index += 2) {
      const last = ranges[index + 1] ?? -1
      if (last < this.sent.oldestInFlight) break
      for (let number = Math.max(this.sent.oldestInFlight, ranges[index] ?? 0); number <= last; number++) {
        const packet = this.sent.get(number)
        if (packet?.fate === "InFlight") this.#onPacketAcked(packet, now)
      }
    }
    for (const packet of this.sent.lost) {
      if (isWithin(ranges, packet.packetNumber)) this.#onSpuriousLoss(packet, now)
    }
    this.#detectLosses(now)
    const sample = this.rate.takeSample(this.roundTrip.minMillis)
    if (sample !== undefined) {
      this.#timeouts = 0
      this.#lastAckedAt = now
      this.#congestion.onAck(sample, now)
    }
    this.rate.endTurn()
    this.sent.forgetLost(now - 3 * this.roundTrip.probeTimeoutMillis(this.#maxAckDelayMillis, 0))
    return true
  }

  /**
   * The deadline has passed. True after a probe timeout (RFC 9002 §6.2): probe packets must then be sent regardless of the
   * congestion window, with the frames of the oldest packet, which are reported as lost so that they are sent again.
   */
  onTimeout(now: number): boolean {
    if (this.#lossDeadline !== Infinity) {
      this.#detectLosses(now)
      return false
    }
    this.#timeouts++
    this.counters.probeTimeouts++
    for (const frame of this.#oldestDataPacket()?.frames ?? []) this.#observer.onFrameLost(frame)
    return true
  }

  /** The oldest packet in flight that is no probe of the MTU: a probe carries no data, and may be the oldest for a long time. */
  #oldestDataPacket(): SentPacket | undefined {
    for (let number = this.sent.oldestInFlight; number < this.sent.next; number++) {
      const packet = this.sent.get(number)
      if (packet?.fate === "InFlight" && packet.probedBytes === 0) return packet
    }
    return undefined
  }

  #onPacketAcked(packet: SentPacket, now: number): void {
    const { frames, probedBytes, state } = packet
    this.rate.onPacketAcked(state, now)
    this.sent.settle(packet)
    for (const frame of frames) this.#observer.onFrameAcked(frame)
    if (probedBytes > 0) this.#observer.onMtuProbe(probedBytes, true, now)
    else this.#observer.onDatagramOutcome(state.bytes, true, state.sentAt)
  }

  /** The packet was reordered by more than the thresholds: both increase to what would have sufficed (RFC 8985 §6.2). */
  #onSpuriousLoss(packet: SentPacket, now: number): void {
    this.sent.settleLost(packet)
    for (const frame of packet.frames) this.#observer.onFrameAcked(frame)
    if (packet.packetNumber < this.#firstOfPath) return
    this.counters.spuriousLosses++
    const behind = this.#largestAcked - packet.packetNumber + 1
    this.#packetThreshold = Math.min(Math.max(this.#packetThreshold, behind), Limits.maxPacketThreshold)
    const late = now - packet.state.sentAt - this.roundTrip.smoothedMillis
    this.#reorderingMillis = Math.min(Math.max(this.#reorderingMillis, late), this.roundTrip.smoothedMillis)
  }

  #detectLosses(now: number): void {
    this.#lossDeadline = Infinity
    const delay = this.roundTrip.lossDelayMillis + this.#reorderingMillis
    /** When the first packet of the current run of consecutive losses was sent. */
    let firstLostAt = Infinity
    let longestMillis = 0
    for (let number = this.sent.oldestInFlight; number < this.#largestAcked; number++) {
      const packet = this.sent.get(number)
      if (packet?.fate !== "InFlight") {
        if (packet === undefined) firstLostAt = Infinity
        continue
      }
      const { sentAt } = packet.state
      if (sentAt + delay > now && this.#largestAcked - number < this.#packetThreshold) {
        this.#lossDeadline = Math.min(this.#lossDeadline, sentAt + delay)
        continue
      }
      firstLostAt = Math.min(firstLostAt, sentAt)
      longestMillis = Math.max(longestMillis, sentAt - firstLostAt)
      this.#onPacketLost(packet, now)
    }
    const persistentMillis = 3 * this.roundTrip.probeTimeoutMillis(this.#maxAckDelayMillis, 0)
    if (this.roundTrip.isMeasured && longestMillis > persistentMillis) {
      this.#congestion.onPersistentCongestion(this.rate, now)
    }
  }

  #onPacketLost(packet: SentPacket, now: number): void {
    const { frames, probedBytes, state } = packet
    this.sent.markLost(packet, now)
    for (const frame of frames) this.#observer.onFrameLost(frame)
    if (probedBytes > 0) {
      // Most likely too large for the path: not a sign of congestion (RFC 8899 §3).
      this.rate.onPacketForgotten(state)
      this.#observer.onMtuProbe(probedBytes, false, now)
      return
    }
    this.counters.lostPackets++
    this.rate.onPacketLost(state)
    this.#congestion.onLoss(state, this.rate, now)
    this.#observer.onDatagramOutcome(state.bytes, false, state.sentAt)
  }
}

/**
 * Whether one of `ranges`, the newest first, contains that number. A binary search: after a burst of losses it runs for each lost
 * packet at every ACK.
 */
const isWithin = (ranges: ReadonlyArray<number>, packetNumber: number): boolean => {
  let low = 0
  let high = ranges.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (packetNumber > (ranges[2 * middle + 1] ?? -1)) high = middle
    else if (packetNumber < (ranges[2 * middle] ?? 0)) low = middle + 1
    else return true
  }
  return false
}
