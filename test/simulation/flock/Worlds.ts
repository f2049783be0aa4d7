/**
 * Draws the script of each kind of world from a seed. The script contains all random values except those that sessions
 * draw.
 */
import { rubbish, several } from "../Draws.ts"
import { Random } from "../Random.ts"
import { attacked, restarts } from "./AttackedWorlds.ts"
import { bothWays, type Draw, drawClient, drawRoute, drawSecurity } from "./Parts.ts"
import type { Fault, FlockScript, FlockWorldName } from "./Script.ts"

/** The script of a world and a seed. */
export const drawFlock = (world: FlockWorldName, seed: number): FlockScript => {
  const random = new Random(seed)
  const drawn = draws[world](random)
  // Drawn last, so that the rest of the world depends on the seed only.
  return { world, seed, security: drawSecurity(random, [100, 200, 1000]), ...drawn }
}

/** Faults that must not prevent the delivery of everything. */
const lossy: Draw = (random) => {
  const route = drawRoute(random)
  const clients = several(random, 2, drawClient)
  const faults: Array<Fault> = clients.flatMap((_, client) =>
    bothWays(random, client, 20 + 2 * route.delayMillis, () => ({
      loss: random.chance(0.3) ? random.number(0.05, 0.3) : random.number(0, 0.08),
      burst: random.chance(0.2) ? random.number(0, 0.6) : 0,
      duplicate: random.chance(0.5) ? random.number(0, 0.5) : 0,
      late: random.chance(0.5) ? random.number(0, 0.2) : 0,
      damage: random.chance(0.5) ? random.number(0, 0.1) : 0
    }))
  )
  if (random.chance(0.2)) faults.push({ slower: random.integer(1, 300), at: random.integer(0, 2000) })
  return { delivers: true, route, clients, faults }
}

/** Loss up to 60 %, black holes, partitions of one or both directions: a session may end by its idle timeout. */
const harsh: Draw = (random) => {
  const route = drawRoute(random)
  const clients = several(random, 2, drawClient)
  const faults: Array<Fault> = clients.flatMap((_, client) =>
    bothWays(
      random,
      client,
      100,
      () => ({ loss: random.number(0, 0.6), duplicate: random.number(0, 0.3), damage: 0.02 })
    )
  )
  const from = random.integer(0, 1500)
  if (random.chance(0.4)) {
    for (let hole = 0; hole < 8; hole++) {
      faults.push({ outage: "both", from: from + 5000 * hole, until: from + 5000 * hole + 2000 })
    }
  } else if (random.chance(0.7)) {
    const outage = random.pick(["both", "up", "down"] as const)
    faults.push({ outage, from, until: from + random.pick([2000, 10_000, 29_000, 45_000]) })
  }
  return { delivers: false, route, clients, faults }
}

/** Ports that change every second; third parties that copy, delay and relay packets. */
const moves: Draw = (random) => {
  const route = drawRoute(random)
  const clients = several(random, 2, drawClient)
  const faults: Array<Fault> = clients.flatMap((_, client) =>
    bothWays(random, client, 200, () => ({
      loss: random.number(0, 0.1),
      late: random.number(0, 0.1),
      duplicate: 0.05,
      damage: 0.02,
      relay: random.chance(0.5) ? random.number(0, 0.15) : 0
    }))
  )
  for (const client of clients.keys()) {
    const every = random.pick([1000, 1000, 300])
    for (let change = 1; change <= random.integer(0, 6); change++) faults.push({ rebind: client, at: change * every })
  }
  faults.push(
    ...several(random, 30, (): Fault => {
      const at = random.chance(0.5) ? random.integer(0, 500) : random.integer(0, 8000)
      const stranger = random.integer(0, 9)
      const link = `${random.integer(0, clients.length - 1)}${random.pick(["up", "up", "down"])}`
      return random.chance(0.8)
        ? { stranger, at, overheard: { link, nth: random.integer(0, 40) } }
        : { stranger, at, bytes: Buffer.from(rubbish(random)).toString("hex") }
    })
  )
  return { delivers: true, route, clients, faults }
}

/** Programs that pause, paths that drop large datagrams, hosts that crash. */
const hosts: Draw = (random) => {
  const route = { ...drawRoute(random), mtuBytes: random.pick([1472, 1500]) }
  const clients = several(random, 2, drawClient)
  const anyHost = (): "server" | number => random.chance(0.5) ? "server" : random.integer(0, clients.length - 1)
  const at = (): number => random.integer(0, 1500) + 0.4
  const isShort = random.chance(0.5)
  const faults: Array<Fault> = [
    ...clients.flatMap((_, client) =>
      bothWays(random, client, 50, () => ({ loss: random.number(0, 0.05), duplicate: 0.02 }))
    ),
    ...several(random, 2, (): Fault => ({
      pause: anyHost(),
      at: at(),
      millis: isShort ? random.integer(1, 2500) : random.pick([2000, 20_000, 60_000, 3_600_000])
    }), 0),
    ...(random.chance(0.4) ? [{ mtu: 1200, at: at() }] : [])
  ]
  const isGone = !isShort && random.chance(0.6)
  if (isGone) faults.push({ crash: anyHost(), at: at() })
  return { delivers: isShort, route, clients, faults }
}

const draws: Readonly<Record<FlockWorldName, Draw>> = {
  "flock-lossy": lossy,
  "flock-harsh": harsh,
  "flock-moves": moves,
  "flock-hosts": hosts,
  "flock-attacked": attacked,
  "flock-restarts": restarts
}
