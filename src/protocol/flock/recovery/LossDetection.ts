/**
 * Loss detection as in RFC 9002: what is acknowledged, what is lost, when to probe. It tells the congestion controller and
 * keeps the round trip; what lost packets carried goes back to those who can send it again.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Congestion } from "../congestion/Congestion.ts"
import type { AckFrame, Frame } from "../wire/Frame.ts"
import { DeliveryRate } from "./DeliveryRate.ts"
import { RoundTrip } from "./RoundTrip.ts"
import { type SentPacket, SentPackets } from "./SentPackets.ts"

/** Who learns the fate of frames. */
export interface LossObserver {
  readonly onFrameAcked: (frame: Frame) => void
  readonly onFrameLost: (frame: Frame) => void
  /** A datagram that tried out a size got through, or did not. */
  readonly onProbe: (datagramBytes: number, arrived: boolean, now: number) => void
  /** A datagram of `bytes`, sent at `sentAt`, got through or is taken for lost; probes of the size are not told. */
  readonly onDatagram: (bytes: number, arrived: boolean, sentAt: number) => void
}

export interface LossDetectionCounters {
  lostPackets: number
  /** Taken for lost and acknowledged later. */
  spuriousLosses: number
  probeTimeouts: number
}

export class LossDetection {
  readonly sent = new SentPackets()
  readonly rate = new DeliveryRate()
  readonly roundTrip = new RoundTrip()
  readonly counters: LossDetectionCounters = { lostPackets: 0, spuriousLosses: 0, probeTimeouts: 0 }
  readonly #fates: LossObserver
  readonly #congestion: Congestion
  readonly #maxAckDelayMillis: number
  #largestAcked = -1
  /** When the newest ack-eliciting packet left. */
  #lastSentAt = 0
  /** When the oldest packet in flight is lost unless it is acknowledged. */
  #lossAt = Infinity
  #timeouts = 0
  #answeredAt: number | undefined
  /** Packets and milliseconds by which a packet may be overtaken: both learn from losses that were none. */
  #overtakingPackets: number = Limits.packetThreshold
  #overtakingMillis = 0
  /** The number that was left out last, to catch a peer that acknowledges what it cannot have (RFC 9000 §21.4). */
  #skipped = -1

  constructor(congestion: Congestion, maxAckDelayMillis: number, fates: LossObserver) {
    this.#congestion = congestion
    this.#maxAckDelayMillis = maxAckDelayMillis
    this.#fates = fates
  }

  get congestion(): Congestion {
    return this.#congestion
  }

  /** When something was last acknowledged that was not before, in milliseconds; until then when the first packet left. */
  get answeredAt(): number {
    return this.#answeredAt ?? Infinity
  }

  /** Packets that were sent in a row without an answer. */
  get timeouts(): number {
    return this.#timeouts
  }

  /** When {@link onTimeout} is due, in milliseconds. */
  get deadline(): number {
    if (this.#lossAt !== Infinity) return this.#lossAt
    if (this.rate.bytesInFlight === 0) return Infinity
    return this.#lastSentAt + this.roundTrip.probeTimeoutMillis(this.#maxAckDelayMillis, this.#timeouts)
  }

  /** Leaves a packet number out. A peer that acknowledges it lies. */
  skipNumber(): void {
    this.#skipped = this.sent.next
    this.sent.skip()
  }

  /** `packet` has left in `bytes` of UDP payload. One that asks for no acknowledgement is not waited for. */
  onSent(packet: SentPacket, bytes: number, isAckEliciting: boolean, now: number): void {
    if (!isAckEliciting) {
      this.sent.settle(packet)
      return
    }
    this.rate.onPacketSent(packet.state, bytes, now)
    this.#lastSentAt = now
    this.#answeredAt ??= now
    this.#congestion.onPacketSent(packet.state, this.rate, now)
  }

  /** The system did not take a datagram that tried out that size: nothing of it is on its way. */
  forgetProbe(datagramBytes: number): void {
    for (let number = this.sent.oldestInFlight; number < this.sent.next; number++) {
      const packet = this.sent.get(number)
      if (packet?.fate !== "InFlight" || packet.probedBytes !== datagramBytes) continue
      this.rate.onPacketForgotten(packet.state)
      this.sent.settle(packet)
      return
    }
  }

  /** False when the peer acknowledges what was never sent: it lies, and nothing has changed. */
  onAck({ delayMicros, ranges }: AckFrame, now: number): boolean {
    const largest = ranges[1] ?? -1
    if (largest >= this.sent.next || isWithin(ranges, this.#skipped)) return false
    const newest = this.sent.get(largest)
    const isNewest = largest > this.#largestAcked
    this.#largestAcked = Math.max(this.#largestAcked, largest)
    if (newest !== undefined && isNewest) {
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
      this.#answeredAt = now
      this.#congestion.onAck(sample, now)
    }
    this.rate.endTurn()
    this.sent.forgetLost(now - 3 * this.roundTrip.probeTimeoutMillis(this.#maxAckDelayMillis, 0))
    return true
  }

  /**
   * The deadline has passed. True: nothing was acknowledged for so long that a probe has to go, with what the oldest packet
   * carried in it, whatever the window says.
   */
  onTimeout(now: number): boolean {
    if (this.#lossAt !== Infinity) {
      this.#detectLosses(now)
      return false
    }
    this.#timeouts++
    this.counters.probeTimeouts++
    for (const frame of this.#oldestWithData()?.frames ?? []) this.#fates.onFrameLost(frame)
    return true
  }

  /** A probe of the MTU carries nothing, and may be the oldest for long. */
  #oldestWithData(): SentPacket | undefined {
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
    for (const frame of frames) this.#fates.onFrameAcked(frame)
    if (probedBytes > 0) this.#fates.onProbe(probedBytes, true, now)
    else this.#fates.onDatagram(state.bytes, true, state.sentAt)
  }

  /** It was overtaken by more than was thought possible: from now on that much is (RFC 8985 §6.2). */
  #onSpuriousLoss(packet: SentPacket, now: number): void {
    this.counters.spuriousLosses++
    this.sent.settleLost(packet)
    for (const frame of packet.frames) this.#fates.onFrameAcked(frame)
    const behind = this.#largestAcked - packet.packetNumber + 1
    this.#overtakingPackets = Math.min(Math.max(this.#overtakingPackets, behind), Limits.maxPacketThreshold)
    const late = now - packet.state.sentAt - this.roundTrip.smoothedMillis
    this.#overtakingMillis = Math.min(Math.max(this.#overtakingMillis, late), this.roundTrip.smoothedMillis)
  }

  #detectLosses(now: number): void {
    this.#lossAt = Infinity
    const delay = this.roundTrip.lossDelayMillis + this.#overtakingMillis
    /** When the first of the packets left that were lost one after another. */
    let firstLostAt = Infinity
    let longestMillis = 0
    for (let number = this.sent.oldestInFlight; number < this.#largestAcked; number++) {
      const packet = this.sent.get(number)
      if (packet?.fate !== "InFlight") {
        if (packet === undefined) firstLostAt = Infinity
        continue
      }
      const { sentAt } = packet.state
      if (sentAt + delay > now && this.#largestAcked - number < this.#overtakingPackets) {
        this.#lossAt = Math.min(this.#lossAt, sentAt + delay)
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
    for (const frame of frames) this.#fates.onFrameLost(frame)
    if (probedBytes > 0) {
      // Too large for the path, most likely: no sign of congestion (RFC 8899 §3).
      this.rate.onPacketForgotten(state)
      this.#fates.onProbe(probedBytes, false, now)
      return
    }
    this.counters.lostPackets++
    this.rate.onPacketLost(state)
    this.#congestion.onLoss(state, this.rate, now)
    this.#fates.onDatagram(state.bytes, false, state.sentAt)
  }
}

/** Whether one of `ranges`, the newest first, has that number. After a burst of losses this is asked of each at every ACK. */
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
