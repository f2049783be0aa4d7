/**
 * Visits every state of a world, breadth first, so that the path to a violation has minimum length. Then it checks that
 * every run ends: the graph of states must have no cycle. A cycle contains no fault, because the budget of faults only
 * decreases, so it is a livelock. Without cycles every run ends, and each final state has been checked.
 */
import { Graph } from "./Graph.ts"
import { violationAtEnd, violationOf } from "./Invariants.ts"
import { type Move, Moves, type State } from "./Moves.ts"
import { linesOf } from "./Path.ts"
import { doubled, States } from "./States.ts"
import { found } from "./Wire.ts"
import type { World } from "./World.ts"

/** The result of the search in one world. */
export interface Result {
  readonly states: number
  readonly transitions: number
  /** The number of final states. */
  readonly ends: number
  /** The number of transitions of the longest run. */
  readonly longest: number
  readonly seconds: number
  readonly violation: { readonly what: string; readonly path: ReadonlyArray<string> } | undefined
}

/** A limit for the number of states. Beyond it, some part of the state probably never repeats. */
const maxStates = 20_000_000

interface PathStep {
  readonly from: State
  readonly move: Move
}

/** Searches a world for violations. */
export const search = (world: World): Result => {
  const startedAt = performance.now()
  const moves = new Moves(world)
  const states = new States()
  const graph = new Graph()
  let parents = new Int32Array(1024)
  let ends = 0
  const result = (longest: number, what?: string, steps: ReadonlyArray<PathStep> = []): Result => ({
    states: states.size,
    transitions: graph.size,
    ends,
    longest,
    seconds: (performance.now() - startedAt) / 1000,
    violation: what === undefined ? undefined : { what, path: linesOf(steps, moves) }
  })
  const stepBetween = (from: number, to: number): PathStep => {
    const state = states.at(from)
    return { from: state, move: found(moves.from(state).find((move) => states.number(move) === to)) }
  }
  const pathTo = (end: number): Array<PathStep> => {
    const steps: Array<PathStep> = []
    for (let state = end; state > 0; state = parents[state] ?? 0) steps.push(stepBetween(parents[state] ?? 0, state))
    return steps.toReversed()
  }

  states.number(moves.first)
  for (let number = 0; number < states.size; number++) {
    const state = states.at(number)
    const next = moves.from(state)
    for (const move of next) {
      const what = violationOf(move, state, moves)
      if (what !== undefined) return result(0, what, [...pathTo(number), { from: state, move }])
      const known = states.size
      const target = states.number(move)
      graph.add(target)
      if (states.size === known) continue
      if (target === parents.length) parents = doubled(parents)
      parents[target] = number
    }
    graph.close()
    if (states.size > maxStates) return result(0, `more than ${maxStates} states`, pathTo(number))
    if (next.length > 0) continue
    ends++
    const what = violationAtEnd(state, moves)
    if (what !== undefined) return result(0, what, pathTo(number))
  }
  const walk = graph.walk()
  if ("longest" in walk) return result(walk.longest, moves.clients.disagreement() ?? moves.servers.disagreement())
  const [entry = 0] = walk.cycle
  const cycle = walk.cycle.map((state, index) => stepBetween(state, walk.cycle[index + 1] ?? entry))
  return result(0, `an endless run is possible: the last ${cycle.length} steps repeat`, [...pathTo(entry), ...cycle])
}
