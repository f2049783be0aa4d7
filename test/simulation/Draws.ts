/** Draws the parts of a world from a random generator: clients and their messages, faults of paths, hosts and disks. */
import { encode, frameType } from "../models/frames.ts"
import type { Random } from "./Random.ts"
import type { ClientScript, Fault, MessageScript, PassageFault, ServerScript } from "./Script.ts"

/** The probability of each fault of a datagram, 0 to 1. */
export interface Chances {
  readonly loss: number
  readonly duplicate: number
  readonly late: number
  readonly damage: number
}

/** The upper bound for the total delay of a datagram and its answer, without the additional delay of a slower path. */
const maxLateMillis = 1600
/**
 * The minimum pause between two messages. After it no datagram of the previous message is in flight: `lateMillis` of
 * Timing.
 */
export const restMillis = 2100

/** A server with a fast or a slow disk. */
export const drawServer = (random: Random): ServerScript => ({
  program: "ours",
  diskMillis: random.chance(0.5) ? 0 : random.integer(1, 40)
})

/** A client with one to four messages. */
export const drawClient = (random: Random): ClientScript => {
  const messages = several(random, 4, drawMessage)
  return {
    program: "ours",
    dialect: random.chance(0.7) ? "frame" : "payload",
    startMillis: random.integer(0, 3000),
    delayMillis: random.pick([0, 1, 10, 50, 150]),
    messages,
    ending: random.pick(["leave", "leave", "stay", "vanish"])
  }
}

/**
 * Extends texts of one fragment to two fragments. A receiver distinguishes a late copy of a one-fragment text from a
 * new one only by other frames that arrive in between, and in these worlds none may arrive for a long time
 * (docs/PROTOCOL.md §7.3, test/simulation/weaknesses).
 */
export const withoutSingles = (client: ClientScript): ClientScript => ({
  ...client,
  messages: client.messages.map((message) =>
    message.kind === "text" && message.bytes <= message.fragmentSize
      ? { ...message, bytes: message.fragmentSize + 1 }
      : message
  )
})

/** A text or a file, mostly of few fragments. */
export const drawMessage = (random: Random): MessageScript => {
  const fragmentSize = random.chance(0.5) ? random.integer(1, 20) : random.pick([63, 64, 100, 1000, 1444, 1445])
  const isLarge = random.chance(0.02)
  const fragments = isLarge
    ? random.integer(200, 500)
    : random.chance(0.7)
    ? random.integer(0, 6)
    : random.integer(0, 60)
  return {
    kind: random.chance(0.4) ? "text" : "file",
    bytes: random.chance(0.1) ? 0 : Math.max(0, fragments * fragmentSize - random.integer(0, fragmentSize - 1)),
    ...(random.chance(0.2) ? { nameBytes: random.integer(0, 100) } : {}),
    fragmentSize,
    restMillis: restMillis + (random.chance(0.2) ? random.integer(0, 8000) : 0),
    ...(random.chance(0.2) ? { readMillis: random.integer(1, 3000) } : {})
  }
}

/**
 * Faults of a client's datagrams to the server ("up") and of the answers ("down"). The total delay of a datagram and
 * its answer is less than the pause between two messages.
 */
export const bothWays = (
  random: Random,
  client: ClientScript,
  number: number,
  chances: () => Chances
): ReadonlyArray<PassageFault> => {
  const lateMillis = maxLateMillis - 2 * client.delayMillis
  const share = random.pick([0, 0.5, 1])
  return [
    ...passages(random, client, `${number}up`, chances(), lateMillis * share),
    ...passages(random, client, `${number}down`, chances(), lateMillis * (1 - share))
  ]
}

/**
 * Faults of the first datagrams of a link, more than the messages need with retransmissions. Later datagrams have no
 * faults.
 */
const passages = (
  random: Random,
  client: ClientScript,
  link: string,
  chances: Chances,
  lateMillis: number
): Array<PassageFault> => {
  const frames = client.messages.reduce(
    (sum, { bytes, fragmentSize, nameBytes = 0 }) => sum + 2 + Math.ceil((bytes + nameBytes + 10) / fragmentSize),
    0
  )
  const faults: Array<PassageFault> = []
  for (let nth = 0; nth < frames * 2 + 20; nth++) {
    if (random.chance(chances.loss)) faults.push({ link, nth, lose: true })
    else {
      const delay = random.chance(chances.late) ? random.integer(0, Math.floor(lateMillis / 2)) : 0
      if (delay > 0) faults.push({ link, nth, delay })
      if (random.chance(chances.duplicate)) {
        faults.push({ link, nth, double: random.chance(0.5) ? 0 : random.integer(0, Math.floor(lateMillis / 2)) })
      }
      if (random.chance(chances.damage)) faults.push(damage(random, link, nth))
    }
  }
  return faults
}

const damage = (random: Random, link: string, nth: number): PassageFault => {
  switch (random.integer(0, 5)) {
    case 0:
      return { link, nth, cut: random.integer(0, 40) }
    case 1:
      return { link, nth, extend: Buffer.from(rubbish(random)).toString("hex") }
    case 2:
      return { link, nth, splice: random.integer(1, 30) }
    case 3:
      // Bits of the frame type are flipped more often than others, because the type has the greatest effect.
      return { link, nth, flip: random.integer(64, 71) }
    default:
      // Half of the flips are in the first 13 bytes, which short frames have too.
      return { link, nth, flip: random.chance(0.5) ? random.integer(0, 103) : random.integer(0, 12_000) }
  }
}

/** One failing or slow operation of the disk. */
export const diskFault = (random: Random): Fault => {
  const where = {
    disk: random.pick(["create", "write", "sync", "link", "syncDirectory"] as const),
    nth: random.integer(0, 4)
  }
  return random.chance(0.6)
    ? { ...where, error: random.pick(["ENOSPC", "EIO", "EDQUOT"]) }
    : { ...where, millis: random.integer(10, 8000) }
}

/** A time between two whole milliseconds, so that a fault does not interrupt actions of the same millisecond. */
export const moment = (random: Random): number => random.integer(0, 6000) + 0.4

/** A time without connectivity in one or both directions. */
export const outage = (random: Random) => {
  const from = random.integer(0, 10_000)
  return {
    outage: random.pick(["both", "up", "down"] as const),
    from,
    until: from + random.pick([2000, 2000, 10_000, 30_000])
  }
}

/** The delay of some clients' paths increases during the run, within the bound for late datagrams. */
export const pathChanges = (random: Random, clients: ReadonlyArray<ClientScript>): Array<Fault> =>
  clients.flatMap((_, client) =>
    random.chance(0.1) ? [{ slower: random.integer(1, 200), client, at: random.integer(0, 8000) }] : []
  )

/** 0 to 40 random bytes. */
export const rubbish = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.integer(0, 40) }, () => random.integer(0, 255))

/** A well-formed frame that belongs to no connection. */
export const nonsense = (random: Random): Uint8Array => {
  const type = random.pick([frameType.ACK, frameType.NACK, frameType.DAT, frameType.KPA, frameType.FIN, 6, 255])
  const isOfConnection = type === frameType.KPA || type === frameType.FIN
  const count = isOfConnection ? 0 : random.pick([0, 1, 7, 0xffffff])
  return encode({
    sequence: Math.min(count, random.pick([0, 1, 2, 0xffffff])),
    count,
    size: random.pick([0, 13, 1458]),
    type,
    data: isOfConnection ? new Uint8Array(0) : rubbish(random)
  })
}

/** Between `least` and `most` draws, both included. */
export const several = <A>(
  random: Random,
  most: number,
  drawOne: (random: Random) => A,
  least = 1
): Array<A> => Array.from({ length: random.integer(least, most) }, () => drawOne(random))
