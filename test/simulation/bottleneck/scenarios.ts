/** The scenarios for congestion control, on a path of 100 Mbit/s and 100 ms unless stated otherwise. */
import type { Name } from "../../../src/protocol/flock/congestion/Congestion.ts"
import type { LinkOptions } from "./Link.ts"
import { deliveredBetween, fairness, type Outcome, run, type Scenario } from "./run.ts"
import { ours, tcpBbr, tcpCubic } from "./senders.ts"

/** The rate of the path: 100 Mbit/s. */
export const bytesPerMilli = 12_500
/** The bandwidth-delay product of the path. */
export const bdpBytes = 1_250_000

const path = (queueBytes: number, loss = 0): LinkOptions => ({ bytesPerMilli, queueBytes, roundTripMillis: 100, loss })

const share = (outcome: Outcome, flow: number, fromMillis: number, toMillis: number): number =>
  deliveredBetween(outcome, flow, fromMillis, toMillis) / (outcome.link.options.bytesPerMilli * (toMillis - fromMillis))

/** Results of a single flow. */
export interface OneFlow {
  /** The share of the path, slow start included. */
  readonly share: number
  /** The queue length seen by packets: median and 95th percentile. */
  readonly queueMedianBytes: number
  readonly queueHighBytes: number
  /** The share of lost packets. */
  readonly lostShare: number
  /** The share of packets declared lost that arrived later. */
  readonly spuriousShare: number
}

const runOneFlow = (link: LinkOptions, name: Name, millis: number, seed: number): OneFlow => {
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

/** One flow for 23 s, in which 256 MiB can be transferred. */
export const oneFlow = (name: Name, queueBytes: number, loss: number, seed = 1): OneFlow =>
  runOneFlow(path(queueBytes, loss), name, 23_000, seed)

/** One flow on another path. */
export const otherPath = (name: Name, link: LinkOptions, millis: number, seed = 1): OneFlow =>
  runOneFlow(link, name, millis, seed)

/** Results of two flows. */
export interface TwoFlows {
  /**
   * Seconds from the second flow's start to the end of the first second with Jain's index of at least 0.95; Infinity if
   * none.
   */
  readonly fairAfterSeconds: number
  /** Jain's index in the fifth second after the second flow's start, in the next five seconds and in the next ten. */
  readonly fifthSecond: number
  readonly nextFiveSeconds: number
  readonly nextTenSeconds: number
  /** The total share of the path from five seconds after the second flow's start. */
  readonly share: number
}

/** Two flows of flock; the second one starts ten seconds later. */
export const twoFlows = (name: Name, queueBytes: number, loss: number, seed = 1): TwoFlows => {
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

/**
 * The shares of a flow of flock and a TCP flow in the last 30 of 60 seconds. The seed decides which one starts first.
 */
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

/** A different path. */
export interface OtherPath {
  readonly title: string
  readonly link: LinkOptions
  readonly millis: number
  /** The maximum share of the path's initial rate. */
  readonly maxShare: number
}

/** All different paths of the table. */
export const otherPaths: ReadonlyArray<OtherPath> = [
  {
    title: "RTT 0.1 ms, 10 Gbit/s, queue 2.5 MB, 1 s",
    link: { bytesPerMilli: 1_250_000, queueBytes: 2_500_000, roundTripMillis: 0.1 },
    millis: 1000,
    maxShare: 1
  },
  {
    title: "RTT 0.1 ms, 10 Gbit/s, queue 208 KB, 1 s",
    link: { bytesPerMilli: 1_250_000, queueBytes: 212_992, roundTripMillis: 0.1 },
    millis: 1000,
    maxShare: 1
  },
  {
    title: "the rate halves from 10 to 20 of 30 s",
    link: {
      ...path(bdpBytes),
      changes: [{ atMillis: 10_000, bytesPerMilli: bytesPerMilli / 2 }, { atMillis: 20_000, bytesPerMilli }]
    },
    millis: 30_000,
    maxShare: 5 / 6
  },
  {
    title: "RTT 1.5 s, 10 Mbit/s, queue 1 BDP, 120 s",
    link: { bytesPerMilli: 1250, queueBytes: 1_875_000, roundTripMillis: 1500 },
    millis: 120_000,
    maxShare: 1
  },
  {
    title: "2 s of outage in every 5, 60 s",
    link: { ...path(bdpBytes), outage: { everyMillis: 5000, lengthMillis: 2000 } },
    millis: 60_000,
    maxShare: 3 / 5
  },
  {
    title: "1 Mbit/s, RTT 40 ms, queue 16 KB, 60 s",
    link: { bytesPerMilli: 125, queueBytes: 16_384, roundTripMillis: 40 },
    millis: 60_000,
    maxShare: 1
  },
  { title: "queue 0.05 BDP, 23 s", link: path(bdpBytes / 20), millis: 23_000, maxShare: 1 },
  { title: "10 % random loss, queue 1 BDP, 23 s", link: path(bdpBytes, 0.1), millis: 23_000, maxShare: 0.9 }
]
