/** Inputs of congestion controllers for tests: zeros, except the fields that a test names. */
import type { Ack, PacketState, Totals } from "../../../src/protocol/flock/congestion/Congestion.ts"
import { packetState } from "../../../src/protocol/flock/recovery/DeliveryRate.ts"

export const ackOf = (fields: Partial<Ack> = {}): Ack => ({
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
  ...fields
})

export const packetOf = (fields: Partial<PacketState> = {}): PacketState => ({ ...packetState(), ...fields })

export const totalsOf = (fields: Partial<Totals> = {}): Totals => ({
  bytesInFlight: 0,
  deliveredBytes: 0,
  lostBytes: 0,
  ...fields
})

/** The ACKs of a session that sends one flight per round trip: each ACK begins a round. */
export class Flights {
  deliveredBytes = 0
  lostBytes = 0
  now = 0

  /** The ACK of a flight of `bytes`, of which `lostSinceSendBytes` were lost, a round trip after the previous one. */
  next(bytes: number, fields: Partial<Ack> & { readonly roundTripMillis: number }): Ack {
    const { lostSinceSendBytes = 0 } = fields
    const priorDeliveredBytes = this.deliveredBytes
    const arrivedBytes = bytes - lostSinceSendBytes
    this.now += fields.roundTripMillis
    this.deliveredBytes += arrivedBytes
    this.lostBytes += lostSinceSendBytes
    return ackOf({
      priorDeliveredBytes,
      deliveredBytes: this.deliveredBytes,
      lostBytes: this.lostBytes,
      newlyAckedBytes: arrivedBytes,
      sampleBytes: arrivedBytes,
      rateBytesPerMilli: arrivedBytes / fields.roundTripMillis,
      inFlightAtSendBytes: bytes,
      newestSentAt: this.now - fields.roundTripMillis,
      ...fields
    })
  }
}
