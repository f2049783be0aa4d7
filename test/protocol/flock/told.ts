/** What controllers are told, with nothing in it but what a test names. */
import type { Ack, PacketState, Totals } from "../../../src/protocol/flock/congestion/Congestion.ts"
import { packetState } from "../../../src/protocol/flock/recovery/DeliveryRate.ts"

export const ackOf = (told: Partial<Ack> = {}): Ack => ({
  bytesInFlight: 0,
  deliveredBytes: 0,
  lostBytes: 0,
  newlyAckedBytes: 0,
  roundTripMillis: 100,
  newestSentAt: 0,
  priorDeliveredBytes: 0,
  sampleBytes: 0,
  rateBytesPerMilli: 0,
  isApplicationLimited: false,
  inFlightAtSendBytes: 0,
  lostSinceSendBytes: 0,
  ...told
})

export const packetOf = (told: Partial<PacketState> = {}): PacketState => ({ ...packetState(), ...told })

export const totalsOf = (told: Partial<Totals> = {}): Totals => ({
  bytesInFlight: 0,
  deliveredBytes: 0,
  lostBytes: 0,
  ...told
})

/** ACKs of a connection that sends one flight a round trip: each begins a round. */
export class Flights {
  deliveredBytes = 0
  lostBytes = 0
  now = 0

  /** The ACK of a flight of `bytes`, of which `lostBytes` did not come, a round trip after the one before. */
  next(bytes: number, told: Partial<Ack> & { readonly roundTripMillis: number }): Ack {
    const { lostSinceSendBytes = 0 } = told
    const priorDeliveredBytes = this.deliveredBytes
    const arrivedBytes = bytes - lostSinceSendBytes
    this.now += told.roundTripMillis
    this.deliveredBytes += arrivedBytes
    this.lostBytes += lostSinceSendBytes
    return ackOf({
      priorDeliveredBytes,
      deliveredBytes: this.deliveredBytes,
      lostBytes: this.lostBytes,
      newlyAckedBytes: arrivedBytes,
      sampleBytes: arrivedBytes,
      rateBytesPerMilli: arrivedBytes / told.roundTripMillis,
      inFlightAtSendBytes: bytes,
      newestSentAt: this.now - told.roundTripMillis,
      ...told
    })
  }
}
