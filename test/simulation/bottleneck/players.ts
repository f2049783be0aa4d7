/** Who sends: our controllers as flock will use them, and models of TCP. */
import { Bbr } from "../../../src/protocol/flock/Bbr.ts"
import type { Congestion, Name } from "../../../src/protocol/flock/Congestion.ts"
import { Cubic } from "../../../src/protocol/flock/Cubic.ts"
import { NewReno } from "../../../src/protocol/flock/NewReno.ts"
import type { Random } from "../Random.ts"
import { BbrOne } from "./BbrOne.ts"
import type { Scenario } from "./run.ts"

type Player = Scenario["flows"][number]

export const packetBytes = 1472

const make = (name: Name, maxDatagramBytes: number, random: Random, now: number): Congestion => {
  switch (name) {
    case "bbr":
      return new Bbr({ maxDatagramBytes, random: () => random.number(0, 1) }, now)
    case "cubic":
      return new Cubic({ maxDatagramBytes })
    case "newreno":
      return new NewReno({ maxDatagramBytes })
  }
}

/** A flow of ours: paced on a timer of a millisecond, an ACK for ten packets. */
export const ours = (name: Name, startMillis = 0): Player => ({
  controller: (random) => (now) => make(name, packetBytes, random, now),
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
