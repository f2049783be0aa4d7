/**
 * Measures the cost of a controller: records all its calls in a run and replays them on a new controller without the
 * simulation.
 */
import type { Ack, Congestion, PacketState, Totals } from "../../../src/protocol/flock/congestion/Congestion.ts"
import type { Random } from "../Random.ts"
import { run, type Scenario } from "./run.ts"

type Call = (controller: Congestion) => void

/** Forwards all calls to `inner` and records them. */
const recording = (inner: Congestion, calls: Array<Call>): Congestion => ({
  name: inner.name,
  get congestionWindowBytes() {
    return inner.congestionWindowBytes
  },
  get pacingRateBytesPerMilli() {
    return inner.pacingRateBytesPerMilli
  },
  get sendQuantumBytes() {
    return inner.sendQuantumBytes
  },
  get maxWindowBytes() {
    return inner.maxWindowBytes
  },
  set maxWindowBytes(bytes: number) {
    inner.maxWindowBytes = bytes
  },
  onDatagramBytes: (maxDatagramBytes: number) => inner.onDatagramBytes(maxDatagramBytes),
  onPacketSent: (packet: PacketState, totals: Totals, now: number) => {
    const [packetThen, totalsThen] = [{ ...packet }, sums(totals)]
    calls.push((controller) => controller.onPacketSent(packetThen, totalsThen, now))
    inner.onPacketSent(packet, totals, now)
  },
  onLoss: (packet: PacketState, totals: Totals, now: number) => {
    const [packetThen, totalsThen] = [{ ...packet }, sums(totals)]
    calls.push((controller) => controller.onLoss(packetThen, totalsThen, now))
    inner.onLoss(packet, totals, now)
  },
  onAck: (ack: Ack, now: number) => {
    const then = { ...ack }
    calls.push((controller) => controller.onAck(then, now))
    inner.onAck(ack, now)
  },
  onPersistentCongestion: (totals: Totals, now: number) => inner.onPersistentCongestion(totals, now),
  explain: () => inner.explain()
})

const sums = ({ bytesInFlight, deliveredBytes, lostBytes }: Totals): Totals => ({
  bytesInFlight,
  deliveredBytes,
  lostBytes
})

/**
 * The minimum cost of all controller calls for one packet (sent, lost, acknowledged) in nanoseconds, over `times`
 * replays.
 */
export const nanosPerPacket = (sender: Scenario["flows"][number], times: number, clock: () => number): number => {
  const calls: Array<Call> = []
  const makers: Array<(now: number) => Congestion> = []
  const controller = (random: Random) => {
    const make = sender.controller(random)
    makers.push(make)
    return (now: number) => recording(make(now), calls)
  }
  const { flows: [flow] } = run({
    link: { bytesPerMilli: 12_500, queueBytes: 1_250_000, roundTripMillis: 100, loss: 0.01 },
    flows: [{ ...sender, controller, acks: { packets: 1, delayMillis: 0 } }],
    millis: 5000
  })
  let best = Infinity
  for (let time = 0; time < times; time++) {
    const again = makers[0]?.(0)
    if (again === undefined || flow === undefined) return NaN
    const startedAt = clock()
    for (const call of calls) call(again)
    best = Math.min(best, clock() - startedAt)
  }
  return best * 1e6 / (flow?.sentPackets ?? NaN)
}
