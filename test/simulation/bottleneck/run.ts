/** Runs flows through one bottleneck in virtual time and samples the delivered bytes of each. */
import { Random } from "../Random.ts"
import { Flow, type FlowOptions } from "./Flow.ts"
import { Link, type LinkOptions } from "./Link.ts"
import { Histogram, jain } from "./Measures.ts"

/** A path and its flows. */
export interface Scenario {
  readonly link: LinkOptions
  readonly flows: ReadonlyArray<
    Omit<FlowOptions, "controller" | "onSent"> & {
      readonly controller: (random: Random) => FlowOptions["controller"]
    }
  >
  readonly millis: number
  readonly seed?: number
  /** Called every `sampleMillis`, for analysis. */
  readonly onSample?: (now: number, flows: ReadonlyArray<Flow>, backlogBytes: number) => void
}

/** The result of a run. */
export interface Outcome {
  readonly flows: ReadonlyArray<Flow>
  readonly link: Link
  /** By flow, then by sample: the bytes delivered until the sample. */
  readonly delivered: ReadonlyArray<ReadonlyArray<number>>
  readonly queue: Histogram
}

/** The time between two samples. */
export const sampleMillis = 100

/** Runs a scenario. */
export const run = (scenario: Scenario): Outcome => {
  const random = new Random(scenario.seed ?? 1)
  const link = new Link(scenario.link, random)
  const queue = new Histogram(scenario.link.queueBytes)
  const flows = scenario.flows.map(({ controller, ...options }) =>
    new Flow({ ...options, controller: controller(random), onSent: (bytes) => queue.add(bytes) }, link)
  )
  const delivered: Array<Array<number>> = flows.map(() => [])
  let sampleAt = sampleMillis
  for (;;) {
    let next: Flow | undefined
    let nextAt = Infinity
    for (const flow of flows) {
      const at = flow.nextAt
      if (at < nextAt) {
        next = flow
        nextAt = at
      }
    }
    while (sampleAt <= nextAt && sampleAt <= scenario.millis) {
      flows.forEach((flow, index) => delivered[index]?.push(flow.deliveredBytes))
      scenario.onSample?.(sampleAt, flows, link.backlogBytes(sampleAt))
      sampleAt += sampleMillis
    }
    if (next === undefined || nextAt > scenario.millis) return { delivered, flows, link, queue }
    next.step(nextAt)
  }
}

const deliveredUntil = (outcome: Outcome, flow: number, millis: number): number =>
  millis < sampleMillis ? 0 : outcome.delivered[flow]?.[Math.floor(millis / sampleMillis) - 1] ?? 0

/** The bytes that a flow delivered between two times. */
export const deliveredBetween = (outcome: Outcome, flow: number, fromMillis: number, toMillis: number): number =>
  deliveredUntil(outcome, flow, toMillis) - deliveredUntil(outcome, flow, fromMillis)

/** Jain's index of the bytes that the flows delivered between two times. */
export const fairness = (outcome: Outcome, fromMillis: number, toMillis: number): number =>
  jain(outcome.flows.map((_, flow) => deliveredBetween(outcome, flow, fromMillis, toMillis)))
