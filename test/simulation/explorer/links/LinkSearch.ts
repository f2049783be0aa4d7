/**
 * Visits every state of tiny worlds of linked servers. A server's state follows from its inputs, so that a state of the world is the sequence of
 * inputs of each server: interleavings of independent steps lead to one state and are visited once. Steps: a server posts, its disk syncs, its
 * timer fires, the next message of a direction arrives, a session breaks (what is under way is lost) and another one begins.
 */
import type { Result } from "../Search.ts"
import { found } from "../Wire.ts"
import { type Input, type LinkNode, nodeAfter } from "./LinkNode.ts"

export interface LinkWorld {
  readonly name: string
  readonly about: string
  readonly servers: ReadonlyArray<string>
  readonly edges: ReadonlyArray<readonly [number, number]>
  /** The number of posts of each server. */
  readonly posts: ReadonlyArray<number>
  /** Timers that fire at each server, and sessions that break. */
  readonly ticks: number
  readonly breaks: number
}

export const linkWorlds: ReadonlyArray<LinkWorld> = [
  {
    name: "links-two",
    about: "two linked servers, a post each, a broken session",
    servers: ["a", "b"],
    edges: [[0, 1]],
    posts: [1, 1],
    ticks: 0,
    breaks: 1
  },
  {
    name: "links-acks",
    about: "two linked servers, two posts of one, a timer",
    servers: ["a", "b"],
    edges: [[0, 1]],
    posts: [2, 0],
    ticks: 2,
    breaks: 0
  },
  {
    name: "links-three",
    about: "three servers in a row, a post at one end",
    servers: ["a", "b", "c"],
    edges: [[0, 1], [1, 2]],
    posts: [1, 0, 0],
    ticks: 0,
    breaks: 0
  }
]

/** The inputs of each server, and the session of each edge. */
interface State {
  readonly inputs: ReadonlyArray<ReadonlyArray<Input>>
  readonly sessions: ReadonlyArray<number>
  readonly breaks: number
  readonly from: State | undefined
  readonly step: string
}

const count = (inputs: ReadonlyArray<Input>, kind: Input["kind"], link?: number): number =>
  inputs.filter((input) => input.kind === kind && (link === undefined || ("link" in input && input.link === link)))
    .length

/** Searches a world for violations. */
export const searchLinks = (world: LinkWorld): Result => {
  const startedAt = performance.now()
  const nodes = new Map<string, LinkNode>()
  const keys = new WeakMap<ReadonlyArray<Input>, string>()
  const keyOf = (inputs: ReadonlyArray<Input>): string => {
    const key = keys.get(inputs) ?? JSON.stringify(inputs)
    keys.set(inputs, key)
    return key
  }
  const nodeOf = (server: number, inputs: ReadonlyArray<Input>): LinkNode => {
    const key = `${server}${keyOf(inputs)}`
    const node = nodes.get(key) ?? nodeAfter(found(world.servers[server]), world.servers, inputs)
    nodes.set(key, node)
    return node
  }
  let state: State = {
    inputs: world.servers.map(() => []),
    sessions: world.edges.map((_, edge) => edge + 1),
    breaks: world.breaks,
    from: undefined,
    step: ""
  }
  const after = (from: State, step: string, given: ReadonlyArray<readonly [number, Input]>): State => {
    let { inputs } = from
    for (const [server, input] of given) inputs = inputs.with(server, [...found(inputs[server]), input])
    return { ...from, inputs, from, step }
  }
  const opened = (edge: number, link: number): ReadonlyArray<readonly [number, Input]> => {
    const [one, other] = found(world.edges[edge])
    return [
      [one, { kind: "open", link, peer: found(world.servers[other]) }],
      [other, { kind: "open", link, peer: found(world.servers[one]) }]
    ]
  }
  for (const [edge, link] of state.sessions.entries()) {
    state = { ...after(state, "", opened(edge, link)), from: undefined }
  }

  const next = (from: State): ReadonlyArray<State> => {
    const states: Array<State> = []
    for (const [server, inputs] of from.inputs.entries()) {
      const name = found(world.servers[server])
      const can = (kind: "post" | "sync" | "tick", isPossible: boolean): void => {
        if (isPossible) states.push(after(from, `${name}: ${kind}`, [[server, { kind }]]))
      }
      can("post", count(inputs, "post") < (world.posts[server] ?? 0))
      can("sync", nodeOf(server, inputs).isUnsynced)
      // Before the vectors have come, a timer that fires ends the link.
      const isReady = inputs.some((input) => input.kind === "message" && input.message.t === "ready")
      can("tick", isReady && count(inputs, "tick") < world.ticks)
    }
    for (const [edge, link] of from.sessions.entries()) {
      const [one, other] = found(world.edges[edge])
      for (const [sender, receiver] of [[one, other], [other, one]] as const) {
        const inputs = found(from.inputs[receiver])
        const message = nodeOf(sender, found(from.inputs[sender])).sent.get(link)?.[count(inputs, "message", link)]
        if (message === undefined) continue
        const step = `${world.servers[receiver]} receives ${message.t} of ${world.servers[sender]}`
        states.push(after(from, step, [[receiver, { kind: "message", link, message }]]))
      }
      if (from.breaks === 0) continue
      const closed = ([one, other] as const).map((server) => [server, { kind: "close", link, peer: "" }] as const)
      const broken = after(from, "the session breaks", [...closed, ...opened(edge, link + world.edges.length)])
      states.push({
        ...broken,
        sessions: from.sessions.with(edge, link + world.edges.length),
        breaks: from.breaks - 1
      })
    }
    return states
  }

  const seen = new Set<string>()
  const stack = [state]
  let transitions = 0
  let ends = 0
  let longest = 0
  const result = (what?: string, last?: State): Result => {
    const path: Array<string> = []
    for (let at = last; at?.from !== undefined; at = at.from) path.unshift(`   0.000 s  ${at.step}`)
    return {
      states: seen.size,
      transitions,
      ends,
      longest,
      seconds: (performance.now() - startedAt) / 1000,
      violation: what === undefined ? undefined : { what, path }
    }
  }
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    const key = current.inputs.map(keyOf).join("|")
    if (seen.has(key)) continue
    seen.add(key)
    longest = Math.max(longest, current.inputs.reduce((sum, { length }) => sum + length, 0))
    const all = current.inputs.map((inputs, server) => nodeOf(server, inputs))
    const violation = all.find((node) => node.violation !== undefined)?.violation
    if (violation !== undefined) return result(violation, current)
    const states = next(current)
    transitions += states.length
    stack.push(...states)
    // Timers and breaks are no steps that must be taken.
    if (states.some(({ step }) => !/tick$|breaks$/.test(step))) continue
    ends++
    const [first] = all
    const posts = world.posts.reduce((sum, one) => sum + one, 0)
    const differs = all.some(({ log }) => log.length !== posts || log.join() !== first?.log.join())
    if (differs) return result("nothing is under way, but the logs are not equal and complete", current)
  }
  return result()
}
