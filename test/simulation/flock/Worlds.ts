/**
 * Draws the script of each kind of world from a seed. The script contains all random values except those that sessions
 * draw.
 */
import { rubbish, several } from "../Draws.ts"
import { Random } from "../Random.ts"
import { attacked, restarts } from "./AttackedWorlds.ts"
import type { ClientScript, Fault, FlockScript, FlockWorldName, PassageFault, StreamScript } from "./Script.ts"

/** Draws a script. */
export type Draw = (random: Random) => Omit<FlockScript, "world" | "seed">

/** The script of a world and a seed. */
export const drawFlock = (world: FlockWorldName, seed: number): FlockScript => {
  const random = new Random(seed)
  const drawn = draws[world](random)
  // Drawn last, so that the rest of the world depends on the seed only.
  return { world, seed, security: drawSecurity(random, [100, 200, 1000]), ...drawn }
}

/** How packets are protected, with one of these lengths of epochs. */
export const drawSecurity = (
  random: Random,
  epochs: readonly [number, ...ReadonlyArray<number>]
): NonNullable<FlockScript["security"]> => ({
  protection: random.pick(["aead", "aead", "aead-psk", "crc"]),
  epochPackets: random.pick(epochs)
})

/** The probability of each fault of a datagram, 0 to 1. */
interface Chances {
  readonly loss: number
  /** The probability that the next datagram is lost too after a loss. */
  readonly burst?: number
  readonly duplicate?: number
  readonly late?: number
  readonly damage?: number
  readonly relay?: number
}

/** The number of datagrams of a link that may have faults, more than most sessions send. */
const faultyDatagrams = 250

const passages = (random: Random, link: string, chances: Chances, lateMillis: number): Array<PassageFault> => {
  const { burst = 0, damage: damaged = 0, duplicate = 0, late = 0, loss, relay = 0 } = chances
  const faults: Array<PassageFault> = []
  for (let nth = 0; nth < faultyDatagrams; nth++) {
    if (random.chance(loss)) {
      faults.push({ link, nth, lose: true })
      while (random.chance(burst)) faults.push({ link, nth: ++nth, lose: true })
      continue
    }
    if (late > 0 && random.chance(late)) faults.push({ link, nth, delay: random.integer(1, Math.ceil(lateMillis)) })
    if (duplicate > 0 && random.chance(duplicate)) {
      faults.push({ link, nth, double: random.chance(0.5) ? 0 : random.integer(0, Math.ceil(lateMillis)) })
    }
    if (damaged > 0 && random.chance(damaged)) faults.push(damage(random, link, nth))
    if (relay > 0 && random.chance(relay)) faults.push({ link, nth, relay: random.integer(0, 3) })
  }
  return faults
}

const damage = (random: Random, link: string, nth: number): PassageFault => {
  const kind = random.integer(0, 3)
  if (kind === 0) return { link, nth, cut: random.integer(0, 60) }
  if (kind === 1) return { link, nth, extend: Buffer.from(rubbish(random)).toString("hex") }
  return { link, nth, flip: random.chance(0.5) ? random.integer(0, 400) : random.integer(0, 12_000) }
}

export const bothWays = (
  random: Random,
  client: number,
  lateMillis: number,
  chances: () => Chances
): Array<PassageFault> => [
  ...passages(random, `${client}up`, chances(), lateMillis),
  ...passages(random, `${client}down`, chances(), lateMillis)
]

export const drawStream = (random: Random): StreamScript => ({
  by: random.pick(["client", "server"]),
  afterMillis: random.chance(0.6) ? 0 : random.integer(0, 1500),
  bytes: random.chance(0.03)
    ? random.integer(40_000, 90_000)
    : random.pick([0, 1, random.integer(1, 2000), random.integer(1000, 9000), random.integer(5000, 20_000)]),
  ...(random.chance(0.07) ? { resetAfterMillis: random.integer(0, 300) } : {}),
  ...(random.chance(0.07) ? { stopAfterBytes: random.integer(0, 5000) } : {})
})

export const drawClient = (random: Random): ClientScript => ({
  startMillis: random.chance(0.5) ? 0 : random.integer(0, 1000),
  congestion: random.pick(["bbr", "bbr", "cubic", "newreno"]),
  streams: several(random, 5, drawStream).toSorted((a, b) => a.afterMillis - b.afterMillis),
  windows: {
    idleTimeoutMillis: 30_000,
    maxData: random.pick([4000, 20_000, 1_000_000]),
    maxStreamData: random.pick([1500, 10_000, 1_000_000]),
    maxStreams: random.pick([1, 2, 16])
  },
  readMillis: random.chance(0.7) ? 0 : random.integer(1, 40),
  restMillis: random.chance(0.9) ? 0 : random.integer(1000, 25_000)
})

export const drawRoute = (random: Random): FlockScript["route"] => ({
  delayMillis: random.pick([0.2, 1, 10, 50, 150]),
  mtuBytes: random.pick([1200, 1400, 1472, 1500, 65_507]),
  ...(random.chance(0.5)
    ? { bytesPerMilli: random.pick([100, 1000, 10_000]), queueBytes: random.pick([8000, 30_000, 200_000]) }
    : {})
})

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
