/** Draws the parts of worlds: sessions, streams, paths, protections, and faults of single datagrams. */
import { rubbish, several } from "../Draws.ts"
import type { Random } from "../Random.ts"
import type { ClientScript, FlockScript, PassageFault, StreamScript } from "./Script.ts"

/** Draws a script. */
export type Draw = (random: Random) => Omit<FlockScript, "world" | "seed">

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
