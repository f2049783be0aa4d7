/**
 * How fast the path delivers (draft-ietf-ccwg-bbr §4.1, before that draft-cheng-iccrg-delivery-rate-estimation): what is
 * noted on each packet when it is sent gives a sample when it is acknowledged. It counts what is in flight, delivered and
 * lost, and does not decide which packets are.
 */
import type { Ack, PacketState, Totals } from "../congestion/Congestion.ts"

/** A packet's state before it is sent. A sender may use one again for another packet. */
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

export class DeliveryRate implements Totals {
  bytesInFlight = 0
  deliveredBytes = 0
  lostBytes = 0
  #deliveredAt = 0
  #firstSentAt = 0
  /** Once more than that is delivered, the gap that the application left has passed; 0 when there is none. */
  #limitedUntilBytes = 0
  #sendElapsedMillis = 0
  #ackElapsedMillis = 0
  /** One object for all samples: a controller keeps numbers, not the sample. */
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

  get isApplicationLimited(): boolean {
    return this.#limitedUntilBytes > 0
  }

  /** Notes on `packet`, which leaves now, what its sample will need. */
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
    packet.isApplicationLimited = this.#limitedUntilBytes > 0
    packet.inFlightBytes = this.bytesInFlight
    packet.lostBytes = this.lostBytes
  }

  /** `packet` was acknowledged. Of the packets of one turn the newest gives the sample; of one moment, the later one told. */
  onPacketAcked(packet: PacketState, now: number): void {
    const sample = this.#sample
    this.bytesInFlight -= packet.bytes
    this.deliveredBytes += packet.bytes
    this.#deliveredAt = now
    sample.newlyAckedBytes += packet.bytes
    if (packet.sentAt < sample.newestSentAt) return
    sample.newestSentAt = packet.sentAt
    sample.roundTripMillis = now - packet.sentAt
    sample.priorDeliveredBytes = packet.deliveredBytes
    sample.isApplicationLimited = packet.isApplicationLimited
    sample.inFlightAtSendBytes = packet.inFlightBytes
    sample.lostSinceSendBytes = -packet.lostBytes
    this.#sendElapsedMillis = packet.sentAt - packet.firstSentAt
    this.#ackElapsedMillis = now - packet.deliveredAt
    this.#firstSentAt = packet.sentAt
  }

  onPacketLost(packet: PacketState): void {
    this.bytesInFlight -= packet.bytes
    this.lostBytes += packet.bytes
  }

  /** The packet left the flight for another reason than acknowledgement or loss by congestion: a lost probe of the MTU. */
  onPacketForgotten(packet: PacketState): void {
    this.bytesInFlight -= packet.bytes
  }

  /** The application has nothing more to send while the window has room: the packets from now on show less than the path. */
  markApplicationLimited(): void {
    this.#limitedUntilBytes = Math.max(1, this.deliveredBytes + this.bytesInFlight)
  }

  /**
   * The sample of this turn's acknowledged packets, undefined when there were none. An interval shorter than
   * `minRoundTripMillis` tells nothing. The object is valid until the next turn.
   */
  takeSample(minRoundTripMillis: number): Ack | undefined {
    const sample = this.#sample
    if (sample.newlyAckedBytes === 0) return undefined
    if (this.#limitedUntilBytes > 0 && this.deliveredBytes > this.#limitedUntilBytes) this.#limitedUntilBytes = 0
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

  /** The turn is over. */
  endTurn(): void {
    this.#sample.newlyAckedBytes = 0
    this.#sample.newestSentAt = -Infinity
  }
}
