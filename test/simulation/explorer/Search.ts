/**
 * Visits every state of a world, breadth first, so that the way to a violation is a shortest one. Then every run is followed
 * to its end: the graph of the states must have no cycle, for every fault that is spent is spent for ever, and what can go
 * round without one is a livelock. So every run ends, and each of its ends has been looked at.
 */
import { brokenAtEnd, brokenBy } from "./Demands.ts"
import { Graph } from "./Graph.ts"
import { type Move, Moves, type State } from "./Moves.ts"
import { linesOf } from "./Path.ts"
import { doubled, States } from "./States.ts"
import { found } from "./Wire.ts"
import type { World } from "./World.ts"

export interface Result {
  readonly states: number
  readonly transitions: number
  /** States after which nothing can happen. */
  readonly ends: number
  /** Steps. */
  readonly longest: number
  readonly seconds: number
  readonly violation: { readonly what: string; readonly path: ReadonlyArray<string> } | undefined
}

/** A world of more states is not tiny any more: something does not come back to what it was. */
const mostStates = 20_000_000

interface Leg {
  readonly from: State
  readonly move: Move
}

export const search = (world: World): Result => {
  const startedAt = performance.now()
  const moves = new Moves(world)
  const states = new States()
  const graph = new Graph()
  let parents = new Int32Array(1024)
  let ends = 0
  const result = (longest: number, what?: string, legs: ReadonlyArray<Leg> = []): Result => ({
    states: states.size,
    transitions: graph.size,
    ends,
    longest,
    seconds: (performance.now() - startedAt) / 1000,
    violation: what === undefined ? undefined : { what, path: linesOf(legs, moves) }
  })
  const leg = (from: number, to: number): Leg => {
    const state = states.at(from)
    return { from: state, move: found(moves.from(state).find((move) => states.number(move) === to)) }
  }
  const legsTo = (end: number): Array<Leg> => {
    const legs: Array<Leg> = []
    for (let state = end; state > 0; state = parents[state] ?? 0) legs.push(leg(parents[state] ?? 0, state))
    return legs.toReversed()
  }

  states.number(moves.first)
  for (let number = 0; number < states.size; number++) {
    const state = states.at(number)
    const next = moves.from(state)
    for (const move of next) {
      const what = brokenBy(move, state, moves)
      if (what !== undefined) return result(0, what, [...legsTo(number), { from: state, move }])
      const known = states.size
      const target = states.number(move)
      graph.add(target)
      if (states.size === known) continue
      if (target === parents.length) parents = doubled(parents)
      parents[target] = number
    }
    graph.close()
    if (states.size > mostStates) return result(0, `more than ${mostStates} states`, legsTo(number))
    if (next.length > 0) continue
    ends++
    const what = brokenAtEnd(state, moves)
    if (what !== undefined) return result(0, what, legsTo(number))
  }
  const walk = graph.walk()
  if ("longest" in walk) return result(walk.longest, moves.clients.disagreement() ?? moves.servers.disagreement())
  const [entry = 0] = walk.cycle
  const round = walk.cycle.map((state, at) => leg(state, walk.cycle[at + 1] ?? entry))
  return result(0, `it can go round for ever, in the last ${round.length} steps`, [...legsTo(entry), ...round])
}
