/**
 * Delivery rate estimation (draft-ietf-ccwg-bbr §4.1, formerly draft-cheng-iccrg-delivery-rate-estimation): state that is stored
 * with each packet when it is sent yields a sample when it is acknowledged. It also counts the bytes in flight, delivered and
 * lost; LossDetection decides which packets are acknowledged or lost.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Ack, PacketState, Totals } from "../congestion/Congestion.ts"

/** The state of a packet that was not sent yet. A sender may reuse the object for another packet. */
export const packetState = (): PacketState => ({
  bytes: 0,
  sentAt: 0,
  deliveredBytes: 0,
  deliveredAt: 0,
  firstSentAt: 0,
  isApplicationLimited: false,
  inFlightBytes: 0,
  lostBytes: 0
})

type Writable<A> = { -readonly [K in keyof A]: A[K] }

/** The estimator of one session. Bytes are UDP payload, times milliseconds. */
export class DeliveryRate implements Totals {
  bytesInFlight = 0
  deliveredBytes = 0
  lostBytes = 0
  #deliveredAt = 0
  #firstSentAt = 0
  /** When more than this is delivered, the application-limited phase is over; 0 outside of one. */
  #applicationLimitedUntilBytes = 0
  #sendElapsedMillis = 0
  #ackElapsedMillis = 0
  /** One object for all samples, to avoid an allocation per ACK: a controller copies numbers and does not keep the object. */
  readonly #sample: Writable<Ack> = {
    bytesInFlight: 0,
    deliveredBytes: 0,
    lostBytes: 0,
    newlyAckedBytes: 0,
    roundTripMillis: 0,
    newestSentAt: -Infinity,
    priorDeliveredBytes: 0,
    sampleBytes: 0,
    rateBytesPerMilli: 0,
    isApplicationLimited: false,
    inFlightAtSendBytes: 0,
    lostSinceSendBytes: 0
  }

  /** Whether packets sent now are marked application-limited. */
  get isApplicationLimited(): boolean {
    return this.#applicationLimitedUntilBytes > 0
  }

  /** `packet` is sent now in `bytes`: stores in it what its sample will need. */
  onPacketSent(packet: PacketState, bytes: number, now: number): void {
    if (this.bytesInFlight === 0) {
      this.#firstSentAt = now
      this.#deliveredAt = now
    }
    this.bytesInFlight += bytes
    packet.bytes = bytes
    packet.sentAt = now
    packet.deliveredBytes = this.deliveredBytes
    packet.deliveredAt = this.#deliveredAt
    packet.firstSentAt = this.#firstSentAt
    packet.isApplicationLimited = this.#applicationLimitedUntilBytes > 0
    packet.inFlightBytes = this.bytesInFlight
    packet.lostBytes = this.lostBytes
  }

  /**
   * `packet` was acknowledged. Of the packets of one ACK the one sent last determines the sample; of several sent at the same time,
   * the last one passed to this method.
   */
  onPacketAcked(packet: PacketState, now: number): void {
    const sample = this.#sample
    this.bytesInFlight -= packet.bytes
    this.deliveredBytes += packet.bytes
    this.#deliveredAt = now
    sample.newlyAckedBytes += packet.bytes
    if (packet.sentAt < sample.newestSentAt) return
    sample.newestSentAt = packet.sentAt
    // A longer time comes from a program that was suspended (RoundTrip): a pacer would send nothing for hours.
    sample.roundTripMillis = Math.min(now - packet.sentAt, Limits.longestRoundTripMillis)
    sample.priorDeliveredBytes = packet.deliveredBytes
    sample.isApplicationLimited = packet.isApplicationLimited
    sample.inFlightAtSendBytes = packet.inFlightBytes
    sample.lostSinceSendBytes = -packet.lostBytes
    this.#sendElapsedMillis = packet.sentAt - packet.firstSentAt
    this.#ackElapsedMillis = now - packet.deliveredAt
    this.#firstSentAt = packet.sentAt
  }

  /** `packet` was declared lost. */
  onPacketLost(packet: PacketState): void {
    this.bytesInFlight -= packet.bytes
    this.lostBytes += packet.bytes
  }

  /** The packet is no longer in flight, but neither acknowledged nor lost by congestion: a probe of the MTU. */
  onPacketForgotten(packet: PacketState): void {
    this.bytesInFlight -= packet.bytes
  }

  /** The application has no more data while the window has space: samples of packets sent from now on underestimate the path. */
  markApplicationLimited(): void {
    this.#applicationLimitedUntilBytes = Math.max(1, this.deliveredBytes + this.bytesInFlight)
  }

  /**
   * The sample of the packets that the current ACK acknowledged, undefined when there were none. Its rate is 0 when the interval is
   * shorter than `minRoundTripMillis`: that is too short to measure. The object is valid until the next ACK.
   */
  takeSample(minRoundTripMillis: number): Ack | undefined {
    const sample = this.#sample
    if (sample.newlyAckedBytes === 0) return undefined
    if (this.#applicationLimitedUntilBytes > 0 && this.deliveredBytes > this.#applicationLimitedUntilBytes) {
      this.#applicationLimitedUntilBytes = 0
    }
    const intervalMillis = Math.max(this.#sendElapsedMillis, this.#ackElapsedMillis)
    sample.bytesInFlight = this.bytesInFlight
    sample.deliveredBytes = this.deliveredBytes
    sample.lostBytes = this.lostBytes
    sample.lostSinceSendBytes += this.lostBytes
    sample.sampleBytes = this.deliveredBytes - sample.priorDeliveredBytes
    sample.rateBytesPerMilli = intervalMillis > 0 && intervalMillis >= minRoundTripMillis
      ? sample.sampleBytes / intervalMillis
      : 0
    return sample
  }

  /** The current ACK is processed completely. */
  endTurn(): void {
    this.#sample.newlyAckedBytes = 0
    this.#sample.newestSentAt = -Infinity
  }
}
