/** What the worlds are drawn from: clients and their messages, and the faults of paths, hosts and disks. */
import { encode, frameType } from "../models/frames.ts"
import type { Random } from "./Random.ts"
import type { ClientScript, Fault, MessageScript, PassageFault, ServerScript } from "./Script.ts"

/** How often each thing happens to a datagram, 0 to 1. */
export interface Chances {
  readonly loss: number
  readonly duplicate: number
  readonly late: number
  readonly damage: number
}

/** A late datagram and its late answer are late by less than that, with what a path that becomes longer adds. */
const latestMillis = 1600
/** So long a sender rests that no datagram of the message before is alive: `lateMillis` of Timing. */
export const restMillis = 2100

export const drawServer = (random: Random): ServerScript => ({
  program: "ours",
  diskMillis: random.chance(0.5) ? 0 : random.integer(1, 40)
})

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
 * Texts of one fragment become two: nothing else than the frames that get through tells a late copy of such a text from a
 * new one, and here none may get through for long (docs/PROTOCOL.md §7.3, test/simulation/weaknesses).
 */
export const withoutSingles = (client: ClientScript): ClientScript => ({
  ...client,
  messages: client.messages.map((message) =>
    message.kind === "text" && message.bytes <= message.fragmentSize
      ? { ...message, bytes: message.fragmentSize + 1 }
      : message
  )
})

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
 * What happens to a client's datagrams up to the server and the answers down. A datagram and its answer together are late
 * by less than the rest between two messages.
 */
export const bothWays = (
  random: Random,
  client: ClientScript,
  number: number,
  chances: () => Chances
): ReadonlyArray<PassageFault> => {
  const lateMillis = latestMillis - 2 * client.delayMillis
  const share = random.pick([0, 0.5, 1])
  return [
    ...passages(random, client, `${number}up`, chances(), lateMillis * share),
    ...passages(random, client, `${number}down`, chances(), lateMillis * (1 - share))
  ]
}

/** Faults for the first datagrams of a link: more than the messages need with so many repeats. After them it is healed. */
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
      // What a frame is decides most: the type is flipped more often than its share.
      return { link, nth, flip: random.integer(64, 71) }
    default:
      // The header and the last fragment's few bytes are as likely as the rest.
      return { link, nth, flip: random.chance(0.5) ? random.integer(0, 103) : random.integer(0, 12_000) }
  }
}

export const diskFault = (random: Random): Fault => {
  const where = {
    disk: random.pick(["create", "write", "sync", "link", "syncDirectory"] as const),
    nth: random.integer(0, 4)
  }
  return random.chance(0.6)
    ? { ...where, error: random.pick(["ENOSPC", "EIO", "EDQUOT"]) }
    : { ...where, millis: random.integer(10, 8000) }
}

/** Between two milliseconds: what one program does at one moment is done. */
export const moment = (random: Random): number => random.integer(0, 6000) + 0.4

export const outage = (random: Random) => {
  const from = random.integer(0, 10_000)
  return {
    outage: random.pick(["both", "up", "down"] as const),
    from,
    until: from + random.pick([2000, 2000, 10_000, 30_000])
  }
}

/** The path of some client becomes longer on the way, within what a datagram may be late. */
export const pathChanges = (random: Random, clients: ReadonlyArray<ClientScript>): Array<Fault> =>
  clients.flatMap((_, client) =>
    random.chance(0.1) ? [{ slower: random.integer(1, 200), client, at: random.integer(0, 8000) }] : []
  )

export const rubbish = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.integer(0, 40) }, () => random.integer(0, 255))

/** Well-formed, and of nobody whom the server knows. */
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

/** At least `least` and at most `most` of them. */
export const several = <A>(
  random: Random,
  most: number,
  drawOne: (random: Random) => A,
  least = 1
): Array<A> => Array.from({ length: random.integer(least, most) }, () => drawOne(random))
