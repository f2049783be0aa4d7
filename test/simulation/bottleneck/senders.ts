/** The senders of a scenario: our controllers as flock uses them, and models of TCP. */
import type { Name } from "../../../src/protocol/flock/congestion/Congestion.ts"
import * as Controllers from "../../../src/protocol/flock/congestion/Controllers.ts"
import { Cubic } from "../../../src/protocol/flock/congestion/Cubic.ts"
import { BbrOne } from "./BbrOne.ts"
import type { Scenario } from "./run.ts"

type Sender = Scenario["flows"][number]

/** The size of every packet. */
export const packetBytes = 1472

/**
 * A flow of flock: paced with a timer resolution of a millisecond, an ACK for ten packets; the RTT of the handshake is
 * `roundTripMillis`.
 */
export const ours = (name: Name, startMillis = 0, roundTripMillis = 100): Sender => ({
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

/** TCP acknowledges every second packet. */
const tcpAcks = { packets: 2, delayMillis: 40 }

/** A flow of TCP CUBIC, without pacing. */
export const tcpCubic = (startMillis = 0): Sender => ({
  controller: () => () => new Cubic({ maxDatagramBytes: packetBytes }),
  packetBytes,
  startMillis,
  acks: tcpAcks,
  isUnpaced: true
})

/** A flow of TCP BBR version 1. */
export const tcpBbr = (startMillis = 0): Sender => ({
  controller: (random) => (now) => new BbrOne(packetBytes, random, now),
  packetBytes,
  startMillis,
  acks: tcpAcks
})
