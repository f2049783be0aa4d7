/** Draws the script of a world of linked servers from a seed. */
import { several } from "../Draws.ts"
import { Random } from "../Random.ts"
import type { ClientScript, Fault, LinksScript, LinksWorldName } from "./Script.ts"

/** The time of the last post and of the last fault. */
const busyMillis = 60_000

/** The script of a world and a seed. */
export const drawLinks = (world: LinksWorldName, seed: number): LinksScript => {
  const random = new Random(seed)
  const servers = several(random, 6, () => ({ diskMillis: random.pick([0, 1, 8, 40]) }), 2)
  const edges = drawEdges(random, servers.length)
  const rooms = drawRooms(random, servers.length, edges)
  const clients = several(random, 5, () => drawClient(random, servers.length, rooms))
  const faults = several(random, 6, () => drawFault(random, world, servers.length, edges.length), 0)
  return { world, seed, servers, rooms, edges, clients, faults }
}

/** A random tree, and some edges more, so that there are cycles. */
const drawEdges = (random: Random, servers: number): LinksScript["edges"] => {
  const delayMillis = (): number => random.pick([1, 20, 80, 300])
  const edges = Array.from({ length: servers - 1 }, (_, at) => ({
    from: random.integer(0, at),
    to: at + 1,
    delayMillis: delayMillis()
  }))
  for (let from = 0; from < servers; from++) {
    for (let to = from + 1; to < servers; to++) {
      const isThere = edges.some((edge) => edge.from === from && edge.to === to)
      if (!isThere && random.chance(0.25)) edges.push({ from, to, delayMillis: delayMillis() })
    }
  }
  return edges
}

/** A public room, which some servers have from the start, and sometimes a private one of two servers with a link. */
const drawRooms = (random: Random, servers: number, edges: LinksScript["edges"]): LinksScript["rooms"] => {
  const all = Array.from({ length: servers }, (_, number) => number)
  const first = random.chance(0.7) ? all : all.filter(() => random.chance(0.5))
  const hall = { name: "hall", access: "public" as const, servers: first.length === 0 ? [0] : first }
  const edge = random.chance(0.4) ? edges[random.integer(0, edges.length - 1)] : undefined
  return edge === undefined
    ? [hall]
    : [hall, { name: "secret", access: "private", servers: [edge.from, edge.to] }]
}

const drawClient = (random: Random, servers: number, rooms: LinksScript["rooms"]): ClientScript => {
  const home = random.integer(0, servers - 1)
  const open = rooms.filter((room) => room.access === "public" || room.servers.includes(home))
  const posts = several(random, 14, () => ({
    at: random.integer(0, busyMillis),
    room: open[random.integer(0, open.length - 1)]?.name ?? "hall",
    // Few texts, so that equal ones are posted again.
    text: random.pick(["yes", "no", "which one?"])
  })).toSorted((one, other) => one.at - other.at)
  const moves = several(random, 3, () => ({
    at: random.integer(0, busyMillis),
    to: random.chance(0.4) ? home : random.integer(0, servers - 1)
  }), 0).toSorted((one, other) => one.at - other.at)
  return { home, posts, moves }
}

const drawFault = (random: Random, world: LinksWorldName, servers: number, edges: number): Fault => {
  const at = random.integer(0, busyMillis)
  const edge = random.integer(0, edges - 1)
  const server = random.integer(0, servers - 1)
  const kill = { kill: server, at, downMillis: random.pick([0, 500, 5000, 20_000]) }
  switch (random.integer(0, 6)) {
    case 0:
      return { isolate: server, at, millis: random.pick([1000, 10_000, 30_000]) }
    case 1:
      return { stall: edge, at, millis: random.pick([500, 3000, 20_000]) }
    case 2:
      return { slow: server, at, millis: 10_000, by: random.pick([100, 1000, 5000]) }
    case 3:
    case 4:
      return { cut: edge, at, millis: random.pick([0, 1000, 10_000, 30_000]) }
    default:
      if (world === "links" || random.chance(0.3)) return kill
      return random.chance(0.75)
        ? { ...kill, copyOf: random.integer(0, at) }
        : { ...kill, clone: random.integer(0, servers - 1) }
  }
}
