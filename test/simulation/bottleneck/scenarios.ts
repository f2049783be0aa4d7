/** The paths and meetings that congestion control is judged by; 100 Mbit/s and 100 ms unless they say otherwise. */
import type { Name } from "../../../src/protocol/flock/congestion/Congestion.ts"
import type { LinkOptions } from "./Link.ts"
import { ours, tcpBbr, tcpCubic } from "./players.ts"
import { deliveredBetween, fairness, type Outcome, run, type Scenario } from "./run.ts"

export const bytesPerMilli = 12_500
export const bdpBytes = 1_250_000

const path = (queueBytes: number, loss = 0): LinkOptions => ({ bytesPerMilli, queueBytes, roundTripMillis: 100, loss })

const share = (outcome: Outcome, flow: number, fromMillis: number, toMillis: number): number =>
  deliveredBetween(outcome, flow, fromMillis, toMillis) / (outcome.link.options.bytesPerMilli * (toMillis - fromMillis))

export interface Alone {
  /** Of the path, slow start included. */
  readonly share: number
  /** As packets met it, in bytes. */
  readonly queueMedianBytes: number
  readonly queueHighBytes: number
  /** Of packets. */
  readonly lostShare: number
  /** Of packets that were taken for lost, those that came. */
  readonly spuriousShare: number
}

const alone = (link: LinkOptions, name: Name, millis: number, seed: number): Alone => {
  const outcome = run({ link, flows: [ours(name, 0, link.roundTripMillis)], millis, seed })
  const { lostPackets = 0, sentPackets = 1, spuriousPackets = 0 } = outcome.flows[0] ?? {}
  return {
    share: share(outcome, 0, 0, millis),
    queueMedianBytes: outcome.queue.percentile(0.5),
    queueHighBytes: outcome.queue.percentile(0.95),
    lostShare: lostPackets / sentPackets,
    spuriousShare: spuriousPackets / Math.max(1, lostPackets)
  }
}

/** One flow for as long as 256 MiB take. */
export const oneFlow = (name: Name, queueBytes: number, loss: number, seed = 1): Alone =>
  alone(path(queueBytes, loss), name, 23_000, seed)

/** One flow on another path. */
export const otherPath = (name: Name, link: LinkOptions, millis: number, seed = 1): Alone =>
  alone(link, name, millis, seed)

export interface Meeting {
  /** Seconds from the second flow's start until a second with Jain's index at 0.95 or more; Infinity when there was none. */
  readonly fairAfterSeconds: number
  /** Jain's index over the fifth second after it, over the five seconds after that and over the ten then. */
  readonly fifthSecond: number
  readonly nextFiveSeconds: number
  readonly nextTenSeconds: number
  /** Of the path, both together, from five seconds after it. */
  readonly share: number
}

/** Two flows of ours, the second ten seconds later. */
export const twoFlows = (name: Name, queueBytes: number, loss: number, seed = 1): Meeting => {
  const joinedAt = 10_000
  const millis = 30_000
  const outcome = run({ link: path(queueBytes, loss), flows: [ours(name), ours(name, joinedAt)], millis, seed })
  let fairAfterSeconds = Infinity
  for (let at = joinedAt; at + 1000 <= millis && fairAfterSeconds === Infinity; at += 100) {
    if (fairness(outcome, at, at + 1000) >= 0.95) fairAfterSeconds = (at + 1000 - joinedAt) / 1000
  }
  return {
    fairAfterSeconds,
    fifthSecond: fairness(outcome, joinedAt + 4000, joinedAt + 5000),
    nextFiveSeconds: fairness(outcome, joinedAt + 5000, joinedAt + 10_000),
    nextTenSeconds: fairness(outcome, joinedAt + 10_000, joinedAt + 20_000),
    share: share(outcome, 0, joinedAt + 5000, millis) + share(outcome, 1, joinedAt + 5000, millis)
  }
}

/** Our share and theirs over the last 30 of 60 seconds beside one TCP flow; by turns either was there first. */
export const beside = (
  name: Name,
  other: "cubic" | "bbr",
  queueBytes: number,
  seed = 1
): { readonly ours: number; readonly theirs: number } => {
  const [ourStart, theirStart] = seed % 2 === 0 ? [0, 100] : [100, 0]
  const flows: Scenario["flows"] = [ours(name, ourStart), other === "bbr" ? tcpBbr(theirStart) : tcpCubic(theirStart)]
  const outcome = run({ link: path(queueBytes), flows, millis: 60_000, seed })
  return { ours: share(outcome, 0, 30_000, 60_000), theirs: share(outcome, 1, 30_000, 60_000) }
}

export interface Elsewhere {
  readonly title: string
  readonly link: LinkOptions
  readonly millis: number
  /** Of the path's rate at the start, what can be had at most. */
  readonly most: number
}

export const elsewhere: ReadonlyArray<Elsewhere> = [
  {
    title: "RTT 0.1 ms, 10 Gbit/s, queue 2.5 MB, 1 s",
    link: { bytesPerMilli: 1_250_000, queueBytes: 2_500_000, roundTripMillis: 0.1 },
    millis: 1000,
    most: 1
  },
  {
    title: "RTT 0.1 ms, 10 Gbit/s, queue 208 KB, 1 s",
    link: { bytesPerMilli: 1_250_000, queueBytes: 212_992, roundTripMillis: 0.1 },
    millis: 1000,
    most: 1
  },
  {
    title: "the rate halves from 10 to 20 of 30 s",
    link: {
      ...path(bdpBytes),
      changes: [{ atMillis: 10_000, bytesPerMilli: bytesPerMilli / 2 }, { atMillis: 20_000, bytesPerMilli }]
    },
    millis: 30_000,
    most: 5 / 6
  },
  {
    title: "RTT 1.5 s, 10 Mbit/s, queue 1 BDP, 120 s",
    link: { bytesPerMilli: 1250, queueBytes: 1_875_000, roundTripMillis: 1500 },
    millis: 120_000,
    most: 1
  },
  {
    title: "2 s of silence in every 5, 60 s",
    link: { ...path(bdpBytes), outage: { everyMillis: 5000, lengthMillis: 2000 } },
    millis: 60_000,
    most: 3 / 5
  },
  {
    title: "1 Mbit/s, RTT 40 ms, queue 16 KB, 60 s",
    link: { bytesPerMilli: 125, queueBytes: 16_384, roundTripMillis: 40 },
    millis: 60_000,
    most: 1
  },
  { title: "queue 0.05 BDP, 23 s", link: path(bdpBytes / 20), millis: 23_000, most: 1 },
  { title: "10 % random loss, queue 1 BDP, 23 s", link: path(bdpBytes, 0.1), millis: 23_000, most: 0.9 }
]
