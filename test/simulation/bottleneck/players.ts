/** Who sends: our controllers as flock will use them, and models of TCP. */
import type { Name } from "../../../src/protocol/flock/congestion/Congestion.ts"
import * as Controllers from "../../../src/protocol/flock/congestion/Controllers.ts"
import { Cubic } from "../../../src/protocol/flock/congestion/Cubic.ts"
import { BbrOne } from "./BbrOne.ts"
import type { Scenario } from "./run.ts"

type Player = Scenario["flows"][number]

export const packetBytes = 1472

/** A flow of ours: paced on a timer of a millisecond, an ACK for ten packets; the handshake took `roundTripMillis`. */
export const ours = (name: Name, startMillis = 0, roundTripMillis = 100): Player => ({
  controller: (random) => (now) =>
    Controllers.make(
      name,
      { maxDatagramBytes: packetBytes, roundTripMillis, random: () => random.number(0, 1) },
      now
    ),
  packetBytes,
  startMillis,
  acks: { packets: 10, delayMillis: 2 }
})

/** TCP acknowledges every other packet. */
const tcpAcks = { packets: 2, delayMillis: 40 }

export const tcpCubic = (startMillis = 0): Player => ({
  controller: () => () => new Cubic({ maxDatagramBytes: packetBytes }),
  packetBytes,
  startMillis,
  acks: tcpAcks,
  isUnpaced: true
})

export const tcpBbr = (startMillis = 0): Player => ({
  controller: (random) => (now) => new BbrOne(packetBytes, random, now),
  packetBytes,
  startMillis,
  acks: tcpAcks
})
