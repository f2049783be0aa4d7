/** Many worlds, one after another: what came of them, counted. */
import { type AnyScript, draw, run, shrink, type WorldName } from "./Kinds.ts"

/** Which seeds to run, and how many workers share them. */
export interface Task {
  readonly worlds: ReadonlyArray<WorldName>
  readonly from: number
  readonly seeds: number
  readonly jobs: number
  readonly job: number
  /** Whether the first failure ends it. */
  readonly stopsAtFirst: boolean
  /** Whether failing scripts are cut down. */
  readonly shrinks: boolean
}

export interface Failure {
  readonly world: WorldName
  readonly seed: number
  readonly message: string
  /** Cut down, for the first failures of a worker. */
  readonly script: AnyScript
}

/** Sums of everything that is counted, by name. */
export interface Tally {
  events: number
  virtualMillis: number
  readonly worlds: Record<string, number>
  readonly faults: Record<string, number>
  readonly outcomes: Record<string, number>
  readonly failures: Array<Failure>
}

/** Shrinking takes a thousand runs each; the first few tell enough. */
const mostShrunk = 3

export const emptyTally = (): Tally => ({
  events: 0,
  virtualMillis: 0,
  worlds: {},
  faults: {},
  outcomes: {},
  failures: []
})

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
    const isShrunk = task.shrinks && tally.failures.length < mostShrunk
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

/** What several workers counted, together. */
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
