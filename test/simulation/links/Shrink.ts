/**
 * Shrinks a failing script of linked servers as long as it violates the same rule: fewer faults, clients and posts, links that are not needed,
 * and rounder numbers.
 */
import { shrunk, type Verdict, withoutSome } from "../Shrinking.ts"
import type { Fault, LinksScript } from "./Script.ts"

/** The limits of the work for one script. */
const limits = { runs: 1500, events: 3_000_000 }

/** The smallest script found that violates the same rule; the script itself if it violates none. */
export const shrinkLinks = (script: LinksScript, verdict: Verdict<LinksScript>): LinksScript =>
  shrunk(script, verdict, limits, (current, attempt) => {
    withoutSome(current, attempt, (one) => one.clients, (one, clients) => ({ ...one, clients }))
    withoutSome(current, attempt, (one) => one.faults, (one, faults) => ({ ...one, faults }))
    while (current().servers.length > 2 && attempt(withoutLastServer(current())));
    for (const candidate of simpler(current())) attempt(candidate(current()))
  })

/** The last server is removed, so that the others keep their numbers, with its clients. Its links stay the last ones only if all do. */
const withoutLastServer = (script: LinksScript): LinksScript => {
  const last = script.servers.length - 1
  const edges = script.edges.filter(({ from, to }) => from !== last && to !== last)
  // Faults name links by their numbers.
  const numberOf = new Map(edges.map((edge, at) => [script.edges.indexOf(edge), at]))
  return {
    ...script,
    servers: script.servers.slice(0, -1),
    rooms: script.rooms.map((room) => ({ ...room, servers: room.servers.filter((server) => server !== last) })),
    edges,
    clients: script.clients.filter(({ home }) => home !== last)
      .map((client) => ({ ...client, moves: client.moves.filter(({ to }) => to !== last) })),
    faults: script.faults.flatMap((fault): ReadonlyArray<Fault> => {
      if ("cut" in fault) {
        const cut = numberOf.get(fault.cut)
        return cut === undefined ? [] : [{ ...fault, cut }]
      }
      if ("stall" in fault) {
        const stall = numberOf.get(fault.stall)
        return stall === undefined ? [] : [{ ...fault, stall }]
      }
      const server = "isolate" in fault ? fault.isolate : "slow" in fault ? fault.slow : fault.kill
      return server === last || ("clone" in fault && fault.clone === last) ? [] : [fault]
    })
  }
}

/** Changes that simplify each part of the script. */
function* simpler(script: LinksScript): Generator<(current: LinksScript) => LinksScript> {
  yield (current) => ({ ...current, rooms: current.rooms.slice(0, 1) })
  for (const number of script.servers.keys()) {
    yield (current) => ({ ...current, servers: current.servers.with(number, { diskMillis: 0 }) })
  }
  for (const [number, client] of script.clients.entries()) {
    yield (current) => ({
      ...current,
      clients: current.clients.map((one, at) => at === number ? { ...one, moves: [] } : one)
    })
    for (let post = client.posts.length - 1; post >= 0; post--) {
      yield (current) => ({
        ...current,
        clients: current.clients.map((one, at) => at === number ? { ...one, posts: one.posts.toSpliced(post, 1) } : one)
      })
    }
  }
  for (const edge of script.edges.keys()) {
    yield (current) => ({
      ...current,
      edges: current.edges.map((one, at) => at === edge ? { ...one, delayMillis: 1 } : one)
    })
  }
}
