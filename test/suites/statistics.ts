/** Statistics of a session, as input of tests. */
import type { Statistics } from "../../src/telemetry/Statistics.ts"

export const statistics = (changed: Partial<Statistics> = {}): Statistics => ({
  sentPackets: 0,
  sentBytes: 0,
  deliveredBytes: 0,
  lostPackets: 0,
  receivedPackets: 0,
  receivedBytes: 0,
  dropped: {},
  roundTripMillis: undefined,
  minRoundTripMillis: undefined,
  congestion: undefined,
  ...changed
})
