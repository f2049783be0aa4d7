/** Runs many worlds, one after another, and sums up their results. */
import { type AnyScript, draw, run, shrink, type WorldName } from "./Kinds.ts"

/** The seeds to run, and the number of workers that share them. */
export interface Task {
  readonly worlds: ReadonlyArray<WorldName>
  readonly from: number
  readonly seeds: number
  readonly jobs: number
  readonly job: number
  /** Whether the campaign stops at the first failure. */
  readonly stopsAtFirst: boolean
  /** Whether failing scripts are shrunk. */
  readonly shrinks: boolean
}

/** A world that violated an invariant. */
export interface Failure {
  readonly world: WorldName
  readonly seed: number
  readonly message: string
  /** Shrunk for the first failures of a worker, otherwise complete. */
  readonly script: AnyScript
}

/** Sums of all counters, by name. */
export interface Tally {
  events: number
  virtualMillis: number
  readonly worlds: Record<string, number>
  readonly faults: Record<string, number>
  readonly outcomes: Record<string, number>
  readonly failures: Array<Failure>
}

/** The number of failures that a worker shrinks. Each takes about a thousand runs, and the first few are sufficient. */
const maxShrunk = 3

/** A tally of no worlds. */
export const emptyTally = (): Tally => ({
  events: 0,
  virtualMillis: 0,
  worlds: {},
  faults: {},
  outcomes: {},
  failures: []
})

/** Runs the seeds of one worker. */
export const campaign = (task: Task): Tally => {
  const tally = emptyTally()
  for (let nth = task.job; nth < task.seeds; nth += task.jobs) {
    const seed = task.from + nth
    const world = task.worlds[seed % task.worlds.length]
    if (world === undefined) break
    const script = draw(world, seed)
    const { events, faults, outcomes, violation, virtualMillis } = run(script)
    tally.events += events
    tally.virtualMillis += virtualMillis
    add(tally.worlds, [[world, 1]])
    add(tally.faults, faults)
    add(tally.outcomes, outcomes)
    if (violation === undefined) continue
    const isShrunk = task.shrinks && tally.failures.length < maxShrunk
    const small = isShrunk ? shrink(script, verdict) : script
    const message = (isShrunk ? run(small).violation : violation)?.message ?? violation.message
    tally.failures.push({ world, seed, message, script: small })
    if (task.stopsAtFirst) break
  }
  return tally
}

const verdict = (script: AnyScript) => {
  const { events, violation } = run(script)
  return { rule: violation?.rule, events }
}

/** The sum of the tallies of several workers; failures are sorted by seed. */
export const merged = (tallies: ReadonlyArray<Tally>): Tally => {
  const all = emptyTally()
  for (const tally of tallies) {
    all.events += tally.events
    all.virtualMillis += tally.virtualMillis
    add(all.worlds, Object.entries(tally.worlds))
    add(all.faults, Object.entries(tally.faults))
    add(all.outcomes, Object.entries(tally.outcomes))
    all.failures.push(...tally.failures)
  }
  all.failures.sort((a, b) => a.seed - b.seed)
  return all
}

const add = (sums: Record<string, number>, counts: Iterable<readonly [string, number]>): void => {
  for (const [name, count] of counts) sums[name] = (sums[name] ?? 0) + count
}
