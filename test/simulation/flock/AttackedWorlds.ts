/** Draws worlds with an attacker, and worlds in which the server is started again meanwhile. */
import { several } from "../Draws.ts"
import type { Random } from "../Random.ts"
import type { Attack, AttackKind } from "./Attack.ts"
import { bothWays, type Draw, drawClient, drawRoute, drawSecurity, drawStream } from "./Parts.ts"
import type { ClientScript, Fault, FlockScript } from "./Script.ts"

/** Datagrams of a handshake, which are not lost: a forged HELLO2 is not the only one. */
const handshakeDatagrams = 12
const dayMillis = 86_400_000

type When = Attack["when"]
type Drawn = Omit<FlockScript, "world" | "seed">

/** Attacks for which no keys are needed, on a session that is open. */
const onSessions: ReadonlyArray<AttackKind> = [
  "copy",
  "copy",
  "copy",
  "flip",
  "flip",
  "cut",
  "join",
  "renumber",
  "renumber",
  "forge",
  "forge",
  "reset",
  "oracle",
  "oracle"
]
/** What CRC-32 lets an attacker do without harm. */
const harmless: ReadonlyArray<AttackKind> = ["copy", "copy", "copy", "join"]

const oneOf = <A>(random: Random, all: ReadonlyArray<A>, otherwise: A): A =>
  all[random.integer(0, all.length - 1)] ?? otherwise

const attackOn = (
  random: Random,
  client: number,
  attack: AttackKind,
  when: When,
  more: Partial<Attack> = {}
): Attack => ({
  attack,
  when,
  client,
  to: random.pick(["client", "server", "server", "other"]),
  from: random.chance(0.6) ? "peer" : random.integer(0, 9),
  seen: random.chance(0.5) ? random.integer(0, 3) : random.integer(0, 200),
  value: random.integer(0, 10_000),
  ...more
})

const anyTime = (random: Random, client: number, delayMillis: number, untilMillis: number): When => {
  if (random.chance(0.04)) return { at: random.pick([60_000, 3 * dayMillis]) }
  if (random.chance(0.3)) return { at: random.integer(0, untilMillis) }
  return {
    link: `${client}${random.pick(["up", "down"])}`,
    nth: random.chance(0.4) ? random.integer(0, 6) : random.integer(0, 80),
    after: random.pick([0, delayMillis / 2, random.integer(0, 400)])
  }
}

/** Attacks on the handshake of a client. None exhausts what a client or a server tries. */
const onHandshake = (random: Random, client: number, delayMillis: number, isFlooded: boolean): Array<Attack> => {
  const hello = (): When => ({ link: `${client}up`, nth: 0, after: random.number(0, 1.5 * delayMillis) })
  const answer = (): When => ({ link: `${client}down`, nth: 0, after: random.number(0, 2 * delayMillis) })
  const attacks: Array<Attack> = []
  // Whoever gets no HELLO2 for long, because the server asks for tokens, may take a forged one for the answer.
  if (!isFlooded && random.chance(0.5)) {
    attacks.push(
      ...several(random, 3, () => attackOn(random, client, "hello2", hello(), { to: "client", from: "peer" }))
    )
  }
  if (random.chance(0.3)) {
    const count = random.integer(1, 12)
    for (let nth = 0; nth < count; nth++) {
      attacks.push(attackOn(random, client, "retry", hello(), { to: "client", from: "peer" }))
    }
  }
  if (random.chance(0.4)) {
    attacks.push(...several(random, 3, () => attackOn(random, client, "hello3", answer(), { to: "server" })))
  }
  if (random.chance(0.4)) {
    attacks.push(...several(random, 3, () => attackOn(random, client, "hello", hello(), { to: "server" })))
  }
  if (random.chance(0.25)) {
    // In the name of the client, and before it.
    const when = { link: `${client}up`, nth: 0, after: random.number(0, 0.9 * delayMillis) }
    attacks.push(attackOn(random, client, "hello", when, { to: "server", from: "peer", value: 0 }))
  }
  if (random.chance(0.3)) attacks.push(attackOn(random, client, "version", hello(), { to: "client", from: "peer" }))
  if (random.chance(0.3)) {
    attacks.push(
      ...several(random, 2, () => attackOn(random, client, random.pick(["flip", "reset", "oracle"]), answer()))
    )
  }
  return attacks
}

const withAttacks = (random: Random, untilMillis: number): Drawn => {
  const route = { ...drawRoute(random), mtuBytes: random.pick([1400, 1500]) }
  const { delayMillis } = route
  const clients = several(random, 2, (): ClientScript => ({
    ...drawClient(random),
    // Enough packets for several epochs.
    streams: several(random, 4, () => ({
      ...drawStream(random),
      afterMillis: random.chance(0.5) ? 0 : random.integer(0, untilMillis / 2),
      ...(random.chance(0.3) ? { bytes: random.integer(40_000, 90_000) } : {})
    })).toSorted((a, b) => a.afterMillis - b.afterMillis)
  }))
  const security = drawSecurity(random, [32, 48, 64, 128])
  const isKeyed = security.protection !== "crc"
  const faults = clients.flatMap((_, client) => {
    const loss = random.chance(0.5) ? random.number(0, 0.05) : 0
    const relay = random.chance(0.3) ? random.number(0, 0.1) : 0
    return bothWays(random, client, 20 + 2 * delayMillis, () => ({ loss, duplicate: 0.03, late: 0.05, relay }))
  }).filter(({ nth }) => nth >= handshakeDatagrams)
  // HELLO3 arrives from elsewhere.
  for (const client of clients.keys()) {
    if (random.chance(0.1)) faults.push({ link: `${client}up`, nth: 1, relay: random.integer(0, 9) })
  }
  for (const client of clients.keys()) {
    faults.push(...several(random, 12, () => ({
      link: `${client}${random.pick(["up", "down"])}`,
      nth: random.integer(0, 100),
      merge: random.integer(1, 6),
      head: random.pick([random.integer(0, 40), random.integer(0, 1500), random.integer(1500, 6000)])
    })))
  }
  // The attacker holds packets back.
  const held = clients.flatMap((_, client) =>
    several(random, 6, (): Fault => ({
      link: `${client}${random.pick(["up", "down"])}`,
      nth: random.integer(handshakeDatagrams, 100),
      delay: random.integer(200, 9000)
    }), 0)
  )
  const floodAt = random.chance(0.25) ? random.integer(0, 600) : undefined
  const attacks = clients.flatMap((_, client) => [
    ...several(random, 20, () =>
      attackOn(
        random,
        client,
        oneOf(random, isKeyed ? onSessions : harmless, "copy"),
        anyTime(random, client, delayMillis, untilMillis)
      )),
    ...(isKeyed ? onHandshake(random, client, delayMillis, floodAt !== undefined) : [])
  ])
  if (floodAt !== undefined) {
    attacks.push(attackOn(random, 0, "flood", { at: floodAt }, { value: random.integer(60, 130) }))
    attacks.push(
      ...several(
        random,
        3,
        () => attackOn(random, 0, "token", { at: floodAt + random.integer(1, 3000) }, { value: random.integer(0, 9) })
      )
    )
  }
  return { delivers: true, route, security, clients, faults: [...faults, ...held], attacks }
}

/** An attacker that has every datagram, and no keys. */
export const attacked: Draw = (random) => withAttacks(random, 3000)

/** The same, and the server starts again while sessions are open. */
export const restarts: Draw = (random) => {
  const world = withAttacks(random, 8000)
  // A client that has nothing but a forged HELLO2 for long, because the server is down, takes it for the answer.
  const isRaced = world.attacks?.some(({ attack }) => attack === "hello2") === true
  const faults = several(random, 2, (): Fault => ({
    restart: random.integer(0, 1500),
    at: random.integer(isRaced ? 2500 : 300, 5000)
  }))
  return { ...world, faults: [...world.faults, ...faults] }
}
